// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who may ask for verbs and what a NAME in them stands for; where containers in PHP find their
/// package.
#include "apps/kraken-runtime/daemon.hpp"
#include "apps/kraken-runtime/machine/installed_files.hpp"
#include "apps/kraken-runtime/machine/machine_check.hpp"

#include "containers/admin/program_spec.hpp"
#include "containers/php/class_spec.hpp"
#include "kraken/base/log.hpp"
#include "kraken/native/context.hpp"

#include <unistd.h>

namespace kraken::runtime {

namespace {

containers::php_verb_reply reply_of(const std::string& verb,
                                    const containers::verb_outcome& outcome) {
  containers::php_verb_reply out{outcome.text, std::nullopt};
  if (verb.ends_with(":get")) {
    out.names = outcome.names;
  }
  return out;
}

/// What the check of a file would say of the same container in it.
result<void> may_start(const model::child_spec& spec) {
  std::vector<config::config_error> found;
  check_machine(spec, {}, spec.id, found);
  std::string text;
  for (const auto& each : found) {
    text += (text.empty() ? "" : "; ") + each.message;
  }
  return found.empty() ? result<void>{} : fail(errc::start_failed, std::move(text));
}

} // namespace

void daemon::prepare_php() {
  php_options_.with([this](auto& options) { options = plan_.php; });
  php_environment_.logs = &logs_;
  php_environment_.files = &output_files_;
  php_environment_.children = &children_;
  php_environment_.news = news_.get();
  php_environment_.process_ended = [this] { sweep_soon(); };
  pool_environment_.native_program = find_native_program();
  php_environment_.package = find_package();
  php_environment_.knows_verb = containers::verb_door::knows;
  php_environment_.verb = [this](const containers::php_command& what,
                                 std::string origin,
                                 std::shared_ptr<const config::php_options> runs_with,
                                 executor& on,
                                 auto done) {
    verbs_.carry_out(what.name,
                     what.params,
                     {std::move(origin), std::move(runs_with)},
                     on,
                     [done = std::move(done),
                      verb = what.name](const result<containers::verb_outcome>& outcome) {
                       if (outcome) {
                         done(reply_of(verb, *outcome));
                       } else {
                         done(fail(outcome.error()));
                       }
                     });
  };
}

void daemon::prepare_verbs() {
  verb_environment_.tree = tree_.get();
  verb_environment_.create_project = [this](model::force how, executor& on, auto done) {
    control_.post([this, how, &on, answer = std::move(done)] { create_project(how, on, answer); });
  };
  verb_environment_.spec_of = [this](auto family, auto alias, auto name, const auto* creator) {
    return spec_of(family, alias, name, creator);
  };
  verb_environment_.may_start = [](const model::child_spec& spec) { return may_start(spec); };
  process_environment_.root = php_environment_.root = {
      .rights = ::geteuid() == 0 ? process::superuser::allow : process::superuser::refuse,
      .tell = [this](const std::string& path) { warn_of_root(path); }};
}

// Once: the next one is no news.
void daemon::warn_of_root(const std::string& path) {
  if (!warned_of_root_.exchange(true)) {
    log::warn("configuration",
              {{"warning",
                "'" + path +
                    "' runs as root: it was created by a command, and neither `php` nor its parent "
                    "has a user; in a configuration file a container has one"}});
  }
}

// A thread is a native class. A class of PHP is written like one; everything else is a program.
result<model::child_spec> daemon::spec_of(std::string_view family,
                                          std::string_view alias,
                                          std::string_view name,
                                          const config::php_options* creator) const {
  if (family == "thread") {
    return native::native_child(std::string{alias}, std::string{name});
  }
  if (!containers::is_class_name(name)) {
    return containers::program_spec(alias, name, creator == nullptr ? nullptr : &creator->process);
  }
  if (creator != nullptr) {
    return containers::class_spec(alias, name, *creator);
  }
  const auto options = php_options_.with([](const auto& current) { return current; });
  return containers::class_spec(alias, name, options);
}

} // namespace kraken::runtime
