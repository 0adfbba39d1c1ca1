// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the option table says of a reload is what a pool does, option by option.
#include "containers/php/pool/pool_settings.hpp"

#include "config/detail/sections.hpp"
#include "config/yaml_reader.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <string_view>

using namespace kraken;
using containers::same_process;
using model::child_spec;

namespace {

/// Another value of each option that has one.
const std::map<std::string, std::string, std::less<>> others{
    {"size", "9"},
    {"size.min", "1"},
    {"size.count", "9"},
    {"size.max", "9"},
    {"dialect", "narya"},
    {"memory_limit", "64M"},
    {"carrier", "program"},
    {"template", "app"},
    {"warm", "[/page]"},
    {"transport", "socket"},
    {"ini", "{precision: 3}"},
    {"ini_fixed", "{precision: 3}"},
    {"queue.max", "5"},
    {"queue.timeout", "5s"},
    {"request.timeout", "5s"},
    {"recycle.requests", "5"},
    {"recycle.memory", "5M"},
    {"recycle.memory_hard", "5M"},
    {"recycle.ttl", "5s"},
    {"recycle.idle", "5s"},
    {"scale.gradual_idle", "5s"},
    {"scale.aggressive_idle", "5s"},
    {"watch", "true"},
    {"env", "{A: b}"},
    {"cwd", "/tmp"},
    {"user", "nobody"},
    {"group", "nogroup"},
    {"allow_root", "true"},
    {"inherit_env", "true"},
    {"limits.nofile", "100"},
    {"limits.as", "1G"},
    {"limits.core", "1M"},
    {"limits.nproc", "100"},
    {"umask", "077"},
    {"stop_signal", "QUIT"},
    {"output.file", "/var/log/web.log"},
    {"output.stderr", "/var/log/web.err"},
    {"output.max_size", "1M"},
    {"output.keep", "3"},
    {"output.log", "true"},
};

bool is_group(const config::option_view& option) {
  return option.looks.is == config::shape::type::section;
}

/// `queue.max` and `5` as `{queue: {max: 5}}`.
std::string as_yaml(std::string_view key, const std::string& value) {
  const auto dot = key.find('.');
  return dot == std::string_view::npos ? "{" + std::string{key} + ": " + value + "}"
                                       : "{" + std::string{key.substr(0, dot)} + ": " +
                                             as_yaml(key.substr(dot + 1), value) + "}";
}

config::pool_options with(std::string_view key, const std::string& value) {
  config::pool_options out;
  out.carrier = config::worker_carrier::native;
  const auto document = config::read_yaml(as_yaml(key, value), config::origin::file, "test");
  std::vector<config::config_error> errors;
  config::reader in{errors};
  const config::bound_section all{&config::detail::pool_section(), &out};
  config::read_sections({&all, 1}, document.root, {}, in);
  CHECK(errors.empty());
  return out;
}

child_spec spec_with(const config::pool_options& options) {
  child_spec out;
  out.id = "web";
  out.kind = "pool";
  out.start = {"php", "worker.php"};
  out.options = std::make_shared<config::pool_spec_options>(options);
  return out;
}

} // namespace

TEST_CASE("each option of a pool is changed by a reload as its row says") {
  const auto options = config::all_options(config::detail::pool_section());
  const auto before = with("queue", "{}");
  const auto made_before = containers::make_settings({"php", "worker.php"}, before);
  for (const auto& option : options) {
    if (is_group(option)) {
      continue;
    }
    INFO(option.key);
    const auto other = others.find(option.key);
    REQUIRE(other != others.end());
    const auto after = with(option.key, other->second);
    REQUIRE_FALSE(model::same_definition(spec_with(before), spec_with(after)));
    const bool ends_it = model::needs_restart(spec_with(before), spec_with(after));
    const bool renews =
        !same_process(made_before, containers::make_settings({"php", "worker.php"}, after));
    const auto really = ends_it  ? config::apply::restart
                        : renews ? config::apply::rolling
                                 : config::apply::live;
    CHECK(config::word_of(option.when) == config::word_of(really));
  }
}

TEST_CASE("another start of a pool replaces its workers and not the pool") {
  const auto options = with("queue", "{}");
  const auto before = spec_with(options);
  auto after = before;
  after.start.back() = "other.php";
  CHECK_FALSE(model::needs_restart(before, after));
  CHECK_FALSE(same_process(containers::make_settings(before.start, options),
                           containers::make_settings(after.start, options)));
}

TEST_CASE("what a worker is made with is in its definition, whoever else makes it has none there") {
  child_spec made;
  CHECK(containers::settings_in(made) == nullptr);
  made.options = std::make_shared<config::pool_spec_options>(config::pool_options{});
  CHECK(containers::settings_in(made) == nullptr);
  const auto settings = std::make_shared<const containers::pool_settings>();
  auto next = made;
  made.options = std::make_shared<containers::made_options>(settings);
  CHECK(containers::settings_in(made) == settings);
  next.options = std::make_shared<containers::made_options>(
      std::make_shared<const containers::pool_settings>());
  next.start = {"other"};
  CHECK_FALSE(model::needs_restart(made, next));
}
