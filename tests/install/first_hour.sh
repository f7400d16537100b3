#!/bin/sh
# The first hour of an author, from an empty folder and with what is installed alone; prints the seconds of each
# command: first_hour.sh FOLDER, with ravine in PATH
set -eu
cd "$1"
HOME=$1
export HOME
unset XDG_DATA_HOME RAVINE_PLUGIN_PATH

commands=0
total=0
timed() {
  began=$(date +%s%N)
  "$@"
  took=$((($(date +%s%N) - began) / 1000000))
  commands=$((commands + 1))
  total=$((total + took))
  echo "$took ms: $*" >&2
}

timed ravine plugins new optimizer my_opt
# Momentum as an average: v <- beta v + (1 - beta) g
timed sed -i 's/v = beta \* v + g;/v = beta * v + (1 - beta) * g;/' my_opt.cpp
timed ravine plugins build my_opt.cpp
cat >mine.yaml <<'YAML'
repetitions: 3
problems:
  - {use: rosenbrock, train: {steps: 500}}
  - {use: mlp, with: {hidden: [16]}, data: {use: digits}, train: {epochs: 5, batch_size: 128}}
optimizers:
  - {use: my_opt, with: {lr: 0.002}}
  - {use: adam, with: {lr: 0.002}}
YAML
timed ravine run mine.yaml
timed ravine compare mine.db
ravine compare mine.db | grep -q my_opt || { echo "my_opt is not compared" >&2; exit 1; }
echo "$commands commands, $total ms" >&2
