# Takes this machine out of AWS Systems Manager, for decommissioning or before its disk becomes an image.
#
#   $env:SSM_ACTIVATION_OPERATOR_KEY = '...'; .\deregister.ps1 -Api https://HOST    removes the node as well
#   .\deregister.ps1                                                              only this machine's side
#
# The key goes over https, or to this machine; -AllowHttp lets it go over plain HTTP, where anyone on the way can read it.
#
# Exit codes: 0 done; 3 not an administrator; 8 the API did not remove the node; 10 the agent did not forget its keys.
[CmdletBinding()]
param(
  [string]$Api = $env:SSM_ACTIVATION_API,
  [string]$OperatorKeyFile = $env:SSM_ACTIVATION_OPERATOR_KEY_FILE,
  [string]$StateDir = $env:SSM_ACTIVATION_STATE_DIR,
  [switch]$KeepNode = [bool]$env:SSM_ACTIVATION_KEEP_NODE,
  [switch]$AllowHttp = [bool]$env:SSM_ACTIVATION_ALLOW_HTTP
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$AgentDirectory = Join-Path $env:ProgramFiles 'Amazon\SSM'

function Write-Step([string]$Text) { [Console]::Error.WriteLine("ssm-activation: $Text") }

function Invoke-Native([string]$Program, [string[]]$Arguments) {
  $ErrorActionPreference = 'Continue'
  & $Program @Arguments 2>&1 | ForEach-Object { [string]$_ }
}

function Get-RegisteredId {
  $cli = Join-Path $AgentDirectory 'ssm-cli.exe'
  if (-not (Test-Path -LiteralPath $cli)) { return '' }
  $last = Invoke-Native $cli @('get-instance-information') | Select-Object -Last 1
  if ([string]$last -match '"instance-id"\s*:\s*"(mi-[0-9a-f]+)"') { $Matches[1] } else { '' }
}

function Get-OperatorKey {
  if ($OperatorKeyFile) { return (Get-Content -LiteralPath $OperatorKeyFile -Raw).Trim() }
  [string]$env:SSM_ACTIVATION_OPERATOR_KEY
}

# Whether an http or https address can be read in one way only. Parsers differ about user names, backslashes, blanks,
# fragments and escapes in hosts, and then another host is asked than the one that was looked at here.
function Test-WebAddress([string]$Url) {
  $Url -cmatch '^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%+,=:/-]*)?\z'
}

# Whether such an address is this machine's own over plain HTTP: to the letter, in one of three spellings.
function Test-Loopback([string]$Url) { $Url -cmatch '^http://(127\.0\.0\.1|localhost|\[::1\])([:/]|\z)' }

# What keeps the operator key from being sent to an address; empty when nothing does.
function Get-ApiFault([string]$Url, [bool]$AllowHttp) {
  if (-not (Test-WebAddress $Url)) { return '-Api must be a URL such as https://HOST/latest: host, port and path alone, without a user' }
  if ($Url -cmatch '^https:' -or $AllowHttp -or (Test-Loopback $Url)) { return '' }
  "-Api $Url is plain HTTP: the operator key could be read on the way, and whoever has it rules every machine; use https, or -AllowHttp"
}

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

# Whether the node is gone, or is an operator's to remove.
function Remove-Node([string]$Id) {
  $key = Get-OperatorKey
  if (-not $key -or -not $Api) {
    Write-Step "the node stays until an operator removes it: DELETE /nodes/$Id"
    return $true
  }
  $fault = Get-ApiFault $Api ([bool]$AllowHttp)
  if ($fault) {
    Write-Step "failed: $Id was not removed: $fault"
    return $false
  }
  try {
    [void](Invoke-RestMethod -Method Delete -Uri "$($Api.TrimEnd('/'))/nodes/$Id" -Headers @{ Authorization = "Bearer $key" } -TimeoutSec 60 -MaximumRedirection 0)
    Write-Step "node $Id is removed"
    $true
  } catch {
    Write-Step "failed: $Id was not removed: $($_.Exception.Message). Check -Api and the operator key, and run this again"
    $false
  }
}

$user = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $user.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
  Write-Step 'failed: run this as an administrator'
  exit 3
}
$id = Get-RegisteredId
if ($id -and -not $KeepNode -and -not (Remove-Node $id)) { exit 8 }
if (Get-Service -Name AmazonSSMAgent -ErrorAction SilentlyContinue) {
  Stop-Service -Name AmazonSSMAgent -Force
  Set-Service -Name AmazonSSMAgent -StartupType Disabled
  [void](Invoke-Native (Join-Path $AgentDirectory 'amazon-ssm-agent.exe') @('-register', '-clear', '-y'))
}
if (Get-RegisteredId) {
  Write-Step 'failed: the agent still has its keys'
  exit 10
}
if (-not $StateDir) { $StateDir = Join-Path $env:ProgramData 'ssm-activation' }
if (Test-Path -LiteralPath $StateDir) {
  $fault = Get-StateFault $StateDir
  if ($fault) { Write-Step "$StateDir $fault; it is left as it is" } else { Remove-Item -LiteralPath $StateDir -Recurse -Force -ErrorAction SilentlyContinue }
}
Write-Step 'the agent has no keys any more and is stopped'
