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
/// the choices themselves joined by commas; `-` for nothing.
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
    out.push_back(source_word(argument));
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

/// Functions bash and zsh share: what a command takes, and what a source word stands for.
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

_kraken_words() {
  case "$1" in
    @containers) kraken ps -o name --timeout 1s 2>/dev/null ;;
    @commands) echo "$_kraken_commands" ;;
    @files|-|'') ;;
    *) echo "$1" | tr ',' ' ' ;;
  esac
}
)sh";
}

constexpr std::string_view bash_function = R"sh(
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
)sh";

constexpr std::string_view zsh_function = R"sh(
_kraken() {
  local args flags values command= nth=0 i pair want= prev=${words[CURRENT-1]}
  for ((i = 2; i < CURRENT; i++)); do
    if [[ ${words[i]} == -* ]]; then continue; fi
    if [[ -z $command ]]; then command=${words[i]}; else nth=$((nth + 1)); fi
  done
  _kraken_row "$command"
  for pair in ${=values}; do
    if [[ $prev == "${pair%%=*}" ]]; then want=${pair#*=}; nth=-1; fi
  done
  if [[ $nth -ge 0 && ${words[CURRENT]} == -* ]]; then
    compadd -- ${=flags}
    return
  fi
  if [[ -z $command && -z $want ]]; then
    want=@commands
  elif [[ $nth -ge 0 ]]; then
    want=${${=args}[nth+1]}
  fi
  if [[ $want == @files ]]; then
    _files
  else
    compadd -- ${=$(_kraken_words "$want")}
  fi
}
compdef _kraken kraken
)sh";

/// The arguments of `complete` that say what a value may be.
std::string fish_source(const std::string& word) {
  if (word == "@containers") {
    return " -a '(kraken ps -o name --timeout 1s 2>/dev/null)'";
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
  std::string words = word;
  std::replace(words.begin(), words.end(), ',', ' ');
  return " -a '" + words + "'";
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

std::string fish_script() {
  std::string out = "complete -c kraken -f\n";
  for (const flag_row& flag : global_flags()) {
    out += fish_flag("complete -c kraken", flag);
  }
  for (const command_row& row : commands()) {
    const std::string name{row.name};
    out += "complete -c kraken -n __fish_use_subcommand -a " + name + " -d " +
           fish_quoted(row.summary) + "\n";
    const std::string start = "complete -c kraken -n '__fish_seen_subcommand_from " + name + "'";
    std::vector<std::string> offered;
    for (const std::string& word : argument_words(row)) {
      // fish offers the sources of all positions at once; each of them once.
      const std::string source = fish_source(word);
      if (!source.empty() && std::find(offered.begin(), offered.end(), source) == offered.end()) {
        out += start + source + "\n";
        offered.push_back(source);
      }
    }
    for (const flag_row& flag : row.flags) {
      out += fish_flag(start, flag);
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
