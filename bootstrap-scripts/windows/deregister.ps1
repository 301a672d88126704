# Takes this machine out of AWS Systems Manager, for decommissioning or before its disk becomes an image.
#
#   $env:SSM_ACTIVATION_OPERATOR_KEY = '...'; .\deregister.ps1 -Api https://HOST    removes the node as well
#   .\deregister.ps1                                                              only this machine's side
#
# Exit codes: 0 done; 3 not an administrator; 8 the API did not remove the node; 10 the agent did not forget its keys.
[CmdletBinding()]
param(
  [string]$Api = $env:SSM_ACTIVATION_API,
  [string]$OperatorKeyFile = $env:SSM_ACTIVATION_OPERATOR_KEY_FILE,
  [string]$StateDir = $env:SSM_ACTIVATION_STATE_DIR,
  [switch]$KeepNode = [bool]$env:SSM_ACTIVATION_KEEP_NODE
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

# Whether the node is gone, or is an operator's to remove.
function Remove-Node([string]$Id) {
  $key = Get-OperatorKey
  if (-not $key -or -not $Api) {
    Write-Step "the node stays until an operator removes it: DELETE /nodes/$Id"
    return $true
  }
  try {
    [void](Invoke-RestMethod -Method Delete -Uri "$($Api.TrimEnd('/'))/nodes/$Id" -Headers @{ Authorization = "Bearer $key" } -TimeoutSec 60)
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
Remove-Item -LiteralPath $StateDir -Recurse -Force -ErrorAction SilentlyContinue
Write-Step 'the agent has no keys any more and is stopped'
