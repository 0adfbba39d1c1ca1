// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One table of words per command, written in the syntax of each shell. Commands contain colons,
/// at which bash splits words; its script joins them again.
#include "console/completion.hpp"

#include "console/command_table.hpp"

#include <algorithm>
#include <vector>

namespace kraken::console {

namespace {

std::string spaced(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

/// What may follow, as a word the scripts understand: `@containers`, `@files`, `@commands`, or
/// the choices themselves joined by commas; `-` for nothing. Arguments that repeat end in `...`.
template <class Row>
std::string source_word(const Row& row) {
  switch (row.source) {
  case completion::containers:
    return "@containers";
  case completion::commands:
    return "@commands";
  case completion::files:
    return "@files";
  case completion::choices: {
    std::string out;
    for (const std::string_view choice : row.choices) {
      out += (out.empty() ? "" : ",") + std::string{choice};
    }
    return out;
  }
  case completion::none:
    break;
  }
  return "-";
}

std::vector<std::string> flag_words(std::span<const flag_row> flags) {
  std::vector<std::string> out;
  for (const flag_row& flag : flags) {
    out.push_back("--" + std::string{flag.name});
    if (flag.brief != 0) {
      out.push_back(std::string{"-"} + flag.brief);
    }
  }
  return out;
}

/// `--flags=CREATE_DEFAULT,...` for flags with a value, for the shell functions.
std::vector<std::string> flag_values(std::span<const flag_row> flags) {
  std::vector<std::string> out;
  for (const flag_row& flag : flags) {
    if (flag.type == value_type::flag) {
      continue;
    }
    out.push_back("--" + std::string{flag.name} + "=" + source_word(flag));
    if (flag.brief != 0) {
      out.push_back(std::string{"-"} + flag.brief + "=" + source_word(flag));
    }
  }
  return out;
}

std::vector<std::string> argument_words(const command_row& row) {
  std::vector<std::string> out;
  for (const argument_row& argument : row.arguments) {
    out.push_back(source_word(argument) + (argument.repeatable ? "..." : ""));
  }
  return out;
}

/// Cases `name) args='...' flags='...' values='...' ;;`: valid in bash and zsh.
std::string case_lines() {
  std::string out;
  for (const command_row& row : commands()) {
    out += "    " + std::string{row.name} + ") args='" + spaced(argument_words(row)) + "' flags='" +
           spaced(flag_words(row.flags)) + "' values='" + spaced(flag_values(row.flags)) + "' ;;\n";
  }
  return out;
}

std::string command_words() {
  std::vector<std::string> names;
  for (const command_row& row : commands()) {
    names.emplace_back(row.name);
  }
  return spaced(names);
}

/// Paths, and each alias that means one of them only; in the words of every shell.
constexpr std::string_view containers_line =
    "kraken ps -o name --timeout 1s 2>/dev/null | awk -F/ '{ path[NR] = $0; last[NR] = $NF; "
    "times[$NF]++ } END { for (i = 1; i <= NR; i++) { print path[i]; if (times[last[i]] == 1) "
    "print last[i] } }'";

/// Functions bash and zsh share: what a command takes, what may stand after some words, and what a
/// source word stands for. They set variables of their caller.
std::string shared_functions() {
  return "_kraken_commands='" + command_words() + "'\n_kraken_flags='" +
         spaced(flag_words(global_flags())) + "'\n_kraken_values='" +
         spaced(flag_values(global_flags())) + R"sh('

_kraken_row() {
  args= flags= values=
  case "$1" in
)sh" + case_lines() +
         R"sh(  esac
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
    @containers) )sh" +
         std::string{containers_line} + R"sh( ;;
    @commands) echo "$_kraken_commands" ;;
    @files|-|'') ;;
    *) echo "$1" | tr ',' ' ' ;;
  esac
}
)sh";
}

constexpr std::string_view bash_function = R"sh(
_kraken() {
  local rest=$COMP_LINE words=() word i cur want args flags values pair lead= cut= part
  # bash splits words at colons and equal signs; what no space parts belongs together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $i -gt 0 && -n $rest && $rest != [[:space:]]* ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
      rest=${rest#"${rest%%[![:space:]]*}"}
    fi
    rest=${rest#"$word"}
  done
  cur=${words[${#words[@]}-1]}
  _kraken_want "${words[@]:1:${#words[@]}-2}"
  if [[ $cur == --*=* ]]; then
    lead=${cur%%=*}=
    want=
    for pair in $values; do
      if [[ ${pair%%=*}= == "$lead" ]]; then want=${pair#*=}; fi
    done
  elif [[ $cur == -* && -n $flags ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    return
  fi
  # Only what follows the last character bash splits at is replaced.
  for part in : =; do
    if [[ $COMP_WORDBREAKS == *"$part"* && $cur == *"$part"* ]]; then
      part=${cur%"${cur##*"$part"}"}
      if [[ ${#part} -gt ${#cut} ]]; then cut=$part; fi
    fi
  done
  if [[ $want == @files ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "${cur#"$lead"}"))
  else
    COMPREPLY=($(compgen -W "$(_kraken_words "$want")" -- "${cur#"$lead"}"))
  fi
  COMPREPLY=("${COMPREPLY[@]/#/$lead}")
  COMPREPLY=("${COMPREPLY[@]#"$cut"}")
  if [[ ${#COMPREPLY[@]} -eq 1 && -z ${COMPREPLY[0]} ]]; then COMPREPLY=(); fi
}
complete -F _kraken kraken
)sh";

constexpr std::string_view zsh_function = R"sh(
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
)sh";

constexpr std::string_view fish_functions = R"sh(
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
)sh";

/// The arguments of `complete` that say what a value may be.
std::string fish_source(std::string word) {
  word.resize(word.ends_with("...") ? word.size() - 3 : word.size());
  if (word == "@containers") {
    return " -a '(__kraken_containers)'";
  }
  if (word == "@commands") {
    return " -a '" + command_words() + "'";
  }
  if (word == "@files") {
    return " -F";
  }
  if (word == "-") {
    return "";
  }
  std::replace(word.begin(), word.end(), ',', ' ');
  return " -a '" + word + "'";
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string{"\\'"} : std::string{c};
  }
  return out + "'";
}

std::string fish_flag(const std::string& start, const flag_row& flag) {
  std::string out = start + " -l " + std::string{flag.name};
  if (flag.brief != 0) {
    out += std::string{" -s "} + flag.brief;
  }
  if (flag.type != value_type::flag) {
    out += " -r" + fish_source(source_word(flag));
  }
  return out + " -d " + fish_quoted(flag.summary) + "\n";
}

/// Every flag that takes a value; none is a flag without one elsewhere.
std::string fish_valued() {
  std::vector<std::string> out;
  const auto keep = [&](std::span<const flag_row> flags) {
    for (const std::string& pair : flag_values(flags)) {
      const std::string name = pair.substr(0, pair.find('='));
      if (std::find(out.begin(), out.end(), name) == out.end()) {
        out.push_back(name);
      }
    }
  };
  keep(global_flags());
  for (const command_row& row : commands()) {
    keep(row.flags);
  }
  return "set -g __kraken_valued " + spaced(out) + "\n";
}

std::string fish_script() {
  std::string out = fish_valued() + std::string{fish_functions};
  out.append("function __kraken_containers\n    ").append(containers_line).append("\nend\n");
  for (const flag_row& flag : global_flags()) {
    out += fish_flag("complete -c kraken", flag);
  }
  for (const command_row& row : commands()) {
    const std::string name{row.name};
    out += "complete -c kraken -n __kraken_without_command -a " + name + " -d " +
           fish_quoted(row.summary) + "\n";
    std::size_t nth = 0;
    for (const std::string& word : argument_words(row)) {
      if (const std::string source = fish_source(word); !source.empty()) {
        out += std::string{"complete -c kraken -n '__kraken_"} +
               (word.ends_with("...") ? "from " : "at ") + name + " " + std::to_string(nth) + "'" +
               source + "\n";
      }
      ++nth;
    }
    for (const flag_row& flag : row.flags) {
      out += fish_flag("complete -c kraken -n '__kraken_in " + name + "'", flag);
    }
  }
  return out;
}

} // namespace

result<std::string> completion_script(std::string_view shell) {
  const std::string title = "# Completion of kraken for " + std::string{shell} +
                            "; made by `kraken completion " + std::string{shell} + "`.\n";
  if (shell == "bash") {
    return title + shared_functions() + std::string{bash_function};
  }
  if (shell == "zsh") {
    return "#compdef kraken\n" + title + shared_functions() + std::string{zsh_function};
  }
  if (shell == "fish") {
    return title + fish_script();
  }
  return fail(errc::invalid_argument,
              "there is no completion for '" + std::string{shell} + "': bash, zsh and fish");
}

} // namespace kraken::console
