#compdef kraken
# Completion of kraken for zsh; made by `kraken completion zsh`.
_kraken_commands='serve tree ps events logs inspect restart scale reload stop config:validate config:explain config:schema config:diff config:init arch:apply arch:check container:restart supervisor:reset metrics health doctor top shell list help completion chaos:kill container:send container:request container:command dead:list project:create project:destroy project:start project:stop project:status arch:start arch:stop arch:status container:start container:stop container:destroy container:status runtime:exists runtime:start runtime:stop runtime:destroy process:create process:exists process:start process:stop process:destroy thread:create thread:exists thread:start thread:stop thread:destroy server:ping'
_kraken_flags='--output -o --socket --timeout --help -h --version -V'
_kraken_values='--output=table,wide,json,yaml,name -o=table,wide,json,yaml,name --socket=@files --timeout=-'

_kraken_row() {
  args= flags= values=
  case "$1" in
    serve) args='@files' flags='--config -c --set --listen --workers --watch --log-level --log-format' values='--config=@files -c=@files --set=- --listen=- --workers=- --log-level=debug,info,warn,error --log-format=text,json' ;;
    tree) args='@containers' flags='' values='' ;;
    ps) args='@containers' flags='' values='' ;;
    events) args='@containers...' flags='--follow -f --lines -n --type -t' values='--lines=- -n=- --type=- -t=-' ;;
    logs) args='@containers...' flags='--follow -f --lines -n' values='--lines=- -n=-' ;;
    inspect) args='@containers' flags='' values='' ;;
    restart) args='@containers...' flags='--rolling' values='' ;;
    scale) args='@containers -' flags='' values='' ;;
    reload) args='' flags='' values='' ;;
    stop) args='' flags='--now --wait' values='--wait=-' ;;
    config:validate) args='@files' flags='--config -c --set --portable' values='--config=@files -c=@files --set=-' ;;
    config:explain) args='-' flags='--config -c --set' values='--config=@files -c=@files --set=-' ;;
    config:schema) args='' flags='' values='' ;;
    config:diff) args='' flags='--config -c' values='--config=@files -c=@files' ;;
    config:init) args='@files' flags='--force -f' values='' ;;
    arch:apply) args='' flags='--dry-run' values='' ;;
    arch:check) args='' flags='' values='' ;;
    container:restart) args='@containers' flags='' values='' ;;
    supervisor:reset) args='@containers' flags='' values='' ;;
    metrics) args='' flags='' values='' ;;
    health) args='' flags='' values='' ;;
    doctor) args='' flags='' values='' ;;
    top) args='' flags='' values='' ;;
    shell) args='' flags='' values='' ;;
    list) args='' flags='' values='' ;;
    help) args='@commands' flags='' values='' ;;
    completion) args='bash,zsh,fish' flags='' values='' ;;
    chaos:kill) args='@containers' flags='--signal' values='--signal=SIGKILL,SIGTERM,SIGSEGV,SIGABRT,SIGSTOP,SIGCONT,SIGINT,SIGQUIT,SIGHUP,SIGUSR1,SIGUSR2' ;;
    container:send) args='@containers -...' flags='--text' values='' ;;
    container:request) args='@containers -' flags='--text --timeout --total --progress' values='--timeout=- --total=-' ;;
    container:command) args='@containers - -' flags='--text --timeout --total --progress' values='--timeout=- --total=-' ;;
    dead:list) args='@containers' flags='--reason --lines -n' values='--reason=no_such,closed,full,expired,in_flight,unhandled,node_down --lines=- -n=-' ;;
    project:create) args='' flags='--flags' values='--flags=CREATE_DEFAULT,CREATE_FORCE_SOFT,CREATE_FORCE_HARD,CREATE_FORCE' ;;
    project:destroy) args='' flags='--flags' values='--flags=DESTROY_KEEP,DESTROY_DEFAULT,DESTROY_FORCE_SOFT,DESTROY_FORCE_HARD,DESTROY_FORCE' ;;
    project:start) args='' flags='' values='' ;;
    project:stop) args='' flags='' values='' ;;
    project:status) args='' flags='' values='' ;;
    arch:start) args='@containers' flags='' values='' ;;
    arch:stop) args='@containers' flags='' values='' ;;
    arch:status) args='@containers' flags='' values='' ;;
    container:start) args='@containers' flags='' values='' ;;
    container:stop) args='@containers' flags='' values='' ;;
    container:destroy) args='@containers' flags='' values='' ;;
    container:status) args='@containers' flags='' values='' ;;
    runtime:exists) args='@containers @containers' flags='' values='' ;;
    runtime:start) args='@containers @containers' flags='' values='' ;;
    runtime:stop) args='@containers @containers' flags='' values='' ;;
    runtime:destroy) args='@containers @containers' flags='--flags' values='--flags=DESTROY_KEEP,DESTROY_DEFAULT,DESTROY_FORCE_SOFT,DESTROY_FORCE_HARD,DESTROY_FORCE' ;;
    process:create) args='@containers - -' flags='--flags --restart' values='--flags=CREATE_DEFAULT,CREATE_FORCE_SOFT,CREATE_FORCE_HARD,CREATE_FORCE --restart=permanent,transient,temporary' ;;
    process:exists) args='@containers @containers' flags='' values='' ;;
    process:start) args='@containers @containers' flags='' values='' ;;
    process:stop) args='@containers @containers' flags='' values='' ;;
    process:destroy) args='@containers @containers' flags='--flags' values='--flags=DESTROY_KEEP,DESTROY_DEFAULT,DESTROY_FORCE_SOFT,DESTROY_FORCE_HARD,DESTROY_FORCE' ;;
    thread:create) args='@containers - -' flags='--flags --restart' values='--flags=CREATE_DEFAULT,CREATE_FORCE_SOFT,CREATE_FORCE_HARD,CREATE_FORCE --restart=permanent,transient,temporary' ;;
    thread:exists) args='@containers @containers' flags='' values='' ;;
    thread:start) args='@containers @containers' flags='' values='' ;;
    thread:stop) args='@containers @containers' flags='' values='' ;;
    thread:destroy) args='@containers @containers' flags='--flags' values='--flags=DESTROY_KEEP,DESTROY_DEFAULT,DESTROY_FORCE_SOFT,DESTROY_FORCE_HARD,DESTROY_FORCE' ;;
    server:ping) args='' flags='' values='' ;;
  esac
  flags="$flags $_kraken_flags"
  values="$values $_kraken_values"
}

# The words before the one being typed, without the program's name.
_kraken_want() {
  [ -n "$ZSH_VERSION" ] && emulate -L sh
  local word pair pending= command= nth=0
  want=
  _kraken_row ''
  for word in "$@"; do
    if [ -n "$pending" ]; then
      pending=
      continue
    fi
    case "$word" in
      -*=*) ;;
      -*)
        for pair in $values; do
          if [ "$word" = "${pair%%=*}" ]; then pending=${pair#*=}; fi
        done
        ;;
      *)
        if [ -z "$command" ]; then
          command=$word
          _kraken_row "$word"
        else
          nth=$((nth + 1))
        fi
        ;;
    esac
  done
  if [ -n "$pending" ]; then
    want=$pending flags=
  elif [ -z "$command" ]; then
    want=@commands
  else
    for pair in $args; do
      case "$nth$pair" in
        0*|*...) want=${pair%...} ;;
      esac
      [ "$nth" -gt 0 ] || break
      nth=$((nth - 1))
    done
  fi
}

_kraken_words() {
  case "$1" in
    @containers) kraken ps -o name --timeout 1s 2>/dev/null | awk -F/ '{ path[NR] = $0; last[NR] = $NF; times[$NF]++ } END { for (i = 1; i <= NR; i++) { print path[i]; if (times[last[i]] == 1) print last[i] } }' ;;
    @commands) echo "$_kraken_commands" ;;
    @files|-|'') ;;
    *) echo "$1" | tr ',' ' ' ;;
  esac
}

_kraken() {
  local cur=${words[CURRENT]} want args flags values pair
  _kraken_want "${(@)words[2,CURRENT-1]}"
  if [[ $cur == --*=* ]]; then
    want=
    for pair in ${=values}; do
      if [[ $cur == "${pair%%=*}="* ]]; then want=${pair#*=}; fi
    done
    compset -P '*='
  elif [[ $cur == -* && -n $flags ]]; then
    compadd -- ${=flags}
    return
  fi
  if [[ $want == @files ]]; then
    _files
  else
    compadd -- ${=$(_kraken_words "$want")}
  fi
}
# Read from a file named _kraken on the fpath, or by `source`.
if [[ ${funcstack[1]} == _kraken ]]; then
  _kraken "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _kraken kraken
fi
