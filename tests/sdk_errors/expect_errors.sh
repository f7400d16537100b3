#!/bin/sh
# Compiles a file that must not compile: expect_errors.sh FILE COMPILER ARGUMENT…
#
# Comments `// expect: TEXT` before a line say that exactly one message of the compiler at this line has TEXT,
# and `name: WORD` after it that the compiler shows WORD. The first error has to be at one of these lines, and
# none may be in another file.
set -u
file=$1
shift
output=$(LC_ALL=C.UTF-8 "$@" -fsyntax-only "$file" 2>&1) && { echo "$file compiles"; exit 1; }

fail() {
  printf '%s\n\n%s\n' "$1" "$output"
  exit 1
}

expected=$(awk '
  /\/\/ expect: / { sub(".*// expect: ", ""); waiting[++n] = $0; next }
  n > 0           { for (i = 1; i <= n; ++i) print NR "|" waiting[i]; n = 0 }' "$file")
test -n "$expected" || fail "$file: no line says what is expected"

errors=$(printf '%s\n' "$output" | grep 'error: ')
others=$(printf '%s\n' "$errors" | grep -v "^$file:" | grep -v '^[0-9]* errors\? generated')
test -z "$others" || fail "an error is outside the author's file: $others"
first=$(printf '%s\n' "$errors" | head -n 1 | cut -d: -f2)
printf '%s\n' "$expected" | grep -q "^$first|" || fail "the first error is at line $first"

printf '%s\n' "$expected" | while IFS='|' read -r line rest; do
  text=${rest%%  name: *}
  count=$(printf '%s\n' "$output" | grep "^$file:$line:.*\(error\|note\): " | grep -cF "$text")
  test "$count" = 1 || fail "$count messages at line $line, expected one, with: $text"
  case $rest in
    *'  name: '*)
      name=${rest##*  name: }
      printf '%s\n' "$output" | grep -qF "$name" || fail "no message has the name $name"
      ;;
  esac
done
