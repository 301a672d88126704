# shellcheck shell=bash
# Sourced by the shell into which pages are pasted: `paste FILE` runs what is in it as a terminal would, one complete
# command after the other, and leaves in `failed` the status of the last that failed, 0 when none did.
shopt -s expand_aliases
set -o pipefail -o errtrace
trap 'failed=$?' ERR

paste() {
  local _line _command=''
  failed=0
  while IFS= read -r _line <&3; do
    _command+=$_line$'\n'
    if is_complete "$_command"; then
      run "$_command"
      _command=''
    fi
  done 3<"$1"
  run "$_command"
}

# The trap is not told of `a && b` when it is `a` that fails; within `if`, `||` and the like it is told of nothing.
run() {
  eval "$1"
  _status=$?
  # shellcheck disable=SC2034 # Read by who pastes.
  if [ "$_status" != 0 ]; then failed=$_status; fi
}

# bash -n takes a here-document without an end, with a warning.
is_complete() {
  [[ $1 != *\\$'\n' ]] && _problem=$(bash -n <<<"$1" 2>&1) && [ -z "$_problem" ]
}
