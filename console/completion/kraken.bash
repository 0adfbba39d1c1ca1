# Completion of kraken for bash; made by `kraken completion bash`.
_kraken_commands='serve tree ps events logs inspect restart scale reload stop config:validate config:explain config:schema config:diff config:init arch:apply arch:check container:restart supervisor:reset metrics health list help completion project:create project:destroy project:start project:stop project:status arch:start arch:stop arch:status container:start container:stop container:destroy container:status runtime:exists runtime:start runtime:stop runtime:destroy process:create process:exists process:start process:stop process:destroy thread:create thread:exists thread:start thread:stop thread:destroy server:ping'
_kraken_flags='--output -o --socket --timeout --help -h --version -V'
_kraken_values='--output=table,wide,json,yaml,name -o=table,wide,json,yaml,name --socket=@files --timeout=-'

_kraken_row() {
  args= flags= values=
  case "$1" in
    serve) args='@files' flags='--config -c --set --listen --workers --log-level --log-format' values='--config=@files -c=@files --set=- --listen=- --workers=- --log-level=debug,info,warn,error --log-format=text,json' ;;
    tree) args='@containers' flags='' values='' ;;
    ps) args='@containers' flags='' values='' ;;
    events) args='' flags='--follow -f --lines -n' values='--lines=- -n=-' ;;
    logs) args='@containers' flags='--follow -f --lines -n' values='--lines=- -n=-' ;;
    inspect) args='@containers' flags='' values='' ;;
    restart) args='@containers' flags='' values='' ;;
    scale) args='@containers -' flags='' values='' ;;
    reload) args='' flags='' values='' ;;
    stop) args='' flags='--now' values='' ;;
    config:validate) args='' flags='--config -c --set' values='--config=@files -c=@files --set=-' ;;
    config:explain) args='-' flags='--config -c --set' values='--config=@files -c=@files --set=-' ;;
    config:schema) args='' flags='' values='' ;;
    config:diff) args='' flags='' values='' ;;
    config:init) args='@files' flags='--force -f' values='' ;;
    arch:apply) args='' flags='--dry-run' values='' ;;
    arch:check) args='' flags='' values='' ;;
    container:restart) args='@containers' flags='' values='' ;;
    supervisor:reset) args='@containers' flags='' values='' ;;
    metrics) args='' flags='' values='' ;;
    health) args='' flags='' values='' ;;
    list) args='' flags='' values='' ;;
    help) args='@commands' flags='' values='' ;;
    completion) args='bash,zsh,fish' flags='' values='' ;;
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
    process:create) args='@containers - -' flags='--flags' values='--flags=CREATE_DEFAULT,CREATE_FORCE_SOFT,CREATE_FORCE_HARD,CREATE_FORCE' ;;
    process:exists) args='@containers @containers' flags='' values='' ;;
    process:start) args='@containers @containers' flags='' values='' ;;
    process:stop) args='@containers @containers' flags='' values='' ;;
    process:destroy) args='@containers @containers' flags='--flags' values='--flags=DESTROY_KEEP,DESTROY_DEFAULT,DESTROY_FORCE_SOFT,DESTROY_FORCE_HARD,DESTROY_FORCE' ;;
    thread:create) args='@containers - -' flags='--flags' values='--flags=CREATE_DEFAULT,CREATE_FORCE_SOFT,CREATE_FORCE_HARD,CREATE_FORCE' ;;
    thread:exists) args='@containers @containers' flags='' values='' ;;
    thread:start) args='@containers @containers' flags='' values='' ;;
    thread:stop) args='@containers @containers' flags='' values='' ;;
    thread:destroy) args='@containers @containers' flags='--flags' values='--flags=DESTROY_KEEP,DESTROY_DEFAULT,DESTROY_FORCE_SOFT,DESTROY_FORCE_HARD,DESTROY_FORCE' ;;
    server:ping) args='' flags='' values='' ;;
  esac
  flags="$flags $_kraken_flags"
  values="$values $_kraken_values"
}

_kraken_words() {
  case "$1" in
    @containers) kraken ps -o name --timeout 1s 2>/dev/null ;;
    @commands) echo "$_kraken_commands" ;;
    @files|-|'') ;;
    *) echo "$1" | tr ',' ' ' ;;
  esac
}

_kraken() {
  local cur prev words cword args flags values command= nth=0 i pair want=
  # Joins what bash splits at colons.
  _get_comp_words_by_ref -n : cur prev words cword 2>/dev/null || return
  for ((i = 1; i < cword; i++)); do
    if [[ ${words[i]} == -* ]]; then continue; fi
    if [[ -z $command ]]; then command=${words[i]}; else nth=$((nth + 1)); fi
  done
  _kraken_row "$command"
  for pair in $values; do
    if [[ $prev == "${pair%%=*}" ]]; then want=${pair#*=}; nth=-1; fi
  done
  if [[ $nth -ge 0 && $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    return
  fi
  if [[ -z $command && -z $want ]]; then
    want=@commands
  elif [[ $nth -ge 0 ]]; then
    set -- $args
    shift "$nth" 2>/dev/null && want=${1:-}
  fi
  if [[ $want == @files ]]; then
    COMPREPLY=($(compgen -f -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$(_kraken_words "$want")" -- "$cur"))
  fi
  __ltrim_colon_completions "$cur" 2>/dev/null
}
complete -F _kraken kraken
