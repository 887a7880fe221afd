# bash completion for every probe. What there is to complete is read from the program's own --help,
# so nothing here has to be kept in step with it. Needs no other completion functions.
#
# Installed once for each probe under its name, from which it knows what it serves; sourced from the
# tree it serves all of them:  . scripts/completion.bash

# Prints the first entry of option $1 in the help text $2: its line and those indented below it.
_bytepath_entry() {
  local line found=
  while IFS= read -r line; do
    if [[ $line =~ ^\ {1,4}- ]]; then
      [[ -z $found ]] || return 0
      [[ " ${line//,/ } " == *" $1 "* ]] && found=1 || found=
      # Only the names before the first blank count; "--json" in a description is no definition.
      if [[ -n $found ]]; then
        local names=${line#"${line%%[! ]*}"}
        [[ ",${names%% *}," == *",$1,"* ]] || found=
      fi
    elif [[ ! $line =~ ^\ {5} ]]; then
      found=
    fi
    [[ -n $found ]] && printf '%s\n' "$line"
  done <<<"$2"
}

# Prints the options that the help text $1 defines, each once.
_bytepath_options() {
  local line name
  local -A seen=()
  while IFS= read -r line; do
    [[ $line =~ ^\ {1,4}(-[^ ]+) ]] || continue
    for name in ${BASH_REMATCH[1]//,/ }; do
      [[ -n ${seen[$name]-} ]] || printf '%s\n' "$name"
      seen[$name]=1
    done
  done <<<"$1"
}

# Prints the subcommands that the help text $1 lists.
_bytepath_commands() {
  local line inside=
  while IFS= read -r line; do
    if [[ $line == Subcommands:* ]]; then
      inside=1
    elif [[ -n $inside && $line =~ ^\ {2}([a-z][a-z0-9-]*) ]]; then
      printf '%s\n' "${BASH_REMATCH[1]}"
    elif [[ $line =~ ^[^\ ] ]]; then
      inside=
    fi
  done <<<"$1"
}

# Completes $1 from the words of $2; what stands before the last comma of $1 is kept.
_bytepath_words() {
  local kept=
  [[ $1 == *,* ]] && kept=${1%,*},
  mapfile -t COMPREPLY < <(compgen -P "$kept" -W "$2" -- "${1##*,}")
}

# _bytepath_value CURRENT ENTRY PROGRAM OPTION: completes the value of an option.
_bytepath_value() {
  local current=$1 entry=$2 kind refusal
  kind=${entry#"${entry%%[! ]*}"}
  kind=${kind#* }
  [[ $4 == --pid ]] && kind=PID
  if [[ $entry =~ \{([^{}]+)\} ]]; then
    _bytepath_words "$current" "${BASH_REMATCH[1]//[,|]/ }"
    return
  fi
  case "$kind" in
    FILE* | PATH*) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    DIR*) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    PID*) _bytepath_pids "$current" ;;
    FINDING*) _bytepath_words "$current" any ;;
    NAME*)
      # Asked for a name that cannot be, the program refuses at once and says which there are.
      refusal=$("$3" "$4" '?' 2>&1 </dev/null)
      [[ $refusal =~ one\ of\ ([^$'\n']+) ]] && _bytepath_words "$current" "${BASH_REMATCH[1]//,/ }"
      ;;
  esac
}

_bytepath_pids() {
  local pids=(/proc/[0-9]*)
  mapfile -t COMPREPLY < <(compgen -W "${pids[*]#/proc/}" -- "$1")
}

_bytepath_probe() {
  local program=${COMP_WORDS[0]/#\~/$HOME} current=${COMP_WORDS[COMP_CWORD]}
  local previous=${COMP_WORDS[COMP_CWORD - 1]} help commands command='' word
  COMPREPLY=()
  type -P "$program" >/dev/null || return 0
  # bash splits --format=text into three words.
  if [[ $current == '=' ]]; then
    current=
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  help=$("$program" --help 2>/dev/null </dev/null)
  commands=$(_bytepath_commands "$help")
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $'\n'$commands$'\n' == *$'\n'"$word"$'\n'* ]]; then
      command=$word
      # Before the program's: a command may have an option of its own by a name that the program has too.
      help=$("$program" "$command" --help 2>/dev/null </dev/null)$'\n'$help
      break
    fi
  done
  if [[ $previous == -* ]]; then
    local entry
    entry=$(_bytepath_entry "$previous" "$help")
    # A flag has nothing but its description after its names, two blanks or a line further on.
    if [[ $entry =~ ^\ *[^\ ]+\ [^\ ] ]]; then
      _bytepath_value "$current" "$entry" "$program" "$previous"
      return 0
    fi
  fi
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_bytepath_options "$help")" -- "$current")
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  fi
}

_bytepath_register() {
  local self=$1 tool
  if [[ ${self##*/} != completion.bash ]]; then
    complete -F _bytepath_probe "${self##*/}"
    return
  fi
  for tool in "${self%/*}"/../tools/*/; do
    tool=${tool%/}
    complete -F _bytepath_probe "${tool##*/}"
  done
}
_bytepath_register "${BASH_SOURCE[0]}"
unset -f _bytepath_register
