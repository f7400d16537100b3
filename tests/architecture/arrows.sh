#!/bin/sh
# arrows.sh COMPILER INCLUDE_FOLDERS ARROWS
# Compiles, for each pair of folders of the engine, a file that includes a header of the second with what the first one
# finds, and compares the pairs that compile with the committed list. INCLUDE_FOLDERS: a line "folder path path …" each.
set -u
compiler=$1 include_folders=$2 arrows=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

while read -r folder paths; do
  options=
  for path in $paths; do options="$options -I$path"; done
  seen=
  for other in $(cut -d ' ' -f 1 "$include_folders"); do
    [ "$other" = "$folder" ] && continue
    root=$(sed -n "s/^$other \([^ ]*\).*/\1/p" "$include_folders")
    header=$(cd "$root" && ls "$other"/*.hpp | head -n 1)
    echo "#include \"$header\"" >"$work/try.cpp"
    # shellcheck disable=SC2086 # a list of options
    if "$compiler" -std=c++20 -E $options "$work/try.cpp" -o /dev/null 2>"$work/log"; then
      seen="$seen $other"
    elif ! grep -q "$header: No such file" "$work/log" && ! grep -q "'$header' file not found" "$work/log"; then
      cat "$work/log"
      exit 1
    fi
  done
  echo "$folder ->$seen"
done <"$include_folders" >"$work/arrows.txt"

if ! diff "$arrows" "$work/arrows.txt"; then
  echo "The folders see other folders than tests/architecture/arrows.txt says: < what it says, > what compiles."
  exit 1
fi
