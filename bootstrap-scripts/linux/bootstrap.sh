#!/bin/sh
# Registers this machine with AWS Systems Manager as a managed node of its own, and can be run again at any time.
#
# POSIX sh: runs under dash, bash and busybox ash. Needs curl, flock and systemctl, and gpgv or gpg where it installs
# the agent. Exit codes, flags and what each step does: docs/bootstrap.md, or --help.
set -uf
umask 077
# The caller's environment must not choose what runs here as root: an empty or relative element of its PATH is the
# directory that this was started in, which may be anybody's.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/snap/bin
export PATH LC_ALL=C
unset IFS CDPATH ENV BASH_ENV SSLKEYLOGFILE

# Filled in by the API when it serves this script (GET /bootstrap/linux).
default_api=''
default_region=''

usage() {
  cat <<'HELP'
Registers this machine with AWS Systems Manager. Safe to run again: a registered, working machine is left alone.

Examples:
  # EC2: the instance identity document proves who this is; the node is named after the instance id
  bootstrap.sh --api https://HOST/latest --region eu-west-1 --tags Environment=Prod,Role=web

  # On premises, with a join token from a file, which is removed once it has served
  bootstrap.sh --api https://HOST/latest --region eu-west-1 --name web-1 --token-file /run/join-token --remove-token-file

  # The same, with the token on standard input, through a proxy
  printf %s "$TOKEN" | bootstrap.sh --token-file - --proxy http://proxy.example:3128 ...

  # Google Compute Engine or Azure: a token from the metadata service
  bootstrap.sh --proof gce --audience https://HOST ...

  # What would happen, without changing anything
  bootstrap.sh --dry-run ...

Every flag is also an environment variable: --follow-up-tags is SSM_ACTIVATION_FOLLOW_UP_TAGS. Flags win.

What to register
  --api URL                 the activation API (filled in when the API serves this script)
  --region REGION           AWS region of the managed node (likewise)
  --name NAME               default: the name that the proof proves; for join tokens and network proof, the host name
  --tags K=V,K2=V2          tags that ride on the activation
  --follow-up-tags K=V      tags set on the node once it is registered

How to prove who this is
  --proof KIND              auto (default), ec2, token, gce, azure or network
  --token-file FILE         join token or OpenID Connect token; - reads standard input
                            (or the token itself in SSM_ACTIVATION_TOKEN; there is no flag for it: flags are visible to all)
  --remove-token-file       remove that file once the machine is registered
  --audience AUDIENCE       of GCE and Azure tokens; default: the API's URL
  --metadata-url URL        the metadata service, for air-gapped networks and tests; default http://169.254.169.254
  --metadata-wait SECONDS   how long to wait for it at boot; default 15

The agent
  --install WHEN            auto (default): unless a working agent is there; always; never
  --download-url URL        where ssm-setup-cli is fetched from; default: AWS's bucket of the region
  --agent-key FILE          OpenPGP key that signs ssm-setup-cli, should AWS change it (armoured)
  --agent-key-fingerprint F of that key
  --force                   ask to register although the agent says that it is registered

How it goes about it
  --deadline SECONDS        for everything; default 900
  --wait SECONDS            for the agent to come up, and for follow-up tags; default 120
  --retry-base-ms MS        retries wait a random time up to this, doubled each time; default 1000
  --retry-cap-ms MS         and never more than this; default 30000
  --proxy URL               for the API, the download and the agent (metadata is always asked directly)
  --no-proxy LIST           hosts to reach without the proxy
  --ca-file FILE            certificates to trust for the API, for a private certificate authority
  --allow-http              speak plain HTTP to an API that is not on this machine
  --state-dir DIR           default /var/lib/ssm-activation; root's alone, and must allow execution
  --min-free-mb MB          refuse to start with less room than this; default 100
  --dry-run                 find the proof, say what would happen, change nothing
  --help

Exit codes
  0  registered (now or before)          8  the API stayed out of reach until the deadline
  1  unexpected                          9  the agent could not be fetched, verified or installed
  2  a flag or variable is wrong        10  registration failed
  3  not root, a command is missing, or 11  registered, but the agent did not come up
     the state directory is not root's  12  no room on the disk
  4  no proof of identity was found     13  another run held the lock until the deadline
  5  the proof was refused              14  registered, but follow-up tags were refused
  6  the name is taken
  7  the API refused the request
HELP
}

EX_USAGE=2 EX_PREREQUISITE=3 EX_NO_PROOF=4 EX_PROOF_REFUSED=5 EX_NAME_TAKEN=6 EX_REQUEST_REFUSED=7
EX_UNREACHABLE=8 EX_INSTALL=9 EX_REGISTRATION=10 EX_AGENT_DOWN=11 EX_DISK_FULL=12 EX_LOCKED=13 EX_TAGS=14

# The key with which AWS signs ssm-setup-cli until 2027-11-25.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/verify-agent-signature.html
AWS_KEY_FINGERPRINT=1C5B395CBE5E74E2F1CA21592784DBF388D19D46
aws_key() {
  cat <<'KEY'
-----BEGIN PGP PUBLIC KEY BLOCK-----

mQINBGohhG8BEACxNOk7TM1ywHjW0qrSyH9npRDUjpWAyCD8L1Yu7nLnxwEBtUOk
HgQIo1scTWuwogaBZpAzg22A25AloOrhX8BGTokh71Xm3LbQT8dDQUDT7WRTl4R5
p7786TN79p4DqD3/JyzjiD/keTYyhplBWdyk5BEcqlyVj9Pf/1O6CrOJgGD1oGYK
7lRqMtmXlf86/mKveWvjJTPAF26dkDJZecnrheyEA99XlONm8zAlK6h09JThHBmW
MgDPXDSsVeEyXilPUJFhZJ2HXVG2tS9ioVM309tMX6B3W5woT7w8SA6uV2Pf0jMm
oYmMuCmQMU8/7/vOLQSJm+6Wui5dZywArqtOqXcSledRf7xhmug3Qa5maqY2Ttcn
XqTaH3WaBLtJZYqDJcsUH99AXqdQkozsCHHL2NmxRiShyLCX4VBKzH8j5kDNGeSL
uiICbj1Tufh7LDuIwdOQnX9gvB6j/SF3YVqJl4DAjCs4ODYpwm+36RZjQkbwELzX
zXnDoNgjR5tXCiNdxJLuzemQy7FcDc90fEbpDX03rN7iceavBmZbZ5Tlu53fgpzd
kflD8OwfjnYa9AXh2zweC1G0ut2QU+cZcoOq5/QPtQELNqvgpAUsQtkCECTerz8S
ugriZD4Tnd4FJUgoqX+/iwCWesyWjGkotxi7aJluLtz+znNT9SgeMCoJmQARAQAB
tCdTU00gQWdlbnQgPHNzbS1hZ2VudC1zaWduZXJAYW1hem9uLmNvbT6JAj8EEwEC
ACkFAmohhG8CGy8FCQLGmIAHCwkIBwMCAQYVCAIJCgsEFgIDAQIeAQIXgAAKCRAn
hNvziNGdRnXVD/9bP0IX6aU+qur66fTWs8RLDs//6Vx93e8lH6p4W+RxL+wW7Ajc
/REB7PPgc5ohW80/LwxHP2g8cZiSK7fp9cRbXODqiVYl4mAWQNfxfGcWpBxcEsyo
UGF6oRjiibL1BcJLFJgVZ/H4pT0xNEDJNIJpRn7ZVXm0vrVVVUh4a4WFXUkspRXm
q37eIMm76p969L5SNjY+F8Ld6hjmRiRopg4f/+lf/+e6R+fofSOVE3Ip/YpPH1DR
plwQJrMk1XFjm+JTsdtqMTIKv38j7HANmUgDGLsuQNn8048n6ve8koVZLSrv9FAi
elSNsSIurLEpkLM0QPOFviagK7zB/d/zScpGquBU9dPFOoTq/sNFhnZr+PA7MAek
r4WOP8kasS3LWGn/rqqIOw/PDm2mmUaIwm4XenOe8lJFKUGp6ssUOj4PIQKwGaL/
S2xTex25ZaNQaKXv2JUmriGycpCjIaniEHz60bBN1kSgO0m0a5Yg3X9Qw+ezt51o
Pi6H6NdE0IwNzNcbJI2UvphwR9L92Br/J9ElYbHRdgmz26SZeRNTht/+zKPxk4iD
YibpQ804cPfA0mJBODwzqL5BBfVJ0/rLtQ2ymuHaqKbKEc0KuJ6vWMoH9qlMBlv5
YiZeUw5Ls2uuaxhKTUYrCE4LuUlAtNW63+/TP+ciBg1bq5H5aBn5tSCYVw==
=mK7s
-----END PGP PUBLIC KEY BLOCK-----
KEY
}

# --- Settings -----------------------------------------------------------------------------------------------------

read_environment() {
  api=${SSM_ACTIVATION_API:-$default_api}
  region=${SSM_ACTIVATION_REGION:-$default_region}
  name=${SSM_ACTIVATION_NAME:-}
  tags=${SSM_ACTIVATION_TAGS:-}
  follow_up_tags=${SSM_ACTIVATION_FOLLOW_UP_TAGS:-}
  proof=${SSM_ACTIVATION_PROOF:-auto}
  token=${SSM_ACTIVATION_TOKEN:-}
  token_file=${SSM_ACTIVATION_TOKEN_FILE:-}
  remove_token_file=${SSM_ACTIVATION_REMOVE_TOKEN_FILE:-}
  audience=${SSM_ACTIVATION_AUDIENCE:-}
  metadata_url=${SSM_ACTIVATION_METADATA_URL:-}
  metadata_wait=${SSM_ACTIVATION_METADATA_WAIT:-15}
  install=${SSM_ACTIVATION_INSTALL:-auto}
  download_url=${SSM_ACTIVATION_DOWNLOAD_URL:-}
  agent_key=${SSM_ACTIVATION_AGENT_KEY:-}
  agent_key_fingerprint=${SSM_ACTIVATION_AGENT_KEY_FINGERPRINT:-$AWS_KEY_FINGERPRINT}
  force=${SSM_ACTIVATION_FORCE:-}
  deadline_seconds=${SSM_ACTIVATION_DEADLINE:-900}
  wait_seconds=${SSM_ACTIVATION_WAIT:-120}
  retry_base_ms=${SSM_ACTIVATION_RETRY_BASE_MS:-1000}
  retry_cap_ms=${SSM_ACTIVATION_RETRY_CAP_MS:-30000}
  proxy=${SSM_ACTIVATION_PROXY:-}
  no_proxy_list=${SSM_ACTIVATION_NO_PROXY:-}
  ca_file=${SSM_ACTIVATION_CA_FILE:-}
  allow_http=${SSM_ACTIVATION_ALLOW_HTTP:-}
  state_dir=${SSM_ACTIVATION_STATE_DIR:-/var/lib/ssm-activation}
  min_free_mb=${SSM_ACTIVATION_MIN_FREE_MB:-100}
  dry_run=${SSM_ACTIVATION_DRY_RUN:-}
  # Nothing that is started from here needs it.
  unset SSM_ACTIVATION_TOKEN proof_header
}

read_flags() {
  while [ $# -gt 0 ]; do
    flag=$1
    case $flag in
      --help | -h) usage; exit 0 ;;
      --remove-token-file) remove_token_file=1; shift; continue ;;
      --force) force=1; shift; continue ;;
      --allow-http) allow_http=1; shift; continue ;;
      --dry-run) dry_run=1; shift; continue ;;
      --*=*) value=${flag#*=} flag=${flag%%=*}; shift ;;
      --*) [ $# -ge 2 ] || fail $EX_USAGE "$flag is unknown, or lacks its value; see --help"; value=$2; shift 2 ;;
      *) fail $EX_USAGE "\"$flag\" is not a flag; see --help" ;;
    esac
    case $flag in
      --api) api=$value ;;
      --region) region=$value ;;
      --name) name=$value ;;
      --tags) tags=${tags:+$tags,}$value ;;
      --follow-up-tags) follow_up_tags=${follow_up_tags:+$follow_up_tags,}$value ;;
      --proof) proof=$value ;;
      --token-file) token_file=$value ;;
      --audience) audience=$value ;;
      --metadata-url) metadata_url=$value ;;
      --metadata-wait) metadata_wait=$value ;;
      --install) install=$value ;;
      --download-url) download_url=$value ;;
      --agent-key) agent_key=$value ;;
      --agent-key-fingerprint) agent_key_fingerprint=$value ;;
      --deadline) deadline_seconds=$value ;;
      --wait) wait_seconds=$value ;;
      --retry-base-ms) retry_base_ms=$value ;;
      --retry-cap-ms) retry_cap_ms=$value ;;
      --proxy) proxy=$value ;;
      --no-proxy) no_proxy_list=$value ;;
      --ca-file) ca_file=$value ;;
      --state-dir) state_dir=$value ;;
      --min-free-mb) min_free_mb=$value ;;
      *) fail $EX_USAGE "$flag is not a flag; see --help" ;;
    esac
  done
}

check_settings() {
  api=${api%/}
  [ -n "$api" ] || fail $EX_USAGE "--api is missing: the URL of the activation API"
  require_web_address --api "$api"
  require_web_address --metadata-url "$metadata_url"
  require_web_address --download-url "$download_url"
  direct=''
  case $api in
    https://*) ;;
    *) if is_loopback "$api"; then direct=1; else is_on "$allow_http" || fail $EX_USAGE "--api $api is plain HTTP: proofs and codes could be read on the way; use https, or --allow-http"; fi ;;
  esac
  state_dir=${state_dir%/}
  case $state_dir/ in
    / | //* | [!/]* | *//* | */./* | */../*) fail $EX_USAGE "--state-dir must be an absolute path without . or .. in it" ;;
  esac
  case $region in
    '') fail $EX_USAGE "--region is missing: the AWS region of the managed node" ;;
    *[!a-z0-9-]*) fail $EX_USAGE "--region must be a region such as eu-west-1" ;;
  esac
  case $proof in auto | ec2 | token | gce | azure | network) ;; *) fail $EX_USAGE "--proof must be auto, ec2, token, gce, azure or network" ;; esac
  case $install in auto | always | never) ;; *) fail $EX_USAGE "--install must be auto, always or never" ;; esac
  for number in "$metadata_wait" "$deadline_seconds" "$wait_seconds" "$retry_base_ms" "$retry_cap_ms" "$min_free_mb"; do
    case $number in '' | *[!0-9]*) fail $EX_USAGE "\"$number\" is not a whole number; see --help" ;; esac
  done
  download_url=${download_url:-https://amazon-ssm-$region.s3.$region.$(dns_suffix)}
}

# require_web_address FLAG VALUE
require_web_address() {
  [ -z "$2" ] || is_web_address "$2" ||
    fail $EX_USAGE "$1 must be a URL such as https://HOST/latest: host, port and path alone, without a user"
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

dns_suffix() {
  case $region in
    cn-*) echo amazonaws.com.cn ;;
    eusc-*) echo amazonaws.eu ;;
    *) echo amazonaws.com ;;
  esac
}

is_on() {
  case $1 in '' | 0 | no | false) return 1 ;; esac
}

# --- Telling ------------------------------------------------------------------------------------------------------

say() {
  printf 'ssm-activation: %s\n' "$*" >&2
}

# fail EXIT_CODE MESSAGE...
fail() {
  exit_code=$1
  shift
  say "failed: $*"
  exit "$exit_code"
}

# --- Time ---------------------------------------------------------------------------------------------------------

# Seconds since boot: the wall clock may jump while a machine boots.
uptime_seconds() {
  read -r uptime _ </proc/uptime
  echo "${uptime%%.*}"
}

seconds_left() {
  echo $((deadline - $(uptime_seconds)))
}

# A random number from 0 up to $1.
random_up_to() {
  echo $(($(od -An -N4 -tu4 /dev/urandom) % ($1 + 1)))
}

sleep_ms() {
  sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
}

# pause ATTEMPT [SECONDS]: full jitter over a ceiling that doubles with each attempt, after the seconds that the server
# asked for. Fails, without waiting, when that would outlast the deadline.
pause() {
  doublings=$1
  [ "$doublings" -le 20 ] || doublings=20
  ceiling=$((retry_base_ms << doublings))
  [ "$ceiling" -le "$retry_cap_ms" ] || ceiling=$retry_cap_ms
  pause_ms=$((${2:-0} * 1000 + $(random_up_to "$ceiling")))
  [ $((pause_ms / 1000)) -lt "$(seconds_left)" ] || return 1
  say "trying again in $((pause_ms / 1000)).$(printf %03d $((pause_ms % 1000))) s"
  sleep_ms "$pause_ms"
}

# --- HTTP ---------------------------------------------------------------------------------------------------------

newline='
'

# call HEADERS CURL_ARGUMENT...: sets status (000 when there was no answer), answer, and retry_after.
# Headers, which may hold secrets, go through a pipe as curl's configuration; neither they nor answers touch a file.
call() {
  headers=$1
  shift
  true >"$work/headers" || fail_for_room
  answer=$(
    printf '%s' "$headers" | sed 's/.*/header = "&"/' |
      curl --disable --config - --silent --show-error --connect-timeout 10 --dump-header "$work/headers" \
        --write-out '\n%{http_code}' "$@" 2>"$work/curl-error"
  )
  [ $? -ne 23 ] || fail_for_room
  status=${answer##*"$newline"}
  answer=${answer%"$newline"*}
  status=${status:-000}
  retry_after=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,5\}\)[^0-9]*$/\1/p' "$work/headers" | tail -n 1)
}

# Calls until there is an answer that waiting will not change. Sets the same as call.
call_until_answered() {
  attempt=0
  while :; do
    call "$@"
    case $status in
      000) say "no answer: $(head -n 1 "$work/curl-error")" ;;
      408 | 425 | 429 | 5??) say "the answer was $status $(problem_member code)" ;;
      *) return 0 ;;
    esac
    pause "$attempt" "$retry_after" || return 1
    attempt=$((attempt + 1))
  done
}

# problem_member NAME: a string member of a problem+json answer, made printable.
problem_member() {
  printf '%s' "$answer" | tr -d '\n' |
    sed -n -E 's/.*"'"$1"'" *: *"(([^"\\]|\\.)*)".*/\1/p' | sed 's/\\"/"/g' | tr -cd '[:print:]'
}

# ask PATH CURL_ARGUMENT...: a call to the API with this machine's proof. Plain HTTP stays on this machine: a proxy of the
# environment would carry it away.
ask() {
  path=$1
  shift
  call_until_answered "$proof_header" --max-time 40 ${direct:+--noproxy '*'} ${ca_file:+--cacert "$ca_file"} --get "$@" "$api$path"
}

# --- Metadata and proofs ------------------------------------------------------------------------------------------

# metadata HEADERS CURL_ARGUMENT...: asked directly, never through a proxy.
metadata() {
  call "$1" --noproxy '*' --connect-timeout 2 --max-time 5 "$2" ${3+"$3"} ${4+"$4"}
  [ "$status" = 200 ] && [ -n "$answer" ]
}

find_ec2_proof() {
  metadata 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$1/latest/api/token" --request PUT || return 1
  case $answer in *[!A-Za-z0-9+/=_-]*) return 1 ;; esac
  session="X-aws-ec2-metadata-token: $answer"
  metadata "$session" "$1/latest/dynamic/instance-identity/rsa2048" || return 1
  document=$(printf '%s' "$answer" | tr -d ' \r\n')
  case $document in '' | *[!A-Za-z0-9+/=]*) return 1 ;; esac
  metadata "$session" "$1/latest/meta-data/instance-id" || return 1
  instance=$answer
  case $instance in i-*[!0-9a-f]* | [!i]*) return 1 ;; esac
  proof_header="X-Instance-Identity: $document"
  proof_found="the identity document of EC2 instance $instance"
}

find_gce_proof() {
  metadata 'Metadata-Flavor: Google' "$1/computeMetadata/v1/instance/service-accounts/default/identity?audience=$(url_encoded "${audience:-$api}")&format=full" || return 1
  use_bearer "$answer" && proof_found='a Google Compute Engine identity token'
}

find_azure_proof() {
  metadata 'Metadata: true' "$1/metadata/identity/oauth2/token?api-version=2018-02-01&resource=$(url_encoded "${audience:-$api}")" || return 1
  use_bearer "$(problem_member access_token)" && proof_found='an Azure managed identity token'
}

url_encoded() {
  printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'
}

use_bearer() {
  case $1 in '' | *[!A-Za-z0-9._~+/=-]*) return 1 ;; esac
  proof_header="Authorization: Bearer $1"
}

find_token_proof() {
  case $token_file in
    '') ;;
    -) token=$(cat) ;;
    *) [ -r "$token_file" ] || fail $EX_NO_PROOF "the token file $token_file cannot be read"; token=$(cat "$token_file") ;;
  esac
  use_bearer "$token" || fail $EX_NO_PROOF "the token is empty or holds characters that no token has; put the bare token into --token-file or SSM_ACTIVATION_TOKEN"
  proof_found='a token'
}

# Looks at the metadata service for each of the kinds named, until --metadata-wait is over.
find_metadata_proof() {
  give_up=$(($(uptime_seconds) + metadata_wait))
  while :; do
    for base in ${metadata_url:-http://169.254.169.254 'http://[fd00:ec2::254]'}; do
      for kind in "$@"; do
        "find_${kind}_proof" "${base%/}" && return 0
      done
    done
    [ "$(uptime_seconds)" -lt "$give_up" ] || return 1
    sleep 1
  done
}

# The host name, unless the system, or a tool that reads lists of hosts, has it for something else.
own_host_name() {
  case $(uname -n | tr '[:upper:]' '[:lower:]') in
    '' | '(none)' | localhost | localhost.* | localhost[46]* | *.localhost | ip6-* | broadcasthost | all | ungrouped) return 1 ;;
  esac
  uname -n
}

find_proof() {
  [ -z "${proof_header+found}" ] || return 0
  case $proof in
    auto) if [ -n "$token$token_file" ]; then find_token_proof; else find_metadata_proof ec2 gce azure; fi ;;
    token) find_token_proof ;;
    network) proof_header='' proof_found='the address of this machine' ;;
    *) find_metadata_proof "$proof" ;;
  esac || fail $EX_NO_PROOF "no proof of identity ($proof): the metadata service did not give one within $metadata_wait s. On EC2, see that the instance metadata service is enabled; elsewhere, get a join token from an operator and give it with --token-file"
  case $proof_found in 'a token' | 'the address'*)
    name=${name:-$(own_host_name)} || fail $EX_USAGE "the host name is $(uname -n), which is no machine's own; give this one a name with --name" ;;
  esac
  # Has served; nothing that is started from here is to inherit it.
  token=''
  say "proof: $proof_found"
}

# --- The agent ----------------------------------------------------------------------------------------------------

# Sets agent, ssm_cli and unit of the agent that is installed; fails when none is there or it does not even run.
look_for_agent() {
  for directory in /snap/amazon-ssm-agent/current /usr/bin; do
    agent=$directory/amazon-ssm-agent ssm_cli=$directory/ssm-cli
    case $directory in
      /snap/*) unit=snap.amazon-ssm-agent.amazon-ssm-agent.service ;;
      *) unit=amazon-ssm-agent.service ;;
    esac
    [ -x "$agent" ] || continue
    "$agent" -version </dev/null >/dev/null 2>&1 && systemctl cat "$unit" >/dev/null 2>&1 && return 0
    say "$agent is there but does not work: its installation was not completed"
    return 1
  done
  agent='' ssm_cli='' unit=''
  return 1
}

# The managed node that this machine is by its agent's own keys; /var/lib/amazon/ssm/registration may be stale.
registered_id() {
  [ -n "$ssm_cli" ] || return 0
  "$ssm_cli" get-instance-information </dev/null 2>/dev/null |
    sed -n '$s/.*"instance-id" *: *"\(mi-[0-9a-f]*\)".*/\1/p'
}

is_up() {
  systemctl is-active --quiet "$unit" 2>/dev/null && [ -n "$(registered_id)" ]
}

# The agent counts as up once it has stayed so for two looks.
wait_until_up() {
  give_up=$(($(uptime_seconds) + wait_seconds))
  until is_up && sleep 1 && is_up; do
    [ "$(uptime_seconds)" -lt "$give_up" ] || return 1
    sleep 1
  done
}

start_agent() {
  systemctl enable "$unit" >/dev/null 2>&1 9>&-
  systemctl "$1" "$unit" 9>&- || say "systemctl $1 $unit failed"
  wait_until_up || fail $EX_AGENT_DOWN "the agent is registered as $(registered_id) but is not up after $wait_seconds s. Look at: systemctl status $unit; /var/log/amazon/ssm/amazon-ssm-agent.log. Then run this again; it will not register twice"
}

# The agent takes its proxy from its unit's environment.
give_agent_the_proxy() {
  [ -n "$proxy" ] || return 0
  mkdir -p "/etc/systemd/system/$unit.d" || fail_for_room
  for variable in "http_proxy=$proxy" "https_proxy=$proxy" "no_proxy=$no_proxy"; do
    printf 'Environment="%s"\n' "$variable" | sed 's/%/%%/g'
  done | { echo '[Service]' && cat; } >"/etc/systemd/system/$unit.d/ssm-activation-proxy.conf" || fail_for_room
  systemctl daemon-reload
}

# --- Installing it ------------------------------------------------------------------------------------------------

# Sets way: how the machine will be registered. An agent that works registers itself; else ssm-setup-cli installs one.
prepare_agent() {
  way=agent
  if look_for_agent; then
    case $install:$agent in auto:* | never:* | *:/snap/*) say "agent: $agent"; return 0 ;; esac
  elif [ "$install" = never ]; then
    fail $EX_INSTALL "there is no working agent here, and --install is never"
  elif [ -z "$agent" ] && is_ubuntu && command -v snap >/dev/null; then
    is_on "$dry_run" && { say 'agent: would be installed as a snap'; return 0; }
    say 'installing the agent as a snap, which snapd verifies'
    snap install amazon-ssm-agent --classic >"$work/output" 2>&1 9>&- || { tell_output; fail $EX_INSTALL "snap could not install the agent"; }
    look_for_agent || fail $EX_INSTALL "the agent's snap is installed but does not work"
    return 0
  fi
  way=installer
  find_platform
  is_on "$dry_run" && { say "agent: would be installed by $download_url/latest/$platform/ssm-setup-cli"; return 0; }
  download_installer
  verify_installer
}

is_ubuntu() {
  grep -qx 'ID="\{0,1\}ubuntu"\{0,1\}' /etc/os-release 2>/dev/null
}

# A 32-bit Raspberry Pi OS runs on a 64-bit kernel: dpkg knows what the system is, uname -m does not.
find_platform() {
  if command -v dpkg >/dev/null; then
    platform=debian_$(dpkg --print-architecture)
  elif command -v rpm >/dev/null; then
    platform=linux_$(uname -m)
  else
    fail $EX_INSTALL 'neither dpkg nor rpm is here: AWS has no agent package for this system. Install an agent and run this again'
  fi
  case $platform in
    *_amd64 | *_x86_64) platform=${platform%%_*}_amd64 ;;
    *_arm64 | *_aarch64) platform=${platform%%_*}_arm64 ;;
    debian_armhf) platform=debian_arm ;;
    *_i?86) platform=${platform%%_*}_386 ;;
    *) fail $EX_INSTALL "AWS has no agent for $platform" ;;
  esac
}

download_installer() {
  for suffix in '' .sig; do
    url=$download_url/latest/$platform/ssm-setup-cli$suffix
    say "fetching $url"
    call_until_answered '' --max-time 300 --output "$work/ssm-setup-cli$suffix" "$url" ||
      fail $EX_INSTALL "$url could not be fetched before the deadline. Is there a route to S3, or is a --proxy or --download-url needed?"
    [ "$status" = 200 ] || fail $EX_INSTALL "$url answered $status. Are --region and --download-url right?"
  done
  chmod 700 "$work/ssm-setup-cli"
}

# Only a signature by the one key will do, whatever else the key file holds.
verify_installer() {
  if [ -n "$agent_key" ]; then cat "$agent_key"; else aws_key; fi |
    sed -e '1,/^[[:space:]]*$/d' -e '/^=/d' -e '/^-----/d' | base64 -d >"$work/key.gpg" 2>/dev/null ||
    fail $EX_INSTALL "the key that signs ssm-setup-cli cannot be read"
  if command -v gpgv >/dev/null; then
    verdict=$(gpgv --homedir "$work" --keyring "$work/key.gpg" --status-fd 1 "$work/ssm-setup-cli.sig" "$work/ssm-setup-cli" 2>/dev/null)
  elif command -v gpg >/dev/null; then
    verdict=$(gpg --homedir "$work" --batch --no-default-keyring --keyring "$work/key.gpg" --status-fd 1 \
      --verify "$work/ssm-setup-cli.sig" "$work/ssm-setup-cli" 2>/dev/null)
  else
    fail $EX_PREREQUISITE 'ssm-setup-cli cannot be verified without gpgv or gpg; install gpgv (or gnupg2) and run this again'
  fi
  verdict=$(printf '%s\n' "$verdict" | sed -n -e 's/^\[GNUPG:\] GOODSIG .*/good/p' -e "s/^\[GNUPG:\] VALIDSIG .*$agent_key_fingerprint\$/valid/p" | tr -d '\n')
  [ "$verdict" = goodvalid ] ||
    fail $EX_INSTALL "the signature of ssm-setup-cli is not one by the key $agent_key_fingerprint: the download is not AWS's, or AWS has a new key (give it with --agent-key and --agent-key-fingerprint; https://docs.aws.amazon.com/systems-manager/latest/userguide/verify-agent-signature.html)"
  say "ssm-setup-cli is signed by $agent_key_fingerprint"
}

# --- Registering --------------------------------------------------------------------------------------------------

# Sets activation, code and region, or ends with the exit code that tells why not.
activate() {
  set -- --data-urlencode format=env
  [ -z "$name" ] || set -- "$@" --data-urlencode "name=$name"
  [ -z "$tags" ] || set -- "$@" --data-urlencode "tags=$tags"
  ask /activate "$@" || fail $EX_UNREACHABLE "$api gave no usable answer within $deadline_seconds s (the last status was $status). Nothing was registered; run this again"
  [ "$status" = 200 ] || refused
  activation=$(assigned ACTIVATION_ID)
  code=$(assigned ACTIVATION_CODE)
  name=$(assigned NAME)
  region=$(assigned REGION)
  answer=''
  case $activation in '' | *[!0-9a-f-]*) fail $EX_REQUEST_REFUSED "$api does not answer as an activation API does; is --api right?" ;; esac
  case $code in '' | *[!A-Za-z0-9+/=_-]*) fail $EX_REQUEST_REFUSED "$api answered with a code of an unknown form" ;; esac
  case $region in '' | *[!a-z0-9-]*) fail $EX_REQUEST_REFUSED "$api answered with a region of an unknown form" ;; esac
  say "activation $activation is for $name in $region"
}

# The value of one of the answer's shell assignments, which are read and never run.
assigned() {
  printf '%s\n' "$answer" | sed -n "s/^$1='\(.*\)'\$/\1/p"
}

# Ends with what the API said and what to do about it.
refused() {
  problem=$(problem_member code)
  case $problem in
    AlreadyRegistered) exit_code=$EX_NAME_TAKEN advice='If this is that machine, rebuilt, an operator lets it in once with POST /nodes/NAME/release; if it is another, give it a --name of its own' ;;
    NameHeldByOtherProof) exit_code=$EX_NAME_TAKEN advice='An operator can release or remove the name, or give this machine a --name of its own' ;;
    IdentityExpired) exit_code=$EX_PROOF_REFUSED advice='Stop and start the instance, which renews its identity document, or make a new token' ;;
    TokenRevoked | TokenExhausted) exit_code=$EX_PROOF_REFUSED advice='Get a new join token from an operator (POST /tokens)' ;;
    *)
      case $status in
        401 | 403) exit_code=$EX_PROOF_REFUSED advice="An operator finds the reason in GET /events, or with POST /identity/check; the request id is $(problem_member requestId)" ;;
        409) exit_code=$EX_NAME_TAKEN advice='See the reason above' ;;
        *) exit_code=$EX_REQUEST_REFUSED advice='Check --api, --name and --tags' ;;
      esac
      ;;
  esac
  detail=$(problem_member detail)
  detail=${detail%.}
  fail "$exit_code" "the API answered $status ${problem:-(not a problem of its own)}: ${detail:-no detail}. $advice"
}

# One try. The agent blanks its keys before it calls AWS, so its exit code alone does not tell what it now is.
register_once() {
  before=$(registered_id)
  case $way in
    agent)
      systemctl stop "$unit" 9>&- || say "systemctl stop $unit failed"
      run "$agent" -register -y -code "$code" -id "$activation" -region "$region"
      ;;
    installer) run "$work/ssm-setup-cli" -register -override -activation-code "$code" -activation-id "$activation" -region "$region" ;;
  esac
  outcome=$?
  [ "$outcome" = 0 ] || { say "registering ended with exit code $outcome:"; tell_output; }
  code=''
  look_for_agent || return 1
  managed_node=$(registered_id)
  [ -n "$managed_node" ] && [ "$managed_node" != "$before" ]
}

# Runs a command until it ends or the deadline has passed; not through timeout(1), whose arguments all can read.
run() {
  "$@" </dev/null >"$work/output" 2>&1 &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    [ "$(seconds_left)" -gt 0 ] || kill "$child" 2>/dev/null
    sleep 0.2
  done
  wait "$child"
}

tell_output() {
  tail -n 15 "$work/output" | while IFS= read -r line; do
    [ -n "$code" ] && case $line in *"$code"*) continue ;; esac
    say "  $line"
  done
}

# An activation whose registration failed may be used up: each try has its own.
most_tries=5
register() {
  try=1
  until activate && register_once; do
    { [ $try -lt $most_tries ] && pause $try; } || fail $EX_REGISTRATION "the agent could not register in $try tries; see its messages above. Can this machine reach ssm.$region.$(dns_suffix)? Run this again"
    try=$((try + 1))
    # By now ssm-setup-cli may have installed the agent.
    prepare_agent
  done
}

# Sets tags on the node that this machine is now.
set_follow_up_tags() {
  [ -n "$follow_up_tags" ] || return 0
  find_proof
  give_up=$(($(uptime_seconds) + wait_seconds))
  while :; do
    ask /tag ${name:+--data-urlencode "name=$name"} --data-urlencode "tags=$follow_up_tags" ||
      fail $EX_UNREACHABLE "registered, but $api gave no usable answer to the follow-up tags. Run this again; it will not register twice"
    case $status in
      200) say "tags set: $follow_up_tags"; return 0 ;;
      202) ;;
      *) fail $EX_TAGS "registered, but the API refused the follow-up tags: $status $(problem_member code): $(problem_member detail)" ;;
    esac
    [ "$(uptime_seconds)" -lt "$give_up" ] || { say "the API keeps the tags $follow_up_tags and sets them once it sees the node"; return 0; }
    sleep 1
  done
}

# --- Before and after ---------------------------------------------------------------------------------------------

check_prerequisites() {
  [ "$(id -u)" = 0 ] || is_on "$dry_run" || fail $EX_PREREQUISITE 'run this as root'
  for command in curl systemctl flock base64; do
    command -v "$command" >/dev/null || fail $EX_PREREQUISITE "$command is missing; install it and run this again"
  done
  case $proxy in *[\"\\[:space:]]*) fail $EX_USAGE '--proxy holds a character that must be percent-encoded' ;; esac
}

use_proxy() {
  no_proxy=169.254.169.254,fd00:ec2::254,127.0.0.1,localhost${no_proxy_list:+,$no_proxy_list}
  [ -z "$proxy" ] || export http_proxy="$proxy" https_proxy="$proxy" no_proxy
}

fail_for_room() {
  fail $EX_DISK_FULL "$state_dir or /var cannot be written to: is the disk full? Nothing was registered by this step; make room and run this again"
}

require_room() {
  for directory in "$state_dir" /var/lib; do
    free_kb=$(df -Pk "$directory" | sed -n 's/.* \([0-9][0-9]*\)  *[0-9-]*% .*/\1/p')
    [ "${free_kb:-0}" -ge $((min_free_mb * 1024)) ] ||
      fail $EX_DISK_FULL "$directory has $((${free_kb:-0} / 1024)) MB left, and --min-free-mb is $min_free_mb: an agent that cannot keep its keys would use the activation up. Make room and run this again"
  done
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

require_own_state() {
  stranger=$(stranger_in_state)
  [ -z "$stranger" ] || fail $EX_PREREQUISITE "$stranger is not root's alone: another user made it, or may write there. See what it is and who put it there, remove it or give another --state-dir, and run this again"
}

make_work_directory() {
  require_own_state
  if is_on "$dry_run"; then
    work=$(mktemp -d /tmp/ssm-activation.XXXXXX) || fail_for_room
  else
    mkdir -p "$state_dir" 2>/dev/null || fail_for_room
    require_own_state
    { chmod 755 "$state_dir" && true >>"$state_dir/lock"; } 2>/dev/null || fail_for_room
    take_lock
    # What a run that was killed left behind goes as well.
    work=$state_dir/work
    rm -rf "$work"
    { mkdir "$work" && true >"$work/headers"; } 2>/dev/null || fail_for_room
  fi
  trap 'rm -rf "$work"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# Held by open file, so that it ends with this run however that ends; a registration still under way holds it on.
take_lock() {
  exec 9>"$state_dir/lock"
  flock -n 9 && return 0
  say 'another run is under way; waiting for it'
  until flock -n 9; do
    [ "$(seconds_left)" -gt 0 ] || fail $EX_LOCKED "another run held $state_dir/lock until the deadline. If it hangs, end it; then run this again"
    sleep 0.5
  done
}

# Whether the registration is to be kept. A machine made from a registered one's disk is not that machine.
is_registered() {
  look_for_agent || return 1
  managed_node=$(registered_id)
  [ -n "$managed_node" ] || return 1
  if is_on "$force"; then
    say "registered as $managed_node; asking to register again (--force)"
    return 1
  fi
  recorded=$(sed -n 's/^ec2-instance=//p' "$state_dir/registered" 2>/dev/null)
  [ -n "$recorded" ] && find_ec2_proof "${metadata_url:-http://169.254.169.254}" || return 0
  [ "$recorded" = "$instance" ] && return 0
  say "registered as $managed_node by instance $recorded, but this is $instance: a copy of its disk"
  return 1
}

remember() {
  {
    printf 'managed-node=%s\nname=%s\nec2-instance=%s\n' "$managed_node" "$name" "$instance" >"$work/registered" &&
      chmod 644 "$work/registered" && mv "$work/registered" "$state_dir/registered"
  } || fail_for_room
}

remove_token() {
  if is_on "$remove_token_file"; then rm -f "$token_file"; fi
}

plan() {
  find_proof
  prepare_agent
  say "dry run: would ask $api/activate for ${name:-the name that the proof proves}${tags:+ with tags $tags}, register in $region by ${agent:-the new agent}${follow_up_tags:+, then set tags $follow_up_tags}"
}

main() {
  read_environment
  read_flags "$@"
  check_settings
  deadline=$(($(uptime_seconds) + deadline_seconds))
  instance=''
  check_prerequisites
  use_proxy
  make_work_directory

  if is_registered; then
    say "already registered as $managed_node; leaving it alone"
    is_on "$dry_run" && return 0
    is_up || start_agent start
    set_follow_up_tags
    remove_token
    echo "ssm-activation: $managed_node was registered before and is up"
    return 0
  fi
  if is_on "$dry_run"; then
    plan
    return 0
  fi
  require_room
  find_proof
  prepare_agent
  register
  say "registered as $managed_node"
  remember
  give_agent_the_proxy
  start_agent restart
  set_follow_up_tags
  remove_token
  echo "ssm-activation: $name is registered as $managed_node in $region and is up"
}

main "$@"
