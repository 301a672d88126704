#!/usr/bin/env bash
# Checks the rules of a name in every order, and that each part of them is needed. Wants spin and gcc.
#
#   check.sh                         everything; exit 1 when anything is not as it must be
#   check.sh orders callers          only these
#   check.sh --trace without-mark    the shortest way to what a mutation breaks
#
# ACTIVATIONS (3)           how many activations the name has at a time, in `orders`
# STEPWISE_ACTIVATIONS (2)  the same, in `reader` and `callers`
# MEMORY_MB (3500)          for each search; JOBS (2) of them run at once
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Name, flags, and the promise that a mutation breaks.
table() {
  cat <<END
orders|-DACTIVATIONS=${ACTIVATIONS:-3}|
reader|-DACTIVATIONS=${STEPWISE_ACTIVATIONS:-2} -DREADER|
callers|-DACTIVATIONS=${STEPWISE_ACTIVATIONS:-2} -DCALLERS|
without-judging|-DACTIVATIONS=2 -DWITHOUT_JUDGING|P4
without-waiting|-DACTIVATIONS=2 -DWITHOUT_WAITING|P10
age-after-the-reading|-DACTIVATIONS=2 -DAGE_AFTER_THE_READING|P10
replacing-what-is-online|-DACTIVATIONS=2 -DREPLACING_WHAT_IS_ONLINE|P10
asking-about-some|-DACTIVATIONS=2 -DASKING_ABOUT_SOME|P10
without-mark|-DACTIVATIONS=2 -DWITHOUT_MARK|no ghost
found-gone-without-mark|-DACTIVATIONS=2 -DFOUND_GONE_WITHOUT_MARK|no ghost
release-without-waiting|-DACTIVATIONS=3 -DRELEASE_WITHOUT_WAITING|P10
stray-can-register|-DACTIVATIONS=3 -DSTRAY_CAN_REGISTER|P10
forgetting-before-it-settled|-DACTIVATIONS=2 -DFORGETTING_BEFORE_IT_SETTLED|P7
adopting-over-newcomers|-DACTIVATIONS=2 -DADOPTING_OVER_NEWCOMERS|P10
believing-invalid-activation|-DACTIVATIONS=2 -DCALLERS -DBELIEVING_INVALID_ACTIVATION|P1
reads-lag-without-bound|-DACTIVATIONS=2 -DREADER -DREADS_LAG_WITHOUT_BOUND|reading
END
}

# Searches in the current directory. A mutation is searched breadth first: what is found is the shortest way.
search() {
  local flags=$1 promise=$2
  cp "$here"/*.pml .
  # shellcheck disable=SC2086
  spin -a $flags name.pml >made 2>&1 || { cat made >&2; return 1; }
  gcc -w -O1 -DSAFETY -DNOREDUCE -DMEMLIM="${MEMORY_MB:-3500}" ${promise:+-DBFS} -o pan pan.c
  ./pan -E -m20000000 -w24 >found 2>&1 || true
}

# The timeline of what was found; last, where the model says so.
trace() {
  # shellcheck disable=SC2086
  spin -t -T -B $1 name.pml | awk '
    /^spin:/ { if (!place) place = $2; next }
    /processes created/ || !NF { next }
    { printf "t%d %s\n", ++t, $0 }
    END { sub(",", "", place); print "at " place }'
}

# The promise stands in the comment beside the assertion: /* P10: what it means */
promise_at() {
  local file=${1%:*} line=${1#*:}
  sed -n "${line}s|.*/[*] \([^:]*[^: ]\).* [*]/.*|\1|p" "$file" | sed 's/:.*//'
}

check() {
  local name=$1 flags=$2 promise=$3 states seconds broken=nothing outcome=ok
  mkdir "$work/$name"
  cd "$work/$name"
  search "$flags" "$promise" || return 1
  states=$(awk '/states, stored/ { print $1 }' found)
  seconds=$(awk '/elapsed time/ { print $4 }' found)
  if compgen -G '*.trail' >/dev/null; then
    broken=$(promise_at "$(trace "$flags" | sed -n 's/^at //p')")
  elif ! grep -q 'errors: 0' found || grep -q -e 'not completed' -e 'too small' found; then
    broken='not finished'
  fi
  [ "$broken" = "${promise:-nothing}" ] || outcome=FAILED
  printf '%-6s %-29s %10s states, broken: %-12s %6s s\n' "$outcome" "$name" "${states:-?}" "$broken" "${seconds:-?}"
  [ "$outcome" = ok ] || { grep -e violated -e rror -e MEMLIM found; trace "$flags"; return 1; } >&2
}

if [ "${1:-}" = --trace ]; then
  IFS='|' read -r name flags promise < <(table | grep "^${2:?of which mutation?}|")
  cd "$work"
  search "$flags" "$promise"
  trace "$flags"
  exit
fi

wanted=" $* "
running=0
failed=0
settle() { wait -n || failed=1; running=$((running - 1)); }
while IFS='|' read -r name flags promise; do
  [ $# = 0 ] || [[ $wanted == *" $name "* ]] || continue
  [ "$running" -lt "${JOBS:-2}" ] || settle
  check "$name" "$flags" "$promise" &
  running=$((running + 1))
done < <(table)
while [ "$running" -gt 0 ]; do settle; done
exit $failed
