#!/bin/sh
# Checks a plugin and trains with its optimizer: train_with.sh RAVINE OBJECT
set -eu
ravine=$1 object=$2
folder=$(dirname "$object")
chmod o-w "$folder" "$object"
"$ravine" plugins validate --failures "$object"

id=$("$ravine" plugins validate "$object" --format json | sed -n 's/.*"component": "\(..*\)",/\1/p' | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/visit.yaml" <<YAML
problems:
  - {use: rosenbrock, train: {steps: 200}}
  - {use: mlp, with: {hidden: [16]}, data: {use: digits}, train: {epochs: 2, batch_size: 64}}
optimizers: [{use: $id, with: {lr: 0.001}}]
YAML
cd "$work"
"$ravine" run visit.yaml --plugins "$folder" 2>run.log || { cat run.log >&2; exit 1; }
"$ravine" compare visit.db
"$ravine" plugins info "$id" --plugins "$folder" | grep -qF "$object"
