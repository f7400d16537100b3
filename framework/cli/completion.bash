# Completion of ravine for bash. Commands, options and ids are asked of the program itself, so that this file knows
# none of them.

_ravine_ids() {
  "$1" plugins list 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9_]*\) .*/\1/p'
}

_ravine() {
  local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]:-} words=
  local -a asked=("$command")
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    words="$("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p') --help --version"
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    return
  fi
  [[ $command == plugins || $command == data ]] && [[ ${COMP_WORDS[2]:-} =~ ^(validate|new|build|remove)$ ]] &&
    asked+=("${COMP_WORDS[2]}")
  case $word in
    -*)
      words=$("$program" "${asked[@]}" --help 2>/dev/null | grep -o -- '--[a-z][a-z-]*' | sort -u)
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
      return
      ;;
  esac
  if [[ $command == run && $before == --on ]]; then
    COMPREPLY=(slurm)
    return
  fi
  case $before in
    --plugins | --to | --from) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --on | --schedule | --optimizer | info | remove) words=$(_ravine_ids "$program") ;;
    new) words="optimizer wrapper scheduler model landscape" ;;
    plugins) words="list info validate new build remove" ;;
    data) words="list fetch" ;;
    fetch) words="mnist fashion_mnist kmnist" ;;
    trace) words=$(_ravine_ids "$program") ;;
  esac
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  else
    compopt -o default 2>/dev/null || mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}

complete -F _ravine ravine
