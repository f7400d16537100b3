#!/bin/sh
# Installs a build into an empty prefix, moves the prefix, and builds and runs plugins against it:
# out_of_tree.sh BUILD SOURCE WORK
set -eu
build=$1 source=$2 work=$3

fail() {
  echo "$*" >&2
  exit 1
}

rm -rf "$work"
mkdir -p "$work/project"
cmake --install "$build" --strip --prefix "$work/first" >"$work/install.log"
if grep -rlF -e "$build" -e "$source" "$work/first"; then fail "these files point into the build or its source"; fi
mv "$work/first" "$work/moved"

# Nothing of this user's counts.
HOME=$work
PATH=$work/moved/bin:$PATH
export HOME PATH
unset XDG_DATA_HOME RAVINE_PLUGIN_PATH RAVINE_DATA

cp "$source"/tests/install/project/* "$source/tests/plugins/c_sign.c" "$work/project"
cmake -G Ninja -S "$work/project" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/moved" >"$work/configure.log"
cmake --build "$work/build" >"$work/build.log"
for plugin in sign_descent c_sign; do
  [ "$(nm -D --defined-only "$work/build/plugins/$plugin.so" | wc -l)" = 1 ] || fail "$plugin exports more than its entry"
done

cd "$work/build"
ravine plugins >"$work/plugins.txt"
for id in sign_descent c_sign adam cosine mlp rosenbrock; do
  grep -q "^  $id " "$work/plugins.txt" || fail "$id is not listed"
done
[ "$(ravine trace sign_descent --on sphere --set lr=1 --steps 3 | tail -n 1)" = "3,3,1,-1,0" ] ||
  fail "sign_descent does not step from (-4, 3) to (-1, 0)"

if command -v pkg-config >/dev/null; then
  PKG_CONFIG_PATH=$(dirname "$(find "$work/moved" -name ravine.pc)")
  export PKG_CONFIG_PATH
  # shellcheck disable=SC2046 # a list of words
  c++ -std=c++20 -O3 -shared -fPIC "$work/project/sign_descent.cpp" $(pkg-config --cflags --libs ravine) \
    -o "$work/by_hand.so"
  [ "$(nm -D --defined-only "$work/by_hand.so" | wc -l)" = 1 ] || fail "by_hand exports more than its entry"
fi

mkdir "$work/library"
cp "$source/tests/install/library/CMakeLists.txt" "$source/tests/library/smallest_loss.cpp" "$source/tests/library/booth.yaml" \
  "$work/library"
cmake -G Ninja -S "$work/library" -B "$work/library/build" -DCMAKE_PREFIX_PATH="$work/moved" >>"$work/configure.log"
cmake --build "$work/library/build" >>"$work/build.log"
"$work/library/build/smallest_loss" "$(dirname "$(find "$work/moved" -name adam.so)")" "$work/library/booth.yaml" \
  "$work/library/booth.db" >"$work/library.txt"
grep -q '^booth sgd ' "$work/library.txt" || fail "the installed library does not run an experiment"

mkdir "$work/hour"
sh "$source/tests/install/first_hour.sh" "$work/hour"
