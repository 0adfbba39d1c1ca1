// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Texts of the commands about configurations.
#include "apps/kraken-runtime/config_commands.hpp"

#include "apps/kraken-runtime/machine/daemon_check.hpp"
#include "apps/kraken-runtime/machine/descriptor_check.hpp"
#include "apps/kraken-runtime/machine/machine_check.hpp"
#include "config/explain.hpp"
#include "config/reference_page.hpp"
#include "console/api_json.hpp"
#include "console/command_table.hpp"
#include "console/failure.hpp"
#include "console/invocation.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <unistd.h>

namespace kraken::runtime {

int report(const error& why, std::string_view next, std::string_view sentence) {
  std::cerr << console::failure_text(sentence, why, next);
  return row_of(why.code).exit_code;
}

int report(const error& why, std::string_view next, std::span<const std::string> words) {
  if (console::form_meant(words) != console::form::json) {
    return report(why, next);
  }
  std::cerr << console::to_json(console::api_error{why, std::string{next}}) << "\n";
  return row_of(why.code).exit_code;
}

/// The same files looked at by another command.
std::string with_files(std::string_view command, const config::load_request& request) {
  std::string out{command};
  for (const auto& file : request.files) {
    out += " -c " + file;
  }
  return out;
}

int validate(const command_line& line, const containers::class_catalogue& classes) {
  auto asked = line.load;
  if (line.flags.contains("portable")) {
    asked.who = config::run_as::user; // who serves it there may be somebody else
  } else {
    asked.cores = usable_cores();
    asked.machine = check_machine;
    asked.machine_of_daemon = [&classes](const auto& from, const auto& document, auto& errors) {
      check_daemon(from, document, &classes, errors);
    };
  }
  auto loaded = config::load(asked);
  if (!loaded) {
    return report(config::to_error(loaded.error()),
                  "kraken config:schema (every option with its values)",
                  console::find_command("config:validate")->failure);
  }
  if (!line.flags.contains("portable")) {
    warn_of_descriptors(loaded->root, loaded->warnings);
  }
  for (const auto& each : loaded->warnings) {
    std::cerr << "warning: " << each << "\n";
  }
  if (!loaded->daemon.native.plugins.empty() && !line.flags.contains("portable")) {
    std::cerr << "warning: native.plugins: the files are there; whether they can be loaded, and "
                 "have the classes that containers name, `kraken serve` finds out\n";
  }
  std::cout << (loaded->root.children.empty()
                    ? "Configuration is valid, but it declares no containers: there is nothing to "
                      "run.\n"
                    : "Configuration is valid.\n");
  return 0;
}

namespace {

std::string explained_json(const std::vector<config::explained_option>& options) {
  std::string out;
  for (const auto& [path, value, from] : options) {
    out += (out.empty() ? R"([{"path":)" : R"(,{"path":)") + console::quote_json(path) +
           R"(,"value":)" + console::quote_json(value) + R"(,"from":)" + console::quote_json(from) +
           "}";
  }
  return out + "]";
}

} // namespace

int explain(const command_line& line) {
  const auto loaded = config::load(line.load);
  const auto wanted = line.flags.find("output");
  const auto form = wanted == line.flags.end() ? std::string{"table"} : wanted->second;
  const std::array as_words{"--output=" + form};
  if (!loaded) {
    return report(config::to_error(loaded.error()),
                  with_files("kraken config:validate", line.load),
                  as_words);
  }
  const auto key = line.arguments.empty() ? std::string{} : line.arguments.front();
  const auto text = config::explain(*loaded, key);
  if (text.empty()) {
    return report(config::unknown_option(*loaded, key), "kraken config:explain", as_words);
  }
  if (form == "table") {
    std::cout << text;
  } else {
    const auto json = explained_json(config::explain_options(*loaded, key));
    std::cout << (form == "json" ? console::pretty_json(json) : console::json_as_yaml(json));
  }
  return 0;
}

int init(const command_line& line) {
  const auto name = line.arguments.empty() ? std::string{"kraken.yaml"} : line.arguments.front();
  if (std::filesystem::exists(name) && !line.flags.contains("force")) {
    return report(error{errc::already_exists, "'" + name + "' exists already"},
                  "kraken config:init --force " + name);
  }
  std::ofstream file{name, std::ios::trunc};
  auto text = config::init_template();
  if (::geteuid() == 0) {
    // Workers do not run as root unless somebody says so: the first file must load as it is.
    constexpr std::string_view hint = "# user: www-data";
    if (const auto at = text.find(hint); at != std::string::npos) {
      text.replace(at, hint.size(), "user: www-data  ");
    }
  }
  file << text;
  if (!file.flush()) {
    return report(errno_error("write '" + name + "'"), "kraken config:init");
  }
  std::cout << "Configuration has been written.\n";
  return 0;
}

} // namespace kraken::runtime
