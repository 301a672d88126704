# What the agent's package puts on a machine. Sourced by the stand-ins that install it.
# The daemon and `-register` are amazon-ssm-agent.ts; ssm-cli only reads what that keeps.

install_agent() {
  cat >/usr/bin/amazon-ssm-agent <<AGENT
#!/bin/sh
[ "\$1" = -version ] && { echo 'SSM Agent version: 3.3.0.0'; exit 0; }
[ ! -e /etc/agent-is-slow ] || sleep "\$(cat /etc/agent-is-slow)"
exec $STAND_IN_NODE $STAND_IN/amazon-ssm-agent.ts "\$@"
AGENT
  cat >/usr/bin/ssm-cli <<'CLI'
#!/bin/sh
id=$(sed -n 's/.*"ManagedInstanceID":"\([^"]*\)".*/\1/p' /var/lib/amazon/ssm/vault 2>/dev/null)
echo 'INFO a line before the answer'
[ -n "$id" ] || { echo 'ERROR this machine is not registered' >&2; exit 255; }
echo "{\"instance-id\":\"$id\",\"region\":\"us-west-2\",\"release-version\":\"3.3.0.0\"}"
CLI
  chmod 755 /usr/bin/amazon-ssm-agent /usr/bin/ssm-cli
  echo '[Service]' >/etc/systemd/system/amazon-ssm-agent.service
}
