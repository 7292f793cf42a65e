# shellcheck shell=bash
# bash completion for ccnproxy

_ccnproxy_command() {
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      serve | check | map | probe | status | reload) echo "$word" && return ;;
    esac
  done
}

_ccnproxy_flags() {
  local serve='--config --listen --port --workers --log-level --pid-file --keepalive-conns --max-conns-per-host
    --read-timeout --write-timeout --proxy-read-timeout --shutdown-timeout --upstream --access-log-dir --access-log-rotate
    --access-log-rotate-time --stsize --spfactor --help'
  case $1 in
    check) echo '--config --json --help' ;;
    map) echo '--config --json --help' ;;
    probe) echo '--config --attempts --json --help' ;;
    status) echo '--config --watch --json --fail-on --help' ;;
    reload) echo '--config --pid --help' ;;
    serve) echo "$serve" ;;
    *) echo "$serve --version" ;;
  esac
}

_ccnproxy() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command choices=
  command=$(_ccnproxy_command)
  case $before in
    -f | --config | --pid-file | --access-log-dir)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    --log-level) choices='trace debug info warn error critical off' ;;
    --workers) choices=auto ;;
    --fail-on) choices='degraded failing unreachable' ;;
    --pid | -l | --listen | -p | --port | -n | --attempts | -c | --keepalive-conns | --max-conns-per-host) ;;
    --*-timeout | --upstream | --access-log-rotate | --access-log-rotate-time | --stsize | --spfactor) ;;
    *)
      if [[ $word == -* ]]; then
        choices=$(_ccnproxy_flags "$command")
      elif [[ ! $command ]]; then
        choices='serve check map probe status reload'
      elif [[ $command == check ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
      fi
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}

complete -F _ccnproxy ccnproxy
