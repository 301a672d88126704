#!/usr/bin/env bash
# Checks a deployed service from where it can be reached: infra/smoke.sh URL
# For the signed call it takes AWS credentials from the environment, as they are given by
#   eval "$(aws configure export-credentials --format env)"
set -euo pipefail

url=${1:?usage: infra/smoke.sh URL, the output Url of the stack}
url=${url%/}
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(cut -d. -f3 <<<"${url#https://}")}}
failures=0

# expect WHAT CODES PATH [curl options]
expect() {
  local what=$1 codes=$2 path=$3 code
  shift 3
  code=$(curl --silent --show-error --max-time 30 --output /dev/null --write-out '%{http_code}' "$@" "$url$path") || true
  if [[ " $codes " == *" $code "* ]]; then
    echo "ok      $what ($code)"
  else
    echo "FAILED  $what: $code, not $codes"
    failures=$((failures + 1))
  fi
}

# Through standard input: what stands in arguments every user of this machine can read.
credentials() {
  printf 'user = "%s:%s"\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"
  [ -z "${AWS_SESSION_TOKEN:-}" ] || printf 'header = "x-amz-security-token: %s"\n' "$AWS_SESSION_TOKEN"
}

expect 'it lives' 200 /livez
expect 'the ledger and Systems Manager answer it' 200 /readyz
expect 'a machine without a proof gets nothing' '400 401 403' '/activate?name=smoke-test' --header 'Authorization: Bearer not-a-proof'
expect 'operator routes are closed without IAM' 403 /nodes
if [ -n "${AWS_ACCESS_KEY_ID:-}" ]; then
  expect 'operator routes are open with IAM' 200 '/nodes?limit=1' --aws-sigv4 "aws:amz:$region:execute-api" --config <(credentials)
else
  echo 'skipped operator routes with IAM: no AWS credentials in the environment'
fi
exit $((failures > 0))
