// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Splitting of a command line without a shell.
#include "containers/admin/program_spec.hpp"

#include "kraken/base/words.hpp"

#include <memory>
#include <string>
#include <utility>

namespace kraken::containers {

result<model::child_spec> program_spec(std::string_view alias,
                                       std::string_view name,
                                       const config::process_options* creator) {
  model::child_spec spec;
  auto words = split_words(name);
  if (!words) {
    return fail(words.error());
  }
  spec.start = std::move(*words);
  if (spec.start.empty() || name == "null") {
    return fail(errc::invalid_argument, "Name of new process cannot be null.");
  }
  spec.id = alias;
  spec.kind = "process";
  spec.name = name;
  if (creator != nullptr) {
    config::program_options options;
    options.process = *creator;
    options.process.stop = {}; // the creator's own way to be asked
    spec.options = std::make_shared<const config::process_spec_options>(std::move(options));
  }
  if (auto checked = model::check(spec); !checked) {
    return fail(checked.error());
  }
  return spec;
}

} // namespace kraken::containers
