// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Option rows that every container has. Private to the room.
#pragma once

#include "config/detail/option_row.hpp"
#include "kraken/model/child_spec.hpp"

namespace kraken::config {

template <>
struct choice_words<model::restart_type> {
  static constexpr std::array words{
      std::pair<std::string_view, model::restart_type>{"permanent", model::restart_type::permanent},
      std::pair<std::string_view, model::restart_type>{"transient", model::restart_type::transient},
      std::pair<std::string_view, model::restart_type>{"temporary", model::restart_type::temporary},
  };
};

template <>
struct choice_words<model::strategy> {
  static constexpr std::array words{
      std::pair<std::string_view, model::strategy>{"one_for_one", model::strategy::one_for_one},
      std::pair<std::string_view, model::strategy>{"one_for_all", model::strategy::one_for_all},
      std::pair<std::string_view, model::strategy>{"rest_for_one", model::strategy::rest_for_one},
  };
};

template <>
struct choice_words<model::auto_shutdown> {
  static constexpr std::array words{
      std::pair<std::string_view, model::auto_shutdown>{"never", model::auto_shutdown::never},
      std::pair<std::string_view, model::auto_shutdown>{"any_significant",
                                                        model::auto_shutdown::any_significant},
      std::pair<std::string_view, model::auto_shutdown>{"all_significant",
                                                        model::auto_shutdown::all_significant},
  };
};

template <>
struct choice_words<model::start_order> {
  static constexpr std::array words{
      std::pair<std::string_view, model::start_order>{"ordered", model::start_order::ordered},
      std::pair<std::string_view, model::start_order>{"parallel", model::start_order::parallel},
  };
};

template <>
struct choice_words<model::give_up> {
  static constexpr std::array words{
      std::pair<std::string_view, model::give_up>{"escalate", model::give_up::escalate},
      std::pair<std::string_view, model::give_up>{"park", model::give_up::park},
      std::pair<std::string_view, model::give_up>{"retry", model::give_up::retry},
  };
};

template <>
struct choice_words<model::overflow> {
  static constexpr std::array words{
      std::pair<std::string_view, model::overflow>{"reject", model::overflow::reject},
      std::pair<std::string_view, model::overflow>{"drop_newest", model::overflow::drop_newest},
      std::pair<std::string_view, model::overflow>{"drop_oldest", model::overflow::drop_oldest},
      std::pair<std::string_view, model::overflow>{"block", model::overflow::block},
  };
};

/// `30s`, `infinity` or `brutal_kill`.
template <>
struct value_codec<model::shutdown_spec> {
  static void
  read(model::shutdown_spec& into, const node& from, const option_traits& traits, reader& in);
  static node write(const model::shutdown_spec& value, exposure how);
  static shape describe() {
    return {.is = shape::type::any_of,
            .parts = {{.is = shape::type::duration},
                      {.is = shape::type::choice, .words = {"infinity", "brutal_kill"}}}};
  }
};

/// One of the ways to show readiness, and `within`. Written forms are tables of their own.
template <>
struct value_codec<model::ready_spec> {
  static void
  read(model::ready_spec& into, const node& from, const option_traits& traits, reader& in);
  static node write(const model::ready_spec& value, exposure how);
  static shape describe();
};

template <>
struct value_codec<model::alive_spec> {
  static void
  read(model::alive_spec& into, const node& from, const option_traits& traits, reader& in);
  static node write(const model::alive_spec& value, exposure how);
  static shape describe();
};

/// A map from what matches to a directive or a list of solvers, in order.
template <>
struct value_codec<std::vector<model::local_rule>> {
  static void read(std::vector<model::local_rule>& into,
                   const node& from,
                   const option_traits& traits,
                   reader& in);
  static node write(const std::vector<model::local_rule>& value, exposure how);
  static shape describe();
};

template <>
struct option_table<model::backoff_spec> {
  static constexpr std::string_view name = "backoff";
  static constexpr std::array rows{
      row<&model::backoff_spec::min>(
          "min", {.summary = "delay before the second restart; the first is immediate"}),
      row<&model::backoff_spec::max>("max", {.summary = "longest delay", .max = 86'400'000}),
      row<&model::backoff_spec::factor>("factor",
                                        {.summary = "growth of the delay", .min = 1, .max = 100}),
      row<&model::backoff_spec::jitter_percent>(
          "jitter_percent", {.summary = "random part of the delay, more or less", .max = 100}),
  };
};

template <>
struct option_table<model::supervise_spec> {
  static constexpr std::string_view name = "supervise";
  static constexpr std::array rows{
      row<&model::supervise_spec::how>(
          "strategy", {.summary = "which siblings a failure concerns", .when = apply::live}),
      row<&model::supervise_spec::intensity>(
          "intensity",
          {.summary = "restarts allowed within period; a pool's default is twice size.max, at "
                      "least 5",
           .max = 1'000'000,
           .when = apply::live}),
      row<&model::supervise_spec::period>("period",
                                          {.summary = "time of service that forgets a restart",
                                           .min = 1,
                                           .max = 86'400'000,
                                           .when = apply::live}),
      row<&model::supervise_spec::ends>(
          "auto_shutdown",
          {.summary = "when the end of significant children ends the supervisor",
           .when = apply::live}),
      row<&model::supervise_spec::start>(
          "start",
          {.summary = "`ordered`: each child ready, a pool open for requests, before the next; a "
                      "pool's default is `parallel`",
           .when = apply::live}),
  };
};

template <>
struct option_table<model::mailbox_spec> {
  static constexpr std::string_view name = "mailbox";
  static constexpr std::array rows{
      row<&model::mailbox_spec::capacity>(
          "capacity", {.summary = "messages it holds", .min = 1, .max = 10'000'000}),
      row<&model::mailbox_spec::policy>(
          "overflow",
          {.summary = "of one more: `reject`: its sender is told; `drop_newest`: it is dropped; "
                      "`drop_oldest`: the oldest is; `block`: its sender waits for room"}),
  };
};

template <>
struct option_table<model::solve_params> {
  static constexpr std::string_view name = "local_params";
  static constexpr std::array rows{
      row<&model::solve_params::timeout>(
          "timeout",
          {.summary = "time of one try", .min = 1, .max = 86'400'000, .when = apply::live}),
      row<&model::solve_params::retries_limit>(
          "retries_limit",
          {.summary = "tries of one solver; then the failure is escalated",
           .min = 1,
           .max = 1'000,
           .when = apply::live}),
      row<&model::solve_params::retries_interval>(
          "retries_interval",
          {.summary = "time between two tries", .max = 86'400'000, .when = apply::live}),
  };
};

template <>
struct option_table<model::child_spec> {
  static constexpr std::string_view name = "container";
  static constexpr std::array rows{
      row<&model::child_spec::id>(
          "id", {.summary = "alias among its siblings", .need = presence::required}),
      row<&model::child_spec::name>("name", {.summary = "registered class"}),
      row<&model::child_spec::start>("start",
                                     {.summary = "program and arguments, no shell: "
                                                 "`[php, worker.php]` or `php worker.php`"}),
      row<&model::child_spec::args>("args", {.summary = "arguments by name, for the class"}),
      row<&model::child_spec::restart>(
          "restart",
          {.summary = "when it is started again after its end: always, after a failure, never",
           .when = apply::live}),
      row<&model::child_spec::significant>(
          "significant",
          {.summary = "whether its end counts for auto_shutdown", .when = apply::live}),
      row<&model::child_spec::autostart>(
          "autostart", {.summary = "whether it starts with its parent", .when = apply::live}),
      row<&model::child_spec::shutdown>(
          "shutdown",
          {.summary = "how long an orderly end may take; the default of `http` and `pool` is "
                      "three quarters of the daemon's `shutdown.deadline`, for requests in work",
           .min = 1,
           .max = 86'400'000,
           .when = apply::live}),
      row<&model::child_spec::ready>(
          "ready", {.summary = "how it shows that it serves", .when = apply::live}),
      row<&model::child_spec::alive>(
          "alive", {.summary = "how it shows that it still serves", .when = apply::live}),
      row<&model::child_spec::backoff>("backoff",
                                       {.summary = "delay of restarts", .when = apply::live}),
      row<&model::child_spec::on_give_up>(
          "give_up",
          {.summary = "what its supervision does when the restart budget is spent: children that "
                      "`escalate` share that of their parent, each other one has as much of its "
                      "own; a front's (`http`) default is `retry`; a pool's is `park`, its workers "
                      "are always tried again (`retry`) and share the pool's",
           .when = apply::live}),
      row<&model::child_spec::supervise>(
          "supervise", {.summary = "how it supervises its children", .when = apply::live}),
      row<&model::child_spec::mailbox>("mailbox", {.summary = "its queue of messages"}),
      row<&model::child_spec::shard>("shard",
                                     {.summary = "thread it is pinned to; -1: any",
                                      .min = -1,
                                      .max = 127,
                                      .level = tier::experimental}),
      row<&model::child_spec::local>(
          "local",
          {.summary = "its own answer to failures, first match: a class or cause to `continue`, "
                      "`restart`, `stop`, `destroy`, `escalate` or a list of solvers",
           .when = apply::live}),
      row<&model::child_spec::local_params>(
          "local_params",
          {.summary = "how long and how often a solver of local is tried", .when = apply::live}),
  };
};

static_assert(every_field_has_a_row<model::backoff_spec>());
static_assert(every_field_has_a_row<model::supervise_spec>());
static_assert(every_field_has_a_row<model::mailbox_spec>());
static_assert(every_field_has_a_row<model::solve_params>());
// kind, options, children and bounds: the kind is `type`, its options stand beside these, children
// are containers again, and a file bounds nobody.
static_assert(every_field_has_a_row<model::child_spec>(4));

} // namespace kraken::config
