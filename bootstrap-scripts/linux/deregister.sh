#!/bin/sh
# Takes this machine out of AWS Systems Manager, for decommissioning or before its disk becomes an image.
# POSIX sh. Run as root.
set -u
umask 077
export LC_ALL=C
PATH=${PATH:-}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
export PATH

usage() {
  cat <<'HELP'
Takes this machine out of AWS Systems Manager: its node, its agent's keys, and what bootstrap.sh remembers.

Examples:
  # An operator's key of a self-hosted API, from the environment or a file, removes the node as well
  SSM_ACTIVATION_OPERATOR_KEY=... deregister.sh --api https://HOST
  deregister.sh --api https://HOST --operator-key-file /run/operator-key

  # Only this machine's side (on AWS operators are IAM principals: the script says what one of them runs), or an image
  deregister.sh
  deregister.sh --keep-node

Every flag is also an environment variable: --operator-key-file is SSM_ACTIVATION_OPERATOR_KEY_FILE.

  --api URL                the activation API
  --operator-key-file F    the operator key (or the key itself in SSM_ACTIVATION_OPERATOR_KEY)
  --keep-node              leave the node in Systems Manager as it is
  --ca-file FILE           certificates to trust for the API
  --state-dir DIR          default /var/lib/ssm-activation
  --help

Exit codes: 0 done; 2 wrong flag; 3 not root; 8 the API did not remove the node (this machine's side is untouched);
10 the agent did not forget its keys.
HELP
}

say() { printf 'ssm-activation: %s\n' "$*" >&2; }
fail() {
  exit_code=$1
  shift
  say "failed: $*"
  exit "$exit_code"
}

read_settings() {
  api=${SSM_ACTIVATION_API:-}
  operator_key=${SSM_ACTIVATION_OPERATOR_KEY:-}
  operator_key_file=${SSM_ACTIVATION_OPERATOR_KEY_FILE:-}
  keep_node=${SSM_ACTIVATION_KEEP_NODE:-}
  ca_file=${SSM_ACTIVATION_CA_FILE:-}
  state_dir=${SSM_ACTIVATION_STATE_DIR:-/var/lib/ssm-activation}
  unset SSM_ACTIVATION_OPERATOR_KEY
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --keep-node) keep_node=1; shift; continue ;;
      --api | --operator-key-file | --ca-file | --state-dir) [ $# -ge 2 ] || fail 2 "$1 lacks its value" ;;
      *) fail 2 "\"$1\" is not a flag; see --help" ;;
    esac
    case $1 in
      --api) api=$2 ;;
      --operator-key-file) operator_key_file=$2 ;;
      --ca-file) ca_file=$2 ;;
      --state-dir) state_dir=$2 ;;
    esac
    shift 2
  done
  [ -z "$operator_key_file" ] || operator_key=$(cat "$operator_key_file") || fail 2 "$operator_key_file cannot be read"
  case $operator_key in *[!A-Za-z0-9._~+/=-]*) fail 2 'the operator key holds characters that no key has' ;; esac
}

look_for_agent() {
  for directory in /snap/amazon-ssm-agent/current /usr/bin; do
    [ -x "$directory/amazon-ssm-agent" ] || continue
    agent=$directory/amazon-ssm-agent ssm_cli=$directory/ssm-cli unit=amazon-ssm-agent.service
    case $directory in /snap/*) unit=snap.amazon-ssm-agent.amazon-ssm-agent.service ;; esac
    return 0
  done
  return 1
}

registered_id() {
  "$ssm_cli" get-instance-information </dev/null 2>/dev/null |
    sed -n '$s/.*"instance-id" *: *"\(mi-[0-9a-f]*\)".*/\1/p'
}

# The operator key goes through a pipe, where no one can read it.
remove_node() {
  if [ -z "$operator_key" ] || [ -z "$api" ]; then
    say "the node stays until an operator removes it: DELETE ${api:-https://HOST/latest}/nodes/$managed_node"
    return 0
  fi
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$operator_key" |
    curl --config - --silent --show-error --max-time 60 --retry 5 ${ca_file:+--cacert "$ca_file"} --request DELETE \
      --output /dev/null --write-out '%{http_code}' "${api%/}/nodes/$managed_node")
  case $status in
    200 | 202) say "node $managed_node is removed" ;;
    404) say "the API does not know $managed_node any more" ;;
    *) fail 8 "the API answered ${status:-nothing}; $managed_node was not removed. Check --api and the operator key, and run this again" ;;
  esac
}

main() {
  read_settings "$@"
  [ "$(id -u)" = 0 ] || fail 3 'run this as root'
  if look_for_agent; then
    managed_node=$(registered_id)
    if [ -n "$managed_node" ] && [ -z "$keep_node" ]; then remove_node; fi
    systemctl stop "$unit"
    systemctl disable "$unit" >/dev/null 2>&1
    "$agent" -register -clear -y </dev/null >/dev/null 2>&1
    [ -z "$(registered_id)" ] || fail 10 "the agent still has its keys; look at: $agent -register -clear"
    say "the agent of ${managed_node:-this machine, which was not registered,} has no keys any more and is stopped"
  fi
  rm -rf "$state_dir"
}

main "$@"
