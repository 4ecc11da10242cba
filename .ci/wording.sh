#!/usr/bin/env bash
# Checks rules of wording that a machine can check: the library names no option of the program, few doc lines begin with a
# question word, and comments, those of tests too, name roles instead of whoever, somebody, nobody and strangers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0
complain() {
  echo "$1" >&2
  failed=1
}

# Strings of the library that look like an option. Tests may name any.
options=$(grep -rnE '"[^"]*(^|[^-[:alnum:]])--[a-z]' src --include='*.rs' |
  grep -vE '^src/bin/|/tests/|tests\.rs:|^[^:]+:[0-9]+:\s*//|Encrypted Boundary' || true)
[[ -z $options ]] || complain "Options of the program in strings of the library (a Remedy belongs there):"$'\n'"$options"

total=$(grep -rhE '^\s*//[/!] ' src --include='*.rs' | wc -l)
questions=$(grep -rnE '^\s*//[/!] (Where|What|Whether|Who|Whoever|How|So that) ' src --include='*.rs' || true)
count=$(grep -c . <<<"$questions" || true)
((count * 50 <= total)) ||
  complain "$count of $total doc lines begin with Where, What, Whether, Who, How or So that (at most 2 %):"$'\n'"$questions"

roles=$(grep -rniE '^\s*//.*\b(whoever|somebody|nobody|strangers?)\b' src tests examples benches --include='*.rs' || true)
[[ -z $roles ]] || complain "Comments that do not name the role:"$'\n'"$roles"

exit "$failed"
