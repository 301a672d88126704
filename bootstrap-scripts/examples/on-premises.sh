#!/bin/sh
# A template of a virtual machine, or any machine that has no metadata service: a join token in a file that only root
# can read, which is removed once it has served. Replace HOST; the token comes from POST /tokens.
set -eu
script=$(mktemp)
curl --fail --silent --show-error --proto '=https' --retry 20 --retry-connrefused --retry-max-time 600 \
  --output "$script" https://HOST/latest/bootstrap/linux
sh "$script" --name "$(uname -n)" --token-file /etc/ssm-join-token --remove-token-file
rm -f "$script"
