#!/bin/sh
# What scripts/setup would install where only Node.js and npm are missing, which the pages of `report` and `explore` are
# bundled with. setup.sh SOURCE WORK
set -eu
source=$1 work=$2
rm -rf "$work"
mkdir -p "$work/bin"

# A system with the shell's own tools, and an apt that writes down what it is asked for.
for each in sed dirname env; do ln -s "$(command -v $each)" "$work/bin/$each"; done
cat >"$work/bin/dpkg-query" <<'END'
#!/bin/sh
for package; do :; done
case $package in nodejs | npm) exit 1 ;; *) printf installed ;; esac
END
cat >"$work/bin/apt-get" <<END
#!/bin/sh
echo "\$*" >>"$work/asked"
END
printf '#!/bin/sh\necho 0\n' >"$work/bin/id"
chmod +x "$work/bin/dpkg-query" "$work/bin/apt-get" "$work/bin/id"

sh=$(command -v sh)
PATH="$work/bin" "$sh" "$source/scripts/setup" core
expected='update -q
install -q -y --no-install-recommends nodejs npm'
[ "$(cat "$work/asked")" = "$expected" ] || {
  echo "apt was asked for:" >&2
  cat "$work/asked" >&2
  exit 1
}

# Nothing, where both are there, whatever they came from.
printf '#!/bin/sh\n' >"$work/bin/node"
cp "$work/bin/node" "$work/bin/npm"
chmod +x "$work/bin/node" "$work/bin/npm"
rm "$work/asked"
PATH="$work/bin" "$sh" "$source/scripts/setup" core
[ ! -e "$work/asked" ] || { echo "apt was asked although nothing is missing" >&2; exit 1; }
