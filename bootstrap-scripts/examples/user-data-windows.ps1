<powershell>
# EC2 user data: the API serves the script with its own address and region filled in. Replace HOST.
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072  # TLS 1.2
$script = Invoke-RestMethod -Uri 'https://HOST/latest/bootstrap/windows'
& ([scriptblock]::Create($script)) -Tags 'Environment=Prod,Role=web'
</powershell>
