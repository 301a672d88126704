# Registers this machine with AWS Systems Manager as a managed node of its own, and can be run again at any time.
#
# Windows PowerShell 5.1 and PowerShell 7. Exit codes, parameters and what each step does: docs/bootstrap.md, or -Help.
[CmdletBinding()]
param(
  [string]$Api = $env:SSM_ACTIVATION_API,
  [string]$Region = $env:SSM_ACTIVATION_REGION,
  [string]$Name = $env:SSM_ACTIVATION_NAME,
  [string]$Tags = $env:SSM_ACTIVATION_TAGS,
  [string]$FollowUpTags = $env:SSM_ACTIVATION_FOLLOW_UP_TAGS,
  [string]$Proof = $env:SSM_ACTIVATION_PROOF,
  [string]$TokenFile = $env:SSM_ACTIVATION_TOKEN_FILE,
  [switch]$RemoveTokenFile = [bool]$env:SSM_ACTIVATION_REMOVE_TOKEN_FILE,
  [string]$Audience = $env:SSM_ACTIVATION_AUDIENCE,
  [string]$MetadataUrl = $env:SSM_ACTIVATION_METADATA_URL,
  [string]$MetadataWait = $env:SSM_ACTIVATION_METADATA_WAIT,
  [string]$Install = $env:SSM_ACTIVATION_INSTALL,
  [string]$DownloadUrl = $env:SSM_ACTIVATION_DOWNLOAD_URL,
  [switch]$Force = [bool]$env:SSM_ACTIVATION_FORCE,
  [string]$Deadline = $env:SSM_ACTIVATION_DEADLINE,
  [string]$Wait = $env:SSM_ACTIVATION_WAIT,
  [string]$RetryBaseMs = $env:SSM_ACTIVATION_RETRY_BASE_MS,
  [string]$RetryCapMs = $env:SSM_ACTIVATION_RETRY_CAP_MS,
  [string]$Proxy = $env:SSM_ACTIVATION_PROXY,
  [string]$NoProxy = $env:SSM_ACTIVATION_NO_PROXY,
  [switch]$AllowHttp = [bool]$env:SSM_ACTIVATION_ALLOW_HTTP,
  [string]$StateDir = $env:SSM_ACTIVATION_STATE_DIR,
  [string]$MinFreeMb = $env:SSM_ACTIVATION_MIN_FREE_MB,
  [switch]$DryRun = [bool]$env:SSM_ACTIVATION_DRY_RUN,
  [switch]$Help
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Filled in by the API when it serves this script (GET /bootstrap/windows).
$Default_api = ''
$Default_region = ''

$Usage = @'
Registers this machine with AWS Systems Manager. Safe to run again: a registered, working machine is left alone.

Examples:
  # EC2: the instance identity document proves who this is; the node is named after the instance id
  .\bootstrap.ps1 -Api https://HOST/latest -Region eu-west-1 -Tags 'Environment=Prod,Role=web'

  # On premises, with a join token from a file, which is removed once it has served
  .\bootstrap.ps1 -Api https://HOST/latest -Region eu-west-1 -Name web-1 -TokenFile C:\join-token.txt -RemoveTokenFile

  # The same, with the token on standard input
  Get-Content C:\join-token.txt | powershell -File .\bootstrap.ps1 -TokenFile - ...

  # What would happen, without changing anything
  .\bootstrap.ps1 -DryRun ...

Every parameter is also an environment variable: -FollowUpTags is SSM_ACTIVATION_FOLLOW_UP_TAGS. Parameters win.

  -Api URL  -Region REGION    the activation API and the node's region (filled in when the API serves this script)
  -Name NAME                  default: the name that the proof proves; for join tokens and network proof, the host name
  -Tags K=V,K2=V2             tags that ride on the activation
  -FollowUpTags K=V           tags set on the node once it is registered
  -Proof KIND                 auto (default), ec2, token, gce, azure or network
  -TokenFile FILE             join token or OpenID Connect token; - reads standard input
                              (or the token itself in SSM_ACTIVATION_TOKEN; there is no parameter for it)
  -RemoveTokenFile            remove that file once the machine is registered
  -Audience AUDIENCE          of GCE and Azure tokens; default: the API's URL
  -MetadataUrl URL            default http://169.254.169.254        -MetadataWait SECONDS  default 15
  -Install WHEN               auto (default): unless the agent is there; always; never
  -DownloadUrl URL            where ssm-setup-cli.exe is fetched from; default: AWS's bucket of the region
  -Force                      ask to register although the agent says that it is registered
  -Deadline SECONDS           for everything; default 900           -Wait SECONDS  for the agent; default 120
  -RetryBaseMs MS             default 1000                          -RetryCapMs MS  default 30000
  -Proxy URL                  for the API, the download and the agent; metadata is asked directly
  -NoProxy LIST               hosts to reach without the proxy
  -AllowHttp                  speak plain HTTP to an API that is not on this machine
  -StateDir DIR               default C:\ProgramData\ssm-activation -MinFreeMb MB  default 100
                              administrators' own: one that others made or may open is refused
  -DryRun                     find the proof, say what would happen, change nothing

Exit codes: 0 registered; 2 wrong parameter; 3 not an administrator, or a state directory that others made; 4 no proof
found; 5 proof refused; 6 name taken; 7 request refused; 8 API out of reach; 9 agent not fetched, verified or installed; 10 registration failed;
11 agent not up; 12 no room on the disk; 13 another run held the lock; 14 follow-up tags refused; 1 unexpected.
'@

$ExUsage = 2; $ExPrerequisite = 3; $ExNoProof = 4; $ExProofRefused = 5; $ExNameTaken = 6; $ExRequestRefused = 7
$ExUnreachable = 8; $ExInstall = 9; $ExRegistration = 10; $ExAgentDown = 11; $ExDiskFull = 12; $ExLocked = 13; $ExTags = 14

$ServiceName = 'AmazonSSMAgent'
$AgentDirectory = Join-Path $env:ProgramFiles 'Amazon\SSM'
$Clock = [Diagnostics.Stopwatch]::StartNew()
$Work = ''

# --- Telling ------------------------------------------------------------------------------------------------------

function Write-Step([string]$Text) { [Console]::Error.WriteLine("ssm-activation: $Text") }

# Ends the run: the exit code travels with the exception.
function Stop-Run([int]$ExitCode, [string]$Text) {
  $failure = New-Object InvalidOperationException $Text
  $failure.Data['ExitCode'] = $ExitCode
  throw $failure
}

# --- Settings -----------------------------------------------------------------------------------------------------

function Get-Either([string]$Given, [string]$Otherwise) { if ($Given) { $Given } else { $Otherwise } }

function Get-Number([string]$Given, [int]$Otherwise) {
  if (-not $Given) { return $Otherwise }
  if ($Given -notmatch '^\d{1,9}$') { Stop-Run $ExUsage "`"$Given`" is not a whole number; see -Help" }
  [int]$Given
}

function Get-DnsSuffix([string]$Region) {
  if ($Region -like 'cn-*') { 'amazonaws.com.cn' } elseif ($Region -like 'eusc-*') { 'amazonaws.eu' } else { 'amazonaws.com' }
}

# Whether an http or https address can be read in one way only. Parsers differ about user names, backslashes, blanks,
# fragments and escapes in hosts, and then another host is asked than the one that was looked at here.
function Test-WebAddress([string]$Url) {
  $Url -cmatch '^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%+,=:/-]*)?\z'
}

# Whether such an address is this machine's own over plain HTTP: to the letter, in one of three spellings.
function Test-Loopback([string]$Url) { $Url -cmatch '^http://(127\.0\.0\.1|localhost|\[::1\])([:/]|\z)' }

function Assert-WebAddress([string]$Parameter, [string]$Url) {
  if (-not (Test-WebAddress $Url)) { Stop-Run $ExUsage "$Parameter must be a URL such as https://HOST/latest: host, port and path alone, without a user" }
}

function Assert-ApiUrl([string]$Url, [bool]$AllowHttp) {
  Assert-WebAddress '-Api' $Url
  if ($Url -cmatch '^https:' -or $AllowHttp -or (Test-Loopback $Url)) { return }
  Stop-Run $ExUsage "-Api $Url is plain HTTP: proofs and codes could be read on the way; use https, or -AllowHttp"
}

function Get-Settings {
  $settings = @{
    Api = (Get-Either $Api $Default_api).TrimEnd('/')
    Region = Get-Either $Region $Default_region
    Proof = Get-Either $Proof 'auto'
    Install = Get-Either $Install 'auto'
    MetadataUrl = (Get-Either $MetadataUrl 'http://169.254.169.254').TrimEnd('/')
    MetadataWait = Get-Number $MetadataWait 15
    Deadline = Get-Number $Deadline 900
    Wait = Get-Number $Wait 120
    RetryBaseMs = Get-Number $RetryBaseMs 1000
    RetryCapMs = Get-Number $RetryCapMs 30000
    MinFreeMb = Get-Number $MinFreeMb 100
    StateDir = Get-Either $StateDir (Join-Path $env:ProgramData 'ssm-activation')
  }
  Assert-ApiUrl $settings.Api ([bool]$AllowHttp)
  Assert-WebAddress '-MetadataUrl' $settings.MetadataUrl
  if ($settings.Region -notmatch '^[a-z0-9-]+$') { Stop-Run $ExUsage '-Region must be a region such as eu-west-1' }
  if ('auto', 'ec2', 'token', 'gce', 'azure', 'network' -notcontains $settings.Proof) { Stop-Run $ExUsage '-Proof must be auto, ec2, token, gce, azure or network' }
  if ('auto', 'always', 'never' -notcontains $settings.Install) { Stop-Run $ExUsage '-Install must be auto, always or never' }
  $bucket = "https://amazon-ssm-$($settings.Region).s3.$($settings.Region).$(Get-DnsSuffix $settings.Region)"
  if (-not [IO.Path]::IsPathRooted($settings.StateDir)) { Stop-Run $ExUsage '-StateDir must be an absolute path' }
  $settings.DownloadUrl = (Get-Either $DownloadUrl $bucket).TrimEnd('/')
  Assert-WebAddress '-DownloadUrl' $settings.DownloadUrl
  $settings.Audience = Get-Either $Audience $settings.Api
  $settings
}

# --- Time ---------------------------------------------------------------------------------------------------------

function Get-SecondsLeft { $Settings.Deadline - $Clock.Elapsed.TotalSeconds }

# Full jitter over a ceiling that doubles with each attempt, after the seconds that the server asked for.
function Get-PauseMs([int]$Attempt, [int]$RetryAfter) {
  $ceiling = [Math]::Min($Settings.RetryCapMs, $Settings.RetryBaseMs * [Math]::Pow(2, [Math]::Min($Attempt, 20)))
  $RetryAfter * 1000 + (Get-Random -Minimum 0 -Maximum ([int]$ceiling + 1))
}

# Whether there was time to wait.
function Wait-Retry([int]$Attempt, [int]$RetryAfter) {
  $pause = Get-PauseMs $Attempt $RetryAfter
  if ($pause / 1000 -ge (Get-SecondsLeft)) { return $false }
  Write-Step "trying again in $($pause / 1000) s"
  Start-Sleep -Milliseconds $pause
  $true
}

# --- HTTP ---------------------------------------------------------------------------------------------------------

function New-Client([bool]$Direct, [int]$TimeoutSeconds) {
  Add-Type -AssemblyName System.Net.Http
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  $handler = New-Object Net.Http.HttpClientHandler
  $handler.AllowAutoRedirect = $false
  if ($Direct) {
    $handler.UseProxy = $false
  } elseif ($Proxy) {
    $bypass = @($NoProxy -split ',' | Where-Object { $_ } | ForEach-Object { [regex]::Escape($_) })
    $handler.Proxy = New-Object Net.WebProxy($Proxy, $true, $bypass)
  }
  $client = New-Object Net.Http.HttpClient $handler
  $client.Timeout = [TimeSpan]::FromSeconds($TimeoutSeconds)
  $client
}

# One request. Status is 0 when there was no answer; nothing of the request is ever shown.
function Send-Request([string]$Method, [string]$Url, [hashtable]$Headers, [bool]$Direct = $false, [int]$TimeoutSeconds = 40) {
  $client = New-Client $Direct $TimeoutSeconds
  try {
    $request = New-Object Net.Http.HttpRequestMessage((New-Object Net.Http.HttpMethod $Method), $Url)
    foreach ($header in $Headers.GetEnumerator()) { [void]$request.Headers.TryAddWithoutValidation($header.Key, $header.Value) }
    $response = $client.SendAsync($request).GetAwaiter().GetResult()
    $body = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult()
    $after = $response.Headers.RetryAfter
    $seconds = if ($after -and $after.Delta) { [int]$after.Delta.TotalSeconds } else { 0 }
    @{ Status = [int]$response.StatusCode; Body = $body; RetryAfter = $seconds; Error = '' }
  } catch {
    @{ Status = 0; Body = ''; RetryAfter = 0; Error = $_.Exception.GetBaseException().Message }
  } finally {
    $client.Dispose()
  }
}

function Test-Passing([int]$Status) { $Status -eq 0 -or $Status -ge 500 -or 408, 425, 429 -contains $Status }

# Asks until there is an answer that waiting will not change, or the deadline comes.
function Send-UntilAnswered([string]$Url, [hashtable]$Headers) {
  for ($attempt = 0; ; $attempt++) {
    $answer = Send-Request 'GET' $Url $Headers
    if (-not (Test-Passing $answer.Status)) { return $answer }
    Write-Step "no usable answer: $($answer.Status) $($answer.Error)"
    if (-not (Wait-Retry $attempt $answer.RetryAfter)) { return $answer }
  }
}

# name=a%20b&tags=..., without what is empty.
function ConvertTo-Query([Collections.Specialized.OrderedDictionary]$Fields) {
  $pairs = foreach ($field in $Fields.GetEnumerator()) {
    if ($field.Value) { $field.Key + '=' + [Uri]::EscapeDataString($field.Value) }
  }
  @($pairs) -join '&'
}

function Get-ActivateUrl([string]$Api, [string]$Name, [string]$Tags) {
  $Api + '/activate?' + (ConvertTo-Query ([ordered]@{ format = 'json'; name = $Name; tags = $Tags }))
}

function Get-TagUrl([string]$Api, [string]$Name, [string]$Tags) {
  $Api + '/tag?' + (ConvertTo-Query ([ordered]@{ name = $Name; tags = $Tags }))
}

function Get-Text([object]$From, [string]$Name) {
  if ($From -and $From.PSObject.Properties[$Name]) { [string]$From.$Name } else { '' }
}

function ConvertFrom-Body([string]$Body) {
  try { ConvertFrom-Json $Body } catch { $null }
}

function Read-Activation([string]$Body) {
  $answer = ConvertFrom-Body $Body
  @{
    Id = Get-Text $answer 'ActivationId'
    Code = Get-Text $answer 'ActivationCode'
    Name = Get-Text $answer 'Name'
    Region = Get-Text $answer 'Region'
  }
}

function Read-Problem([string]$Body) {
  $answer = ConvertFrom-Body $Body
  @{
    Code = Get-Text $answer 'code'
    Detail = (Get-Text $answer 'detail') -replace '[^\x20-\x7e]', '?'
    RequestId = Get-Text $answer 'requestId'
  }
}

# --- Metadata and proofs ------------------------------------------------------------------------------------------

# Asked directly, never through a proxy; empty when it does not answer.
function Get-Metadata([string]$Method, [string]$Path, [hashtable]$Headers) {
  $answer = Send-Request $Method ($Settings.MetadataUrl + $Path) $Headers $true 5
  if ($answer.Status -eq 200) { $answer.Body } else { '' }
}

function New-BearerProof([string]$Token, [string]$Found) {
  if ($Token -notmatch '^[A-Za-z0-9._~+/=-]+$') { return $null }
  @{ Headers = @{ Authorization = "Bearer $Token" }; Found = $Found; Instance = ''; Proves = $true }
}

function Find-Ec2Proof {
  $session = Get-Metadata 'PUT' '/latest/api/token' @{ 'X-aws-ec2-metadata-token-ttl-seconds' = '300' }
  if (-not $session) { return $null }
  $headers = @{ 'X-aws-ec2-metadata-token' = $session }
  $document = (Get-Metadata 'GET' '/latest/dynamic/instance-identity/rsa2048' $headers) -replace '\s', ''
  $instance = Get-Metadata 'GET' '/latest/meta-data/instance-id' $headers
  if ($document -notmatch '^[A-Za-z0-9+/=]+$' -or $instance -notmatch '^i-[0-9a-f]+$') { return $null }
  @{ Headers = @{ 'X-Instance-Identity' = $document }; Found = "the identity document of EC2 instance $instance"; Instance = $instance; Proves = $true }
}

function Find-GceProof {
  $query = ConvertTo-Query ([ordered]@{ audience = $Settings.Audience; format = 'full' })
  $token = Get-Metadata 'GET' "/computeMetadata/v1/instance/service-accounts/default/identity?$query" @{ 'Metadata-Flavor' = 'Google' }
  New-BearerProof $token 'a Google Compute Engine identity token'
}

function Find-AzureProof {
  $query = ConvertTo-Query ([ordered]@{ 'api-version' = '2018-02-01'; resource = $Settings.Audience })
  $body = Get-Metadata 'GET' "/metadata/identity/oauth2/token?$query" @{ Metadata = 'true' }
  New-BearerProof (Get-Text (ConvertFrom-Body $body) 'access_token') 'an Azure managed identity token'
}

function Find-TokenProof {
  $token = switch ($TokenFile) {
    '' { $env:SSM_ACTIVATION_TOKEN }
    '-' { [Console]::In.ReadToEnd() }
    default { if (Test-Path -LiteralPath $TokenFile) { Get-Content -LiteralPath $TokenFile -Raw } else { Stop-Run $ExNoProof "the token file $TokenFile cannot be read" } }
  }
  # Nothing that is started from here is to inherit it.
  $env:SSM_ACTIVATION_TOKEN = $null
  $proof = New-BearerProof ([string]$token).Trim() 'a token'
  if (-not $proof) { Stop-Run $ExNoProof 'the token is empty or holds characters that no token has' }
  $proof.Proves = $false
  $proof
}

function Find-MetadataProof([string[]]$Kinds) {
  $giveUp = $Clock.Elapsed.TotalSeconds + $Settings.MetadataWait
  do {
    foreach ($kind in $Kinds) {
      $proof = switch ($kind) {
        'ec2' { Find-Ec2Proof }
        'gce' { Find-GceProof }
        'azure' { Find-AzureProof }
      }
      if ($proof) { return $proof }
    }
    Start-Sleep -Seconds 1
  } while ($Clock.Elapsed.TotalSeconds -lt $giveUp)
  Stop-Run $ExNoProof "no proof of identity ($($Kinds -join ', ')): the metadata service did not give one within $($Settings.MetadataWait) s. On EC2, see that the instance metadata service is enabled; elsewhere, get a join token from an operator and give it with -TokenFile"
}

function Find-Proof {
  $kind = $Settings.Proof
  if ($kind -eq 'auto' -and ($TokenFile -or $env:SSM_ACTIVATION_TOKEN)) { $kind = 'token' }
  $proof = switch ($kind) {
    'auto' { Find-MetadataProof 'ec2', 'gce', 'azure' }
    'token' { Find-TokenProof }
    'network' { @{ Headers = @{}; Found = 'the address of this machine'; Instance = ''; Proves = $false } }
    default { Find-MetadataProof $kind }
  }
  Write-Step "proof: $($proof.Found)"
  $proof
}

# --- The agent ----------------------------------------------------------------------------------------------------

# What a native program says, with its exit code; PowerShell 5.1 would take its standard error for errors.
function Invoke-Native([string]$Program, [string[]]$Arguments) {
  $ErrorActionPreference = 'Continue'
  $output = & $Program @Arguments 2>&1 | ForEach-Object { [string]$_ }
  @{ ExitCode = $LASTEXITCODE; Output = @($output) }
}

function Test-Agent {
  (Test-Path -LiteralPath (Join-Path $AgentDirectory 'amazon-ssm-agent.exe')) -and
    [bool](Get-Service -Name $ServiceName -ErrorAction SilentlyContinue)
}

# The managed node that this machine is by its agent's own keys.
function Get-RegisteredId {
  $cli = Join-Path $AgentDirectory 'ssm-cli.exe'
  if (-not (Test-Path -LiteralPath $cli)) { return '' }
  $last = (Invoke-Native $cli @('get-instance-information')).Output | Select-Object -Last 1
  $id = Get-Text (ConvertFrom-Body ([string]$last)) 'instance-id'
  if ($id -match '^mi-[0-9a-f]+$') { $id } else { '' }
}

function Test-AgentUp {
  $service = Get-Service -Name $ServiceName -ErrorAction SilentlyContinue
  $service -and $service.Status -eq 'Running' -and [bool](Get-RegisteredId)
}

# The agent counts as up once it has stayed so for two looks.
function Wait-AgentUp {
  $giveUp = $Clock.Elapsed.TotalSeconds + $Settings.Wait
  while ($Clock.Elapsed.TotalSeconds -lt $giveUp) {
    if (Test-AgentUp) {
      Start-Sleep -Seconds 1
      if (Test-AgentUp) { return }
    }
    Start-Sleep -Seconds 1
  }
  Stop-Run $ExAgentDown "the agent is registered but is not up after $($Settings.Wait) s. Look at: Get-Service $ServiceName; $env:ProgramData\Amazon\SSM\Logs\amazon-ssm-agent.log. Then run this again; it will not register twice"
}

# The service takes its proxy from its own environment.
function Set-AgentProxy {
  if (-not $Proxy) { return }
  $variables = "http_proxy=$Proxy", "https_proxy=$Proxy", "no_proxy=169.254.169.254,$NoProxy".TrimEnd(',')
  $key = "HKLM:\SYSTEM\CurrentControlSet\Services\$ServiceName"
  [void](New-ItemProperty -Path $key -Name Environment -Value $variables -PropertyType MultiString -Force)
}

# --- Installing it ------------------------------------------------------------------------------------------------

function Save-Installer([string]$Path) {
  $url = "$($Settings.DownloadUrl)/latest/windows_amd64/ssm-setup-cli.exe"
  Write-Step "fetching $url"
  for ($attempt = 0; ; $attempt++) {
    $client = New-Client $false 300
    try {
      [IO.File]::WriteAllBytes($Path, $client.GetByteArrayAsync($url).GetAwaiter().GetResult())
      return
    } catch {
      Write-Step "not fetched: $($_.Exception.GetBaseException().Message)"
      if (-not (Wait-Retry $attempt 0)) { Stop-Run $ExInstall "$url could not be fetched before the deadline. Is there a route to S3, or is a -Proxy or -DownloadUrl needed?" }
    } finally {
      $client.Dispose()
    }
  }
}

# What stands in a sequence of DER, one after the other. @throws when it is cut short
function Read-Der([byte[]]$Bytes) {
  for ($at = 0; $at -lt $Bytes.Length; $at += $length) {
    $tag = $Bytes[$at]
    $length = [int]$Bytes[$at + 1]
    $at += 2
    if ($length -ge 128) {
      $digits = $length - 128
      $length = 0
      for (; $digits -gt 0; $digits--) { $length = $length * 256 + $Bytes[$at++] }
    }
    $content = New-Object byte[] $length
    [Array]::Copy($Bytes, $at, $content, 0, $length)
    @{ Tag = $tag; Content = $content }
  }
}

# The values of one attribute of a distinguished name, by its object identifier's bytes. They come from the name as it is
# signed: its text can be made to say anything, since a value may hold commas, quotes and whole other attributes.
function Get-NameValues([byte[]]$Name, [string]$Attribute) {
  foreach ($set in (Read-Der (Read-Der $Name).Content)) {
    foreach ($pair in (Read-Der $set.Content)) {
      $type, $value = Read-Der $pair.Content
      # UTF8String and PrintableString: nobody writes a company's name in anything else any more.
      if ([BitConverter]::ToString($type.Content) -eq $Attribute) { if (12, 19 -contains $value.Tag) { [Text.Encoding]::UTF8.GetString($value.Content) } else { '' } }
    }
  }
}

# Windows checks the chain and the file; whose certificate it is, is checked here. Both names are AWS's company, whole.
function Test-AmazonSubject([byte[]]$Name) {
  foreach ($attribute in '55-04-03', '55-04-0A') {
    $values = @(Get-NameValues $Name $attribute)
    if ($values.Count -ne 1 -or $values[0] -cne 'Amazon.com Services LLC') { return $false }
  }
  $true
}

function Assert-Signature([string]$Path) {
  $signature = Get-AuthenticodeSignature -LiteralPath $Path
  if ($signature.Status -ne 'Valid') { Stop-Run $ExInstall "the signature of ssm-setup-cli.exe is $($signature.Status): the download is not AWS's" }
  if (-not (Test-AmazonSubject $signature.SignerCertificate.SubjectName.RawData)) { Stop-Run $ExInstall "ssm-setup-cli.exe is signed by $($signature.SignerCertificate.Subject), not by Amazon" }
  Write-Step "ssm-setup-cli.exe is signed by $($signature.SignerCertificate.Subject)"
}

# The path of a verified installer, or nothing when the agent that is here will do.
function Get-Installer {
  if ($Settings.Install -ne 'always' -and (Test-Agent)) { return '' }
  if ($Settings.Install -eq 'never') { Stop-Run $ExInstall 'there is no agent here, and -Install is never' }
  $path = Join-Path $Work 'ssm-setup-cli.exe'
  Save-Installer $path
  Assert-Signature $path
  $path
}

# --- Registering --------------------------------------------------------------------------------------------------

function Get-Advice([string]$Code, [int]$Status, [string]$RequestId) {
  switch ($Code) {
    'AlreadyRegistered' { return $ExNameTaken, 'If this is that machine, rebuilt, an operator lets it in once with POST /nodes/NAME/release; if it is another, give it a -Name of its own' }
    'NameHeldByOtherProof' { return $ExNameTaken, 'An operator can release or remove the name, or give this machine a -Name of its own' }
    'IdentityExpired' { return $ExProofRefused, 'Stop and start the instance, which renews its identity document, or make a new token' }
    { 'TokenRevoked', 'TokenExhausted' -contains $_ } { return $ExProofRefused, 'Get a new join token from an operator (POST /tokens)' }
  }
  if (401, 403 -contains $Status) { return $ExProofRefused, "An operator finds the reason in GET /events, or with POST /identity/check; the request id is $RequestId" }
  if ($Status -eq 409) { return $ExNameTaken, 'See the reason above' }
  $ExRequestRefused, 'Check -Api, -Name and -Tags'
}

function Stop-Refused([hashtable]$Answer) {
  $problem = Read-Problem $Answer.Body
  $exitCode, $advice = Get-Advice $problem.Code $Answer.Status $problem.RequestId
  Stop-Run $exitCode "the API answered $($Answer.Status) $($problem.Code): $($problem.Detail). $advice"
}

function Request-Activation([hashtable]$Proof, [string]$NodeName) {
  $answer = Send-UntilAnswered (Get-ActivateUrl $Settings.Api $NodeName $Tags) $Proof.Headers
  if (Test-Passing $answer.Status) { Stop-Run $ExUnreachable "$($Settings.Api) gave no usable answer within $($Settings.Deadline) s. Nothing was registered; run this again" }
  if ($answer.Status -ne 200) { Stop-Refused $answer }
  $activation = Read-Activation $answer.Body
  if ($activation.Id -notmatch '^[0-9a-f-]+$' -or $activation.Code -notmatch '^[A-Za-z0-9+/=_-]+$' -or $activation.Region -notmatch '^[a-z0-9-]+$') {
    Stop-Run $ExRequestRefused "$($Settings.Api) does not answer as an activation API does; is -Api right?"
  }
  Write-Step "activation $($activation.Id) is for $($activation.Name) in $($activation.Region)"
  $activation
}

# The one place where the code stands in an argument list: AWS's tools take it nowhere else.
function Invoke-Registration([string]$Installer, [hashtable]$Activation) {
  if ($Installer) {
    return Invoke-Native $Installer @('-register', '-override', '-activation-code', $Activation.Code, '-activation-id', $Activation.Id, '-region', $Activation.Region)
  }
  Stop-Service -Name $ServiceName -Force
  Invoke-Native (Join-Path $AgentDirectory 'amazon-ssm-agent.exe') @('-register', '-y', '-code', $Activation.Code, '-id', $Activation.Id, '-region', $Activation.Region)
}

# An activation whose registration failed may be used up: each try has its own. The agent blanks its keys before it calls
# AWS, so its exit code alone does not tell what it now is.
function Register-Machine([hashtable]$Proof, [string]$NodeName) {
  for ($try = 1; ; $try++) {
    $installer = Get-Installer
    $before = Get-RegisteredId
    $activation = Request-Activation $Proof $NodeName
    $outcome = Invoke-Registration $installer $activation
    $id = Get-RegisteredId
    if ($id -and $id -ne $before) { return @{ Id = $id; Name = $activation.Name } }
    Write-Step "registering ended with exit code $($outcome.ExitCode):"
    $outcome.Output | Where-Object { -not $_.Contains($activation.Code) } | Select-Object -Last 15 | ForEach-Object { Write-Step "  $_" }
    if ($try -ge 5 -or -not (Wait-Retry $try 0)) { Stop-Run $ExRegistration "the agent could not register in $try tries. Can this machine reach ssm.$($activation.Region).$(Get-DnsSuffix $activation.Region)? Run this again" }
  }
}

function Set-FollowUpTags([hashtable]$Proof, [string]$NodeName) {
  $giveUp = $Clock.Elapsed.TotalSeconds + $Settings.Wait
  for (;;) {
    $answer = Send-UntilAnswered (Get-TagUrl $Settings.Api $NodeName $FollowUpTags) $Proof.Headers
    if ($answer.Status -eq 200) { Write-Step "tags set: $FollowUpTags"; return }
    if (Test-Passing $answer.Status) { Stop-Run $ExUnreachable 'registered, but the API gave no usable answer to the follow-up tags. Run this again; it will not register twice' }
    if ($answer.Status -ne 202) {
      $problem = Read-Problem $answer.Body
      Stop-Run $ExTags "registered, but the API refused the follow-up tags: $($answer.Status) $($problem.Code): $($problem.Detail)"
    }
    if ($Clock.Elapsed.TotalSeconds -ge $giveUp) { Write-Step "the API keeps the tags $FollowUpTags and sets them once it sees the node"; return }
    Start-Sleep -Seconds 1
  }
}

# --- Before and after ---------------------------------------------------------------------------------------------

function Assert-Administrator {
  $user = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
  if (-not $user.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) { Stop-Run $ExPrerequisite 'run this as an administrator' }
}

function Assert-Room {
  $drive = New-Object IO.DriveInfo ([IO.Path]::GetPathRoot($Settings.StateDir))
  $free = [Math]::Floor($drive.AvailableFreeSpace / 1048576)
  if ($free -lt $Settings.MinFreeMb) { Stop-Run $ExDiskFull "$($drive.Name) has $free MB left, and -MinFreeMb is $($Settings.MinFreeMb): an agent that cannot keep its keys would use the activation up. Make room and run this again" }
}

# A directory that SYSTEM and administrators own and nobody else can open, its parents' permissions kept out (SDDL).
$OwnDirectory = 'O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'

# Whether a security descriptor lets nobody in but SYSTEM and administrators, one of whom owns what it is of.
function Test-OwnSddl([string]$Sddl) {
  $Sddl -cmatch '^O:(BA|SY)(G:(S(-[0-9]+)+|[A-Z]{2}))?D:P(AI|AR)*(\(A;[A-Z]*;[^;()]*;;;(BA|SY)\))+\z'
}

# Why a directory cannot be trusted with what is run from it; empty when it can.
function Get-StateFault([string]$Path) {
  $item = Get-Item -LiteralPath $Path -Force
  if (-not $item.PSIsContainer) { return 'is not a directory' }
  if ($item.Attributes -band [IO.FileAttributes]::ReparsePoint) { return 'is a link to somewhere else' }
  if (-not (Test-OwnSddl (Get-Acl -LiteralPath $Path).Sddl)) { return 'was made by another user, or others may open it' }
  ''
}

# Made with its owner and permissions in one step: made first and closed afterwards, it could be entered in between.
function New-OwnDirectory([string]$Path) {
  $security = New-Object Security.AccessControl.DirectorySecurity
  $security.SetSecurityDescriptorSddlForm($OwnDirectory)
  if ($PSVersionTable.PSEdition -eq 'Core') {
    [void][IO.FileSystemAclExtensions]::CreateDirectory($security, $Path)
  } else {
    [void][IO.Directory]::CreateDirectory($Path, $security)
  }
}

# Nothing is put right in a directory that others could write to: they may have put links and files there before.
function Assert-OwnState([string]$Path) {
  $fault = Get-StateFault $Path
  if ($fault) { Stop-Run $ExPrerequisite "$Path $fault. See what it holds and who put it there, remove it or give another -StateDir, and run this again" }
}

# What a run that was killed left behind goes.
function New-WorkDirectory {
  if (-not (Test-Path -LiteralPath $Settings.StateDir)) { New-OwnDirectory $Settings.StateDir }
  Assert-OwnState $Settings.StateDir
  $path = Join-Path $Settings.StateDir 'work'
  if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Recurse -Force }
  [void](New-Item -ItemType Directory -Path $path)
  $path
}

# Whether the registration is to be kept. A machine made from a registered one's disk is not that machine.
function Test-Registered([string]$Id) {
  if (-not $Id) { return $false }
  if ($Force) { Write-Step "registered as $Id; asking to register again (-Force)"; return $false }
  $remembered = Join-Path $Settings.StateDir 'registered'
  if (-not (Test-Path -LiteralPath $remembered)) { return $true }
  $recorded = Get-Content -LiteralPath $remembered | Where-Object { $_ -like 'ec2-instance=i-*' } | ForEach-Object { $_.Substring(13) }
  if (-not $recorded) { return $true }
  $now = Find-Ec2Proof
  if (-not $now -or $now.Instance -eq $recorded) { return $true }
  Write-Step "registered as $Id by instance $recorded, but this is $($now.Instance): a copy of its disk"
  $false
}

function Complete-Run([hashtable]$Proof, [string]$NodeName, [string]$Verb) {
  Set-AgentProxy
  if ($Verb -eq 'restart') { Restart-Service -Name $ServiceName -Force } elseif (-not (Test-AgentUp)) { Start-Service -Name $ServiceName }
  Wait-AgentUp
  if ($FollowUpTags) {
    if (-not $Proof) { $Proof = Find-Proof }
    Set-FollowUpTags $Proof $NodeName
  }
  if ($RemoveTokenFile -and $TokenFile -and $TokenFile -ne '-') { Remove-Item -LiteralPath $TokenFile -Force -ErrorAction SilentlyContinue }
}

# The host name, unless the system, or a tool that reads lists of hosts, has it for something else.
function Get-OwnHostName {
  $hostName = [Net.Dns]::GetHostName()
  if ($hostName -match '^(localhost|localhost\..*|.*\.localhost|loopback|all|ungrouped)$') { Stop-Run $ExUsage "the host name is $hostName, which is no machine's own; give this one a name with -Name" }
  $hostName
}

function Invoke-Bootstrap {
  $id = Get-RegisteredId
  if (Test-Registered $id) {
    Write-Step "already registered as $id; leaving it alone"
    if (-not $DryRun) { Complete-Run $null $Name 'start' }
    return "$id was registered before"
  }
  if (-not $DryRun) { Assert-Room }
  $proof = Find-Proof
  $nodeName = if ($Name -or $proof.Proves) { $Name } else { Get-OwnHostName }
  if ($DryRun) { return "dry run: would ask $($Settings.Api)/activate for $(Get-Either $nodeName 'the name that the proof proves'), and register in $($Settings.Region)" }
  $node = Register-Machine $proof $nodeName
  Set-Content -LiteralPath (Join-Path $Settings.StateDir 'registered') -Value "managed-node=$($node.Id)", "name=$($node.Name)", "ec2-instance=$($proof.Instance)"
  Complete-Run $proof $node.Name 'restart'
  "$($node.Name) is registered as $($node.Id) and is up"
}

function Invoke-Locked {
  $mutex = New-Object Threading.Mutex($false, 'Global\ssm-activation')
  try {
    $mine = $mutex.WaitOne([TimeSpan]::FromSeconds([Math]::Max(0, (Get-SecondsLeft))))
  } catch [Threading.AbandonedMutexException] {
    $mine = $true
  }
  if (-not $mine) { Stop-Run $ExLocked 'another run held the lock until the deadline. If it hangs, end it; then run this again' }
  try {
    $script:Work = New-WorkDirectory
    Invoke-Bootstrap
  } finally {
    if ($Work -and (Test-Path -LiteralPath $Work)) { Remove-Item -LiteralPath $Work -Recurse -Force -ErrorAction SilentlyContinue }
    $mutex.ReleaseMutex()
  }
}

$code = 0
try {
  if ($Help) {
    $Usage
  } else {
    $Settings = Get-Settings
    if ($DryRun) { $report = Invoke-Bootstrap } else { Assert-Administrator; $report = Invoke-Locked }
    "ssm-activation: $report"
  }
} catch [IO.IOException] {
  $code = $ExDiskFull
  Write-Step "failed: $($_.Exception.Message) Is the disk full? Make room and run this again"
} catch {
  $code = if ($_.Exception.Data.Contains('ExitCode')) { $_.Exception.Data['ExitCode'] } else { 1 }
  Write-Step "failed: $($_.Exception.Message)"
}
# Run as a file, it ends with its exit code; run as text (user data), an exit would end the caller.
if ($MyInvocation.MyCommand -is [Management.Automation.ExternalScriptInfo]) { exit $code } elseif ($code -ne 0) { throw "ssm-activation failed with exit code $code" }
