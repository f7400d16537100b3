#!/bin/sh
# Whether the contract's header keeps release 1.0, by abidiff against the dump of it; and with --changes whether
# this gate sees each kind of change, made to copies of the header. abi_gate.sh INCLUDE WORK [--changes | --dump]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
include=$1 work=$2 mode=${3:-}
mkdir -p "$work"

build() { # INCLUDE OBJECT
  # abidiff reads this version of debug information best, and does not tell padding from a field.
  cc -std=c11 -Wpadded -Werror -g -gdwarf-4 -O0 -shared -fPIC -I"$1" "$here/surface.c" -o "$2"
}

keeps_1_0() { # INCLUDE
  build "$1" "$work/surface.so" >"$work/report.txt" 2>&1 || return 1
  status=0
  abidiff --leaf-changes-only --harmless --no-show-locs "$here/abi-1.0.abi" "$work/surface.so" >"$work/report.txt" 2>&1 ||
    status=$?
  # 0: no change; 4: changes that must be looked at; everything else breaks or could not be compared.
  [ $status = 0 ] || { [ $status = 4 ] && awk -f "$here/only_appends.awk" "$work/report.txt"; }
}

if [ "$mode" = --dump ]; then
  build "$include" "$work/surface.so"
  abidw --no-corpus-path --no-comp-dir-path --no-show-locs "$work/surface.so" | sed "s|$here/||"
  exit
fi

if [ "$mode" != --changes ]; then
  keeps_1_0 "$include" && exit
  cat "$work/report.txt" >&2
  echo "The contract of release 1.0 has changed: framework/abi/README.md says what may be changed, and how." >&2
  exit 1
fi

failures=0
try() { # allowed|refused WHAT SED-EXPRESSION
  mkdir -p "$work/changed/ravine"
  sed "$3" "$include/ravine/abi.h" >"$work/changed/ravine/abi.h"
  if [ "$2" != nothing ] && cmp -s "$include/ravine/abi.h" "$work/changed/ravine/abi.h"; then
    echo "$2: the change was not made" >&2
    failures=1
  fi
  if keeps_1_0 "$work/changed"; then verdict=allowed; else verdict=refused; fi
  [ "$verdict" = "$1" ] || failures=1
  echo "$verdict: $2"
  [ "$verdict" = "$1" ] || { echo "  expected: $1" >&2; sed 's/^/  /' "$work/report.txt" >&2; }
}

try allowed nothing ''
try allowed 'another comment' 's|/\* 1 for the first \*/|/* first: 1 */|'
try allowed 'a field at the end of a growable struct' 's|^} rv_step;|  double scale;\n} rv_step;|'
try allowed 'two fields at the end of a growable struct' 's|^} rv_batch;|  double a;\n  uint64_t b;\n} rv_batch;|'
try allowed 'a function at the end of a table' 's|^} rv_optimizer;|  rv_status (*reset)(void* self);\n} rv_optimizer;|'
try allowed 'another struct' 's|^typedef struct rv_step {|typedef struct rv_other {\n  double x;\n} rv_other;\n&|'
try refused 'a field at the end of a frozen struct' 's|^} rv_integer_list;|  double x;\n} rv_integer_list;|'
try refused 'a function at the end of a frozen sink' 's|^} rv_state_sink;|  void (*end)(void* context);\n} rv_state_sink;|'
try refused 'a field in the middle' 's|^  uint64_t seed;             /\* diff|  double scale;\n&|'
try refused 'a field removed' '/^  uint64_t total_epochs;/d'
try refused 'two fields in another order' '/^  uint64_t total_steps;/{h;d};/^  uint64_t total_epochs;/{G}'
try refused 'a field of another size' 's|^  double loss;  |  float loss;  |'
try refused 'a field of another type of the same size' 's|^  double loss;  |  uint64_t loss;  |'
try refused 'half a word at the end' 's|^} rv_progress;|  int32_t x;\n} rv_progress;|'
try refused 'a function with one parameter more' 's|rv_status (\*step)(const void\* self, const rv_step\* step);|rv_status (*step)(const void* self, const rv_step* step, uint64_t flags);|'
try refused 'a function with another result' 's|void (\*destroy)(void\* self);|rv_status (*destroy)(void* self);|'
try refused 'a function removed from a table' '/(\*evaluation_point)/d'
try refused 'an entry with another result' 's|^RV_EXPORT const rv_plugin\* ravine|RV_EXPORT const rv_component* ravine|'
exit $failures
