#!/bin/bash
# What bash offers after some words of a command line: completion.sh RAVINE COMPLETION
set -eu
export PATH="${1%/*}:$PATH"
source "$2"

offers() { # EXPECTED WORD…: the line's words, the last one unfinished
  local expected=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _ravine ravine
  [[ " ${COMPREPLY[*]} " == *" $expected "* ]] || {
    echo "after \"$*\" bash offers \"${COMPREPLY[*]}\", not $expected" >&2
    exit 1
  }
}

offers compare ravine comp
offers schema ravine ""
offers --baseline ravine compare --ba
offers --set ravine trace adam --se
offers rosenbrock ravine trace adam --on rosen
offers adamw ravine plugins info adam
offers validate ravine plugins v
offers --time-limit ravine plugins validate --t
offers landscape ravine plugins new l
offers slurm ravine run a.yaml --on ""
offers wrapper ravine plugins new w
offers --link ravine plugins build my.cpp --l
offers --install-anyway ravine plugins build my.cpp --in
