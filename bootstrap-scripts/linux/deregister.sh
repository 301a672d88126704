#!/bin/sh
# Takes this machine out of AWS Systems Manager, for decommissioning or before its disk becomes an image.
# POSIX sh. Run as root.
set -uf
umask 077
# The caller's environment must not choose what runs here as root: an empty or relative element of its PATH is the
# directory that this was started in, which may be anybody's.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/snap/bin
export PATH LC_ALL=C
unset IFS CDPATH ENV BASH_ENV SSLKEYLOGFILE

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
  --allow-http             send the operator key over plain HTTP to an API that is not on this machine
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
  allow_http=${SSM_ACTIVATION_ALLOW_HTTP:-}
  state_dir=${SSM_ACTIVATION_STATE_DIR:-/var/lib/ssm-activation}
  unset SSM_ACTIVATION_OPERATOR_KEY
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --keep-node) keep_node=1; shift; continue ;;
      --allow-http) allow_http=1; shift; continue ;;
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
  [ -z "$api" ] || is_web_address "$api" ||
    fail 2 "--api must be a URL such as https://HOST/latest: host, port and path alone, without a user"
  check_way
  state_dir=${state_dir%/}
  case $state_dir/ in
    / | //* | [!/]* | *//* | */./* | */../*) fail 2 "--state-dir must be an absolute path without . or .. in it" ;;
  esac
}

# Plain HTTP stays on this machine, not even a proxy of the environment gets it, unless the operator says otherwise.
check_way() {
  direct=''
  case $api in '' | https://*) return 0 ;; esac
  if is_loopback "$api"; then direct=1; return 0; fi
  [ -z "$operator_key" ] && return 0
  case $allow_http in '' | 0 | no | false) fail 2 "--api $api is plain HTTP: the operator key could be read on the way, and whoever has it rules every machine; use https, or --allow-http" ;; esac
}

# Whether an http or https address can be read in one way only. Parsers differ about user names, backslashes, blanks,
# fragments and escapes in hosts, and then curl asks another host than the one that was looked at here.
is_web_address() (
  case $1 in http://* | https://*) rest=${1#*://} ;; *) exit 1 ;; esac
  authority=${rest%%/*}
  case ${rest#"$authority"} in *[!A-Za-z0-9._~%+,=:/-]*) exit 1 ;; esac
  case $authority in
    \[*\]*)
      host=${authority%%]*} port=${authority#*]}
      case ${host#?} in '' | *[!0-9A-Fa-f:.]*) exit 1 ;; esac
      ;;
    *)
      host=${authority%%:*} port=${authority#"${authority%%:*}"}
      case $host in '' | *[!A-Za-z0-9._-]*) exit 1 ;; esac
      ;;
  esac
  case $port in '' | :[0-9]*) ;; *) exit 1 ;; esac
  case ${port#:} in *[!0-9]* | ??????*) exit 1 ;; esac
)

# Whether such an address is this machine's own over plain HTTP: to the letter, in one of three spellings.
is_loopback() {
  case $1/ in http://127.0.0.1[:/]* | http://localhost[:/]* | 'http://[::1]'[:/]*) ;; *) return 1 ;; esac
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
    curl --disable --config - --silent --show-error --max-time 60 --retry 5 ${direct:+--noproxy '*'} ${ca_file:+--cacert "$ca_file"} --request DELETE \
      --output /dev/null --write-out '%{http_code}' "${api%/}/nodes/$managed_node")
  case $status in
    200 | 202) say "node $managed_node is removed" ;;
    404) say "the API does not know $managed_node any more" ;;
    *) fail 8 "the API answered ${status:-nothing}; $managed_node was not removed. Check --api and the operator key, and run this again" ;;
  esac
}

# Type and permissions, number of links and owner of a file: "drwxr-xr-x 2 0"; nothing when it is not there.
attributes_of() {
  # shellcheck disable=SC2012 # POSIX has nothing else that prints an owner; of the name nothing is read
  ls -ldn "$1" 2>/dev/null | head -n 1 | tr -s ' ' | cut -d ' ' -f 1-3
}

# Tells what of the state directory is not root's alone; nothing when all of it is. On the way there nobody else may be
# able to put something in its place: where others may write, only the sticky bit keeps them from it.
stranger_in_state() (
  for path in "$state_dir" "$(cd -P "$state_dir" 2>/dev/null && pwd -P)"; do
    while path=${path%/*} && [ -n "$path" ]; do
      case $(attributes_of "$path") in
        '' | d????-??-?*' 0' | d????????[tT]*' 0' | l*' 0') ;;
        *) echo "$path"; exit ;;
      esac
    done
  done
  case $(attributes_of "$state_dir") in '' | d????-??-?*' 0') ;; *) echo "$state_dir"; exit ;; esac
  case $(attributes_of "$state_dir/work") in '' | d???------*' 0') ;; *) echo "$state_dir/work"; exit ;; esac
  # One who can read the lock can hold it; a second link would be a file of somewhere else.
  case $(attributes_of "$state_dir/lock") in '' | -???------*' 1 0') ;; *) echo "$state_dir/lock"; exit ;; esac
  case $(attributes_of "$state_dir/registered") in '' | -????-??-?*' 1 0') ;; *) echo "$state_dir/registered" ;; esac
)

# Only what bootstrap.sh keeps there, and only where nobody else can have put something in its place.
forget() {
  stranger=$(stranger_in_state)
  if [ -n "$stranger" ]; then
    say "$stranger is not root's alone; $state_dir is left as it is"
    return 0
  fi
  rm -rf "$state_dir/work"
  rm -f "$state_dir/lock" "$state_dir/registered"
  [ ! -d "$state_dir" ] || rmdir "$state_dir" 2>/dev/null || say "$state_dir holds more than bootstrap.sh keeps there; the rest is left"
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
  forget
}

main "$@"
