// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A pool's option rows.
#include "config/pool_options.hpp"

#include "config/detail/option_row.hpp"
#include "config/detail/process_table.hpp"
#include "config/detail/sections.hpp"

#include <algorithm>
#include <optional>

namespace kraken::config {

namespace {

constexpr std::int64_t workers_max = limits::pool_workers_max;
constexpr std::int64_t day_ms = 86'400'000;

/// `size` as it is written: what is missing follows from the rest.
struct written_size {
  std::optional<std::uint32_t> min;
  std::optional<std::uint32_t> count;
  std::optional<std::uint32_t> max;
};

pool_size completed(const written_size& given) {
  const pool_size standard;
  pool_size out;
  out.count = given.count.value_or(
      given.min.value_or(std::min(standard.count, given.max.value_or(standard.count))));
  out.min = given.min.value_or(out.count);
  out.max = given.max.value_or(out.count);
  return out;
}

} // namespace

template <>
struct choice_words<worker_dialect> {
  static constexpr std::array words{
      std::pair<std::string_view, worker_dialect>{"kraken", worker_dialect::kraken},
      std::pair<std::string_view, worker_dialect>{"narya", worker_dialect::narya},
  };
};

template <>
struct choice_words<worker_carrier> {
  static constexpr std::array words{
      std::pair<std::string_view, worker_carrier>{"program", worker_carrier::program},
      std::pair<std::string_view, worker_carrier>{"native", worker_carrier::native},
      std::pair<std::string_view, worker_carrier>{"classic", worker_carrier::classic},
  };
};

template <>
struct choice_words<worker_template> {
  static constexpr std::array words{
      std::pair<std::string_view, worker_template>{"off", worker_template::off},
      std::pair<std::string_view, worker_template>{"php", worker_template::php},
      std::pair<std::string_view, worker_template>{"app", worker_template::app},
  };
};

template <>
struct choice_words<worker_transport> {
  static constexpr std::array words{
      std::pair<std::string_view, worker_transport>{"auto", worker_transport::automatic},
      std::pair<std::string_view, worker_transport>{"socket", worker_transport::socket},
      std::pair<std::string_view, worker_transport>{"slab", worker_transport::slab},
  };
};

template <>
struct option_table<pool_size> {
  static constexpr std::string_view name = "size";
  static constexpr std::array rows{
      row<&pool_size::min>("min",
                           {.summary = "fewest workers; missing: count",
                            .min = 1,
                            .max = workers_max,
                            .when = apply::live}),
      row<&pool_size::count>("count",
                             {.summary = "workers at the start; missing: min",
                              .min = 1,
                              .max = workers_max,
                              .when = apply::live}),
      row<&pool_size::max>("max",
                           {.summary = "most workers; missing: count",
                            .min = 1,
                            .max = workers_max,
                            .when = apply::live}),
  };
};

template <>
struct value_codec<pool_size> {
  static void read(pool_size& into, const node& from, const option_traits& traits, reader& in) {
    if (from.scalar()) {
      value_codec<std::uint32_t>::read(into.count, from, traits, in);
      into.min = into.max = into.count;
      return;
    }
    pool_size values;
    const bound_section one{&section_of<pool_size>(), &values};
    read_sections({&one, 1}, from, {}, in);
    const auto given = [&from](std::string_view key, std::uint32_t value) {
      return from.find(key) == nullptr ? std::nullopt : std::optional{value};
    };
    values = completed(
        {given("min", values.min), given("count", values.count), given("max", values.max)});
    if (values.min > values.count || values.count > values.max) {
      in.fault(from.at,
               "must be min <= count <= max, got min " + std::to_string(values.min) + ", count " +
                   std::to_string(values.count) + ", max " + std::to_string(values.max));
      return;
    }
    into = values;
  }
  static node write(const pool_size& value, exposure how) {
    return write_section(section_of<pool_size>(), &value, how);
  }
  static shape describe() {
    return {.is = shape::type::any_of,
            .parts = {{.is = shape::type::integer},
                      {.is = shape::type::section, .inner = &section_of<pool_size>()}}};
  }
};

template <>
struct value_codec<watched_paths> {
  static void read(watched_paths& into, const node& from, const option_traits& traits, reader& in) {
    watched_paths values;
    if (from.scalar() && (from.text == "true" || from.text == "false")) {
      values.project = from.text == "true";
    } else {
      value_codec<std::vector<std::string>>::read(values.paths, from, traits, in);
      for (const auto& each : detail::items_of(from)) {
        if (each.scalar() && each.text.empty()) {
          in.fault(each.at, "expected true, false, or paths and globs, got an empty one");
          return;
        }
      }
    }
    into = std::move(values);
  }
  static node write(const watched_paths& value, exposure how) {
    return value.paths.empty() ? node::of_truth(value.project ? "true" : "false")
                               : value_codec<std::vector<std::string>>::write(value.paths, how);
  }
  static shape describe() {
    return {.is = shape::type::any_of,
            .parts = {{.is = shape::type::truth},
                      {.is = shape::type::list, .parts = {shape{}}},
                      shape{}}};
  }
};

template <>
struct option_table<queue_options> {
  static constexpr std::string_view name = "queue";
  static constexpr std::array rows{
      row<&queue_options::max>(
          "max",
          {.summary = "requests that may wait for a worker; one more is answered 503",
           .max = 1'000'000,
           .when = apply::live}),
      row<&queue_options::timeout>(
          "timeout",
          {.summary = "how long a request may wait, then 503; 0: as long as request.timeout",
           .max = day_ms,
           .when = apply::live}),
  };
};

template <>
struct option_table<request_options> {
  static constexpr std::string_view name = "request";
  static constexpr std::array rows{
      row<&request_options::timeout>(
          "timeout",
          {.summary = "how long a worker may take for a request, then 504 and a new worker. Once "
                      "output has begun: its longest silence, then the answer is cut off; a script "
                      "that goes on to write is not stopped",
           .min = 1,
           .max = day_ms,
           .when = apply::live}),
  };
};

template <>
struct option_table<recycle_options> {
  static constexpr std::string_view name = "recycle";
  static constexpr std::array rows{
      row<&recycle_options::requests>(
          "requests",
          {.summary =
               "requests after which a worker is replaced; until its replacement is ready it "
               "serves on, for fewer than as many again; 0: no limit",
           .when = apply::live}),
      row<&recycle_options::memory>(
          "memory",
          {.summary = "memory above which a worker is replaced after its answer; 0: no limit",
           .when = apply::live}),
      row<&recycle_options::memory_hard>(
          "memory_hard",
          {.summary = "memory above which a worker is killed; looked at each second; 0: no limit",
           .when = apply::live}),
      row<&recycle_options::ttl>(
          "ttl",
          {.summary = "age at which a worker is replaced; 0: no limit", .when = apply::live}),
      row<&recycle_options::idle>(
          "idle",
          {.summary = "time without a request after which a worker is replaced; 0: no limit",
           .when = apply::live}),
  };
};

template <>
struct option_table<scale_options> {
  static constexpr std::string_view name = "scale";
  static constexpr std::array rows{
      row<&scale_options::gradual_idle>(
          "gradual_idle",
          {.summary = "idle time after which the pool gives up one worker; 0: never",
           .when = apply::live}),
      row<&scale_options::aggressive_idle>(
          "aggressive_idle",
          {.summary = "idle time after which the pool shrinks to size.min at once; 0: never",
           .when = apply::live}),
  };
};

template <>
struct option_table<pool_options> {
  static constexpr std::string_view name = "pool";
  static constexpr std::array rows{
      row<&pool_options::size>("size",
                               {.summary = "number of workers: `8`, or min, count and max",
                                .min = 1,
                                .max = workers_max,
                                .when = apply::live}),
      row<&pool_options::dialect>("dialect", {.summary = "what the workers speak"}),
      row<&pool_options::memory_limit>(
          "memory_limit",
          {.summary = "PHP's memory_limit of each worker, at least 2M; 0: as php.ini says",
           .when = apply::rolling}),
      row<&pool_options::carrier>(
          "carrier",
          {.summary =
               "what runs the workers: the program of `start`; `native`: kraken-php, `start` "
               "being a script that boots once; `classic`: kraken-php, `start` being a "
               "document root whose scripts run anew for each request",
           .when = apply::rolling}),
      row<&pool_options::fork_from>(
          "template",
          {.summary = "whether kraken-php's workers are forked from a template, and when: `php`: "
                      "PHP has started; `app`: `start` has booted and waits for a request; `off`: "
                      "each is executed",
           .when = apply::rolling}),
      row<&pool_options::warm>(
          "warm",
          {.summary =
               "what a `template: app` serves to itself before it forks, so that the workers "
               "share what it makes: paths, or URLs where the host matters. Answers are "
               "dropped",
           .when = apply::rolling}),
      row<&pool_options::transport>(
          "transport",
          {.summary =
               "how requests reach workers of kraken-php: `slab`, by shared memory, which `auto` "
               "means, or `socket`. Other workers always use their socket",
           .when = apply::rolling}),
      row<&pool_options::ini>(
          "ini",
          {.summary =
               "PHP settings of kraken-php, as of `php -d`. The log warns of one that PHP does "
               "not know",
           .when = apply::rolling}),
      row<&pool_options::ini_fixed>(
          "ini_fixed",
          {.summary = "PHP settings of kraken-php that no script can change, as php-fpm's "
                      "php_admin_value; stronger than `ini`. One that PHP does not know is an "
                      "error",
           .when = apply::rolling}),
      row<&pool_options::queue>(
          "queue", {.summary = "requests that wait for a worker", .when = apply::live}),
      row<&pool_options::request>("request", {.summary = "a request in work", .when = apply::live}),
      row<&pool_options::recycle>("recycle",
                                  {.summary = "when a worker is replaced", .when = apply::live}),
      row<&pool_options::scale>("scale", {.summary = "when the pool shrinks", .when = apply::live}),
      row<&pool_options::watch>(
          "watch",
          {.summary =
               "files whose change replaces the template and then the workers one by one, while "
               "developing: `true`, those of the project the script belongs to, or paths and "
               "globs relative to `cwd`, such as `src` or `templates/**/*.html`",
           .when = apply::live}),
      row<&pool_options::output>("output", output_traits),
      row<&pool_options::process>("", {.when = apply::rolling}),
  };
};

static_assert(every_field_has_a_row<pool_size>());
static_assert(every_field_has_a_row<queue_options>());
static_assert(every_field_has_a_row<request_options>());
static_assert(every_field_has_a_row<recycle_options>());
static_assert(every_field_has_a_row<scale_options>());
static_assert(every_field_has_a_row<pool_options>());

const section& detail::pool_section() {
  return section_of<pool_options>();
}

std::string pool_spec_options::fingerprint() const {
  return to_json_text(write_section(section_of<pool_options>(), &values, exposure::full), 0);
}

bool pool_spec_options::live_change(const model::kind_options& to) const {
  const auto* other = dynamic_cast<const pool_spec_options*>(&to);
  return other != nullptr && differs_live(values, other->values);
}

} // namespace kraken::config
