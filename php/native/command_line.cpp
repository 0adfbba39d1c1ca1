// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "command_line.hpp"

#include "php/native/link/rehearsal.hpp"

namespace kraken::php {

namespace {

// `-d name` alone means 1, as PHP has it.
std::string setting_of(std::string_view word) {
  std::string out{word};
  if (word.find('=') == std::string_view::npos) {
    out += "=1";
  }
  return out;
}

} // namespace

result<command_line> read_command_line(std::span<const char* const> words) {
  constexpr std::string_view template_flag = "--template=";
  constexpr std::string_view fixed_flag = "--fixed=";
  constexpr std::string_view warm_flag = "--warm=";
  command_line out;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word{words[at]};
    if (word.starts_with(template_flag)) {
      const auto kind = word.substr(template_flag.size());
      if (kind != "php" && kind != "app") {
        return fail(errc::invalid_argument, "--template is php or app");
      }
      out.forks = kind == "app" ? fork_time::app : fork_time::php;
    } else if (word.starts_with(fixed_flag)) {
      const auto setting = word.substr(fixed_flag.size());
      out.settings.push_back(setting_of(setting));
      out.fixed.emplace_back(setting.substr(0, setting.find('=')));
    } else if (word.starts_with(warm_flag)) {
      out.warm.emplace_back(word.substr(warm_flag.size()));
      if (!rehearsal::understands(out.warm.back())) {
        return fail(errc::invalid_argument,
                    "--warm is a path or a URL, not '" + out.warm.back() + "'");
      }
    } else if (word == "--classic") {
      out.mode = run_mode::classic;
    } else if (word == "-d") {
      if (++at == words.size()) {
        return fail(errc::invalid_argument, "-d needs a setting: -d memory_limit=256M");
      }
      out.settings.push_back(setting_of(words[at]));
    } else if (word.starts_with("-d")) {
      out.settings.push_back(setting_of(word.substr(2)));
    } else if (word.starts_with('-')) {
      return fail(errc::invalid_argument, "there is no option '" + std::string{word} + "'");
    } else {
      out.target = std::string{word};
      out.first_argument = at;
      return out;
    }
  }
  return fail(errc::invalid_argument,
              out.mode == run_mode::worker ? "no script is named" : "no document root is named");
}

} // namespace kraken::php
