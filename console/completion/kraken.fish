# Completion of kraken for fish; made by `kraken completion fish`.
set -g __kraken_valued --output -o --socket --timeout --config -c --set --listen --workers --log-level --log-format --lines -n --type -t --wait --signal --total --reason --flags --restart

# Command and arguments typed so far, without flags and their values.
function __kraken_words
    set -l pending 0
    for word in (commandline -opc)[2..]
        if test $pending = 1
            set pending 0
            continue
        end
        switch $word
            case '-*=*'
            case '-*'
                contains -- $word $__kraken_valued; and set pending 1
            case '*'
                echo $word
        end
    end
end

function __kraken_without_command
    test (count (__kraken_words)) -eq 0
end

function __kraken_in
    set -l words (__kraken_words)
    test "$words[1]" = $argv[1]
end

# After a command and so many arguments.
function __kraken_at
    set -l words (__kraken_words)
    test "$words[1]" = $argv[1]; and test (count $words) -eq (math $argv[2] + 1)
end

# The same, or more.
function __kraken_from
    set -l words (__kraken_words)
    test "$words[1]" = $argv[1]; and test (count $words) -gt $argv[2]
end

complete -c kraken -f
function __kraken_containers
    kraken ps -o name --timeout 1s 2>/dev/null | awk -F/ '{ path[NR] = $0; last[NR] = $NF; times[$NF]++ } END { for (i = 1; i <= NR; i++) { print path[i]; if (times[last[i]] == 1) print last[i] } }'
end
complete -c kraken -l output -s o -r -a 'table wide json yaml name' -d 'table, wide, json, yaml or name'
complete -c kraken -l socket -r -F -d 'admin socket of the daemon (also KRAKEN_SOCKET)'
complete -c kraken -l timeout -r -d 'longest wait for an answer'
complete -c kraken -l help -s h -d 'show help of the command'
complete -c kraken -l version -s V -d 'show the version'
complete -c kraken -n __kraken_without_command -a serve -d 'run the daemon in the foreground'
complete -c kraken -n '__kraken_at serve 0' -F
complete -c kraken -n '__kraken_in serve' -l config -s c -r -F -d 'configuration file; later files override earlier ones'
complete -c kraken -n '__kraken_in serve' -l set -r -d 'set one option, above files and environment'
complete -c kraken -n '__kraken_in serve' -l listen -r -d 'address of the HTTP front: host:port or unix:PATH'
complete -c kraken -n '__kraken_in serve' -l workers -r -d 'number of PHP workers'
complete -c kraken -n '__kraken_in serve' -l watch -d 'replace the workers of every pool when a file of the application changes'
complete -c kraken -n '__kraken_in serve' -l log-level -r -a 'debug info warn error' -d 'least level that is logged'
complete -c kraken -n '__kraken_in serve' -l log-format -r -a 'text json' -d 'form of the log lines'
complete -c kraken -n __kraken_without_command -a tree -d 'containers as a tree, with their states'
complete -c kraken -n '__kraken_at tree 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a ps -d 'containers as a table, with their numbers'
complete -c kraken -n '__kraken_at ps 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a events -d 'what happened'
complete -c kraken -n '__kraken_from events 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in events' -l follow -s f -d 'go on as it happens'
complete -c kraken -n '__kraken_in events' -l lines -s n -r -d 'how many of the past, the newest of all together'
complete -c kraken -n '__kraken_in events' -l type -s t -r -d 'only events of this name, or of a glob: container_held, container_*'
complete -c kraken -n __kraken_without_command -a logs -d 'captured output of containers'
complete -c kraken -n '__kraken_from logs 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in logs' -l follow -s f -d 'go on as it happens'
complete -c kraken -n '__kraken_in logs' -l lines -s n -r -d 'how many of the past, the newest of all together'
complete -c kraken -n __kraken_without_command -a inspect -d 'everything known of one container, its last lines of output included'
complete -c kraken -n '__kraken_at inspect 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a restart -d 'stop and start containers, clearing their failure history'
complete -c kraken -n '__kraken_from restart 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in restart' -l rolling -d 'replace as planned, each successor ready first: of a pool one worker after the other; a front beside itself, so that no connection is refused or cut off'
complete -c kraken -n __kraken_without_command -a scale -d 'change the number of workers of a pool'
complete -c kraken -n '__kraken_at scale 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a reload -d 'read the configuration again and apply the difference'
complete -c kraken -n __kraken_without_command -a stop -d 'stop the daemon in good order'
complete -c kraken -n '__kraken_in stop' -l now -d 'do not wait for requests in work'
complete -c kraken -n '__kraken_in stop' -l wait -r -d 'until the daemon has ended, at most so long; without a time as long as it takes'
complete -c kraken -n __kraken_without_command -a config:validate -d 'check the configuration and what it needs of this machine, all errors at once'
complete -c kraken -n '__kraken_at config:validate 0' -F
complete -c kraken -n '__kraken_in config:validate' -l config -s c -r -F -d 'configuration file; later files override earlier ones'
complete -c kraken -n '__kraken_in config:validate' -l set -r -d 'set one option, above files and environment'
complete -c kraken -n '__kraken_in config:validate' -l portable -d 'what the file says, on any machine and whoever asks: programs, files, users and their rights are not looked for, and who asks being root makes no difference'
complete -c kraken -n __kraken_without_command -a config:explain -d 'every option with its value and where it comes from'
complete -c kraken -n '__kraken_in config:explain' -l config -s c -r -F -d 'configuration file; later files override earlier ones'
complete -c kraken -n '__kraken_in config:explain' -l set -r -d 'set one option, above files and environment'
complete -c kraken -n __kraken_without_command -a config:schema -d 'JSON Schema of kraken.yaml'
complete -c kraken -n __kraken_without_command -a config:diff -d 'what a reload would change'
complete -c kraken -n '__kraken_in config:diff' -l config -s c -r -F -d 'compare with this file instead of the daemon\'s own; later files override earlier ones'
complete -c kraken -n __kraken_without_command -a config:init -d 'write a first kraken.yaml'
complete -c kraken -n '__kraken_at config:init 0' -F
complete -c kraken -n '__kraken_in config:init' -l force -s f -d 'replace an existing file'
complete -c kraken -n __kraken_without_command -a arch:apply -d 'make the running tree as the configuration says: all of it or nothing'
complete -c kraken -n '__kraken_in arch:apply' -l dry-run -d 'only say what would be changed'
complete -c kraken -n __kraken_without_command -a arch:check -d 'check the configuration as the daemon would take it'
complete -c kraken -n __kraken_without_command -a container:restart -d 'stop and start a container, clearing its failure history'
complete -c kraken -n '__kraken_at container:restart 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a supervisor:reset -d 'forget the failures a container\'s supervisor has counted'
complete -c kraken -n '__kraken_at supervisor:reset 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a metrics -d 'Prometheus text'
complete -c kraken -n __kraken_without_command -a health -d 'whether everything required is ready'
complete -c kraken -n __kraken_without_command -a doctor -d 'what is missing or unwise on this machine, and what to do about it'
complete -c kraken -n __kraken_without_command -a top -d 'live view of all containers; ? shows its keys'
complete -c kraken -n __kraken_without_command -a shell -d 'read commands with completion and history'
complete -c kraken -n __kraken_without_command -a list -d 'all commands'
complete -c kraken -n __kraken_without_command -a help -d 'help of a command'
complete -c kraken -n '__kraken_at help 0' -a 'serve tree ps events logs inspect restart scale reload stop config:validate config:explain config:schema config:diff config:init arch:apply arch:check container:restart supervisor:reset metrics health doctor top shell list help completion chaos:kill container:send container:request container:command dead:list project:create project:destroy project:start project:stop project:status arch:start arch:stop arch:status container:start container:stop container:destroy container:status runtime:exists runtime:start runtime:stop runtime:destroy process:create process:exists process:start process:stop process:destroy thread:create thread:exists thread:start thread:stop thread:destroy server:ping'
complete -c kraken -n __kraken_without_command -a completion -d 'completion script for a shell'
complete -c kraken -n '__kraken_at completion 0' -a 'bash zsh fish'
complete -c kraken -n __kraken_without_command -a chaos:kill -d 'signal a container\'s process to see what its supervisor does'
complete -c kraken -n '__kraken_at chaos:kill 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in chaos:kill' -l signal -r -a 'SIGKILL SIGTERM SIGSEGV SIGABRT SIGSTOP SIGCONT SIGINT SIGQUIT SIGHUP SIGUSR1 SIGUSR2' -d 'which signal'
complete -c kraken -n __kraken_without_command -a container:send -d 'send messages to containers; no answer'
complete -c kraken -n '__kraken_at container:send 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in container:send' -l text -d 'messages are texts as they stand, no JSON'
complete -c kraken -n __kraken_without_command -a container:request -d 'send a request to containers and print the answer'
complete -c kraken -n '__kraken_at container:request 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in container:request' -l text -d 'messages are texts as they stand, no JSON'
complete -c kraken -n '__kraken_in container:request' -l timeout -r -d 'longest silence of the target; each sign of life renews it'
complete -c kraken -n '__kraken_in container:request' -l total -r -d 'longest wait in all, whatever signs of life there are; then the request is taken back'
complete -c kraken -n '__kraken_in container:request' -l progress -d 'show each sign of life of the target on standard error'
complete -c kraken -n __kraken_without_command -a container:command -d 'have containers carry out a command of their own'
complete -c kraken -n '__kraken_at container:command 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in container:command' -l text -d 'messages are texts as they stand, no JSON'
complete -c kraken -n '__kraken_in container:command' -l timeout -r -d 'longest silence of the target; each sign of life renews it'
complete -c kraken -n '__kraken_in container:command' -l total -r -d 'longest wait in all, whatever signs of life there are; then the request is taken back'
complete -c kraken -n '__kraken_in container:command' -l progress -d 'show each sign of life of the target on standard error'
complete -c kraken -n __kraken_without_command -a dead:list -d 'messages that nobody handled, each with its reason'
complete -c kraken -n '__kraken_at dead:list 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in dead:list' -l reason -r -a 'no_such closed full expired in_flight unhandled node_down' -d 'only letters that died of this'
complete -c kraken -n '__kraken_in dead:list' -l lines -s n -r -d 'at most so many, the newest'
complete -c kraken -n __kraken_without_command -a project:create -d 'create the project\'s tree, from the files as they are now'
complete -c kraken -n '__kraken_in project:create' -l flags -r -a 'CREATE_DEFAULT CREATE_FORCE_SOFT CREATE_FORCE_HARD CREATE_FORCE' -d 'what to do when the alias is taken: refuse, or replace it softly, hard, or in turn'
complete -c kraken -n __kraken_without_command -a project:destroy -d 'destroy the whole tree; the daemon stays'
complete -c kraken -n '__kraken_in project:destroy' -l flags -r -a 'DESTROY_KEEP DESTROY_DEFAULT DESTROY_FORCE_SOFT DESTROY_FORCE_HARD DESTROY_FORCE' -d 'refuse, or end it in good order, with SIGKILL, or in good order and then with SIGKILL'
complete -c kraken -n __kraken_without_command -a project:start -d 'start the whole tree'
complete -c kraken -n __kraken_without_command -a project:stop -d 'stop the whole tree; the daemon stays'
complete -c kraken -n __kraken_without_command -a project:status -d 'state of every container'
complete -c kraken -n __kraken_without_command -a arch:start -d 'start a container and everything below it'
complete -c kraken -n '__kraken_at arch:start 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a arch:stop -d 'stop a container and everything below it'
complete -c kraken -n '__kraken_at arch:stop 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a arch:status -d 'state of a container and everything below it'
complete -c kraken -n '__kraken_at arch:status 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a container:start -d 'start a container'
complete -c kraken -n '__kraken_at container:start 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a container:stop -d 'stop a container'
complete -c kraken -n '__kraken_at container:stop 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a container:destroy -d 'stop and remove a container'
complete -c kraken -n '__kraken_at container:destroy 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a container:status -d 'state of one container'
complete -c kraken -n '__kraken_at container:status 0' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a runtime:exists -d 'whether a parent has a child of this alias'
complete -c kraken -n '__kraken_at runtime:exists 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at runtime:exists 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a runtime:start -d 'start a child'
complete -c kraken -n '__kraken_at runtime:start 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at runtime:start 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a runtime:stop -d 'stop a child'
complete -c kraken -n '__kraken_at runtime:stop 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at runtime:stop 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a runtime:destroy -d 'destroy a child'
complete -c kraken -n '__kraken_at runtime:destroy 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at runtime:destroy 1' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in runtime:destroy' -l flags -r -a 'DESTROY_KEEP DESTROY_DEFAULT DESTROY_FORCE_SOFT DESTROY_FORCE_HARD DESTROY_FORCE' -d 'refuse, or end it in good order, with SIGKILL, or in good order and then with SIGKILL'
complete -c kraken -n __kraken_without_command -a process:create -d 'create and start a child that is an OS process'
complete -c kraken -n '__kraken_at process:create 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in process:create' -l flags -r -a 'CREATE_DEFAULT CREATE_FORCE_SOFT CREATE_FORCE_HARD CREATE_FORCE' -d 'what to do when the alias is taken: refuse, or replace it softly, hard, or in turn'
complete -c kraken -n '__kraken_in process:create' -l restart -r -a 'permanent transient temporary' -d 'when it is started again after its end: always, after a failure, never'
complete -c kraken -n __kraken_without_command -a process:exists -d 'whether a parent has a process of this alias'
complete -c kraken -n '__kraken_at process:exists 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at process:exists 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a process:start -d 'start a process'
complete -c kraken -n '__kraken_at process:start 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at process:start 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a process:stop -d 'stop a process'
complete -c kraken -n '__kraken_at process:stop 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at process:stop 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a process:destroy -d 'destroy a process'
complete -c kraken -n '__kraken_at process:destroy 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at process:destroy 1' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in process:destroy' -l flags -r -a 'DESTROY_KEEP DESTROY_DEFAULT DESTROY_FORCE_SOFT DESTROY_FORCE_HARD DESTROY_FORCE' -d 'refuse, or end it in good order, with SIGKILL, or in good order and then with SIGKILL'
complete -c kraken -n __kraken_without_command -a thread:create -d 'create and start a child that is a thread of the daemon'
complete -c kraken -n '__kraken_at thread:create 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in thread:create' -l flags -r -a 'CREATE_DEFAULT CREATE_FORCE_SOFT CREATE_FORCE_HARD CREATE_FORCE' -d 'what to do when the alias is taken: refuse, or replace it softly, hard, or in turn'
complete -c kraken -n '__kraken_in thread:create' -l restart -r -a 'permanent transient temporary' -d 'when it is started again after its end: always, after a failure, never'
complete -c kraken -n __kraken_without_command -a thread:exists -d 'whether a parent has a thread of this alias'
complete -c kraken -n '__kraken_at thread:exists 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at thread:exists 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a thread:start -d 'start a thread'
complete -c kraken -n '__kraken_at thread:start 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at thread:start 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a thread:stop -d 'stop a thread'
complete -c kraken -n '__kraken_at thread:stop 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at thread:stop 1' -a '(__kraken_containers)'
complete -c kraken -n __kraken_without_command -a thread:destroy -d 'destroy a thread'
complete -c kraken -n '__kraken_at thread:destroy 0' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_at thread:destroy 1' -a '(__kraken_containers)'
complete -c kraken -n '__kraken_in thread:destroy' -l flags -r -a 'DESTROY_KEEP DESTROY_DEFAULT DESTROY_FORCE_SOFT DESTROY_FORCE_HARD DESTROY_FORCE' -d 'refuse, or end it in good order, with SIGKILL, or in good order and then with SIGKILL'
complete -c kraken -n __kraken_without_command -a server:ping -d 'whether the daemon answers'
