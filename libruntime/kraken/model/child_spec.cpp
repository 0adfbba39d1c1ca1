// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Checking and comparing child specs, and the names of their enums.
#include "kraken/model/child_spec.hpp"

#include "kraken/model/alias.hpp"
#include "kraken/model/local_rules.hpp"

namespace kraken::model {

namespace {

tl::unexpected<error> spec_fault(std::string_view field, std::string_view fault) {
  return fail(errc::invalid_argument, std::string{field}.append(": ").append(fault));
}

result<void> check_times(const child_spec& spec) {
  if (spec.shutdown.how == shutdown_spec::mode::within && spec.shutdown.time.count() <= 0) {
    return spec_fault("shutdown", "must be more than 0 (brutal_kill ends at once)");
  }
  if (spec.ready.within.count() <= 0) {
    return spec_fault("ready.within", "must be more than 0");
  }
  if (spec.ready.how == ready_spec::mode::alive_for && spec.ready.alive_for >= spec.ready.within) {
    return spec_fault("ready.alive_for", "must be less than ready.within");
  }
  if (spec.alive.how != alive_spec::mode::none && spec.alive.every.count() <= 0) {
    return spec_fault("alive.every", "must be more than 0");
  }
  return {};
}

result<void> check_restarts(const child_spec& spec) {
  constexpr std::uint32_t percent_max = 100;
  if (spec.significant && spec.restart == restart_type::permanent) {
    return spec_fault("significant", "needs restart: transient or temporary");
  }
  if (spec.supervise.period.count() <= 0) {
    return spec_fault("supervise.period", "must be more than 0");
  }
  if (spec.backoff.factor < 1.0) {
    return spec_fault("backoff.factor", "must be at least 1");
  }
  if (spec.backoff.min.count() < 0 || spec.backoff.min > spec.backoff.max) {
    return spec_fault("backoff.min", "must be 0 or more and not above backoff.max");
  }
  if (spec.backoff.jitter_percent > percent_max) {
    return spec_fault("backoff.jitter_percent", "must be at most 100");
  }
  return {};
}

result<void> check_solving(const solve_params& how) {
  if (how.timeout.count() <= 0) {
    return spec_fault("local_params.timeout", "must be more than 0");
  }
  if (how.retries_limit == 0) {
    return spec_fault("local_params.retries_limit", "must be at least 1");
  }
  if (how.retries_interval.count() < 0) {
    return spec_fault("local_params.retries_interval", "must not be negative");
  }
  return {};
}

bool same_options(const child_spec& a, const child_spec& b) {
  if (a.options == nullptr || b.options == nullptr) {
    return a.options == b.options;
  }
  return a.options->fingerprint() == b.options->fingerprint();
}

identity runs_as_of(const child_spec& of) {
  identity who;
  if (of.options != nullptr) {
    who = of.options->runs_as();
  }
  return who;
}

bool names_somebody(const identity& who) noexcept {
  return !who.user.empty() || !who.group.empty() || who.root == root_rights::allowed;
}

} // namespace

identity kind_options::runs_as() const {
  return {};
}

bool kind_options::live_start() const {
  return false;
}

bool kind_options::adds(const kind_options& /*to*/) const {
  return false;
}

bool kind_options::excludes(const kind_options& /*other*/) const {
  return true;
}

bool kind_options::live_change(const kind_options& to) const {
  return fingerprint() == to.fingerprint();
}

result<void> check(const child_spec& spec) {
  if (auto fine = check_alias(spec.id); !fine) {
    return spec_fault("id", fine.error().context);
  }
  if (spec.kind.empty()) {
    return spec_fault("type", "is empty");
  }
  if (spec.mailbox.capacity == 0) {
    return spec_fault("mailbox.capacity", "must be at least 1");
  }
  if (auto fine = check(spec.local); !fine) {
    return spec_fault("local", fine.error().context);
  }
  if (auto fine = check_solving(spec.local_params); !fine) {
    return fine;
  }
  return check_times(spec).and_then([&spec] { return check_restarts(spec); });
}

std::shared_ptr<const identity> bounds_of_child(const child_spec& parent,
                                                const child_spec& child,
                                                std::shared_ptr<const identity> asker,
                                                nameless unnamed) {
  if (asker != nullptr) {
    return asker;
  }
  if (parent.bounds != nullptr || unnamed == nameless::as_daemon) {
    return parent.bounds;
  }
  const auto above = runs_as_of(parent);
  const auto own = runs_as_of(child);
  if (above.user.empty() || names_somebody(own)) {
    return nullptr;
  }
  return std::make_shared<const identity>(above);
}

// NOLINTNEXTLINE(misc-no-recursion): a definition's depth is limited
result<child_spec> held_to(const std::shared_ptr<const identity>& bounds, child_spec child) {
  if (const auto may = inherit(*bounds, runs_as_of(child)); !may) {
    return fail(may.error());
  }
  child.bounds = bounds;
  for (auto& each : child.children) {
    auto held = held_to(bounds, std::move(each));
    if (!held) {
      return held;
    }
    each = std::move(*held);
  }
  return child;
}

bool needs_new_container(const child_spec& from, const child_spec& to) {
  return from.kind != to.kind || from.mailbox != to.mailbox || from.shard != to.shard;
}

result<void> check_place(const supervise_spec& parent, const child_spec& child) {
  if (child.significant && parent.ends == auto_shutdown::never) {
    return spec_fault("significant", "needs auto_shutdown in supervise of its parent");
  }
  return {};
}

bool needs_restart(const child_spec& from, const child_spec& to) {
  const bool same_start = from.name == to.name && from.start == to.start && from.args == to.args;
  if (needs_new_container(from, to)) {
    return true;
  }
  if (from.options == nullptr || to.options == nullptr) {
    return !same_start || from.options != to.options;
  }
  return !(same_start || from.options->live_start()) || !from.options->live_change(*to.options);
}

bool same_definition(const child_spec& a, const child_spec& b) {
  return a.id == b.id && a.kind == b.kind && a.name == b.name && a.start == b.start &&
         a.args == b.args && a.restart == b.restart && a.significant == b.significant &&
         a.autostart == b.autostart && a.shutdown == b.shutdown && a.ready == b.ready &&
         a.alive == b.alive && a.backoff == b.backoff && a.on_give_up == b.on_give_up &&
         a.supervise == b.supervise && a.mailbox == b.mailbox && a.shard == b.shard &&
         a.local == b.local && a.local_params == b.local_params && same_options(a, b);
}

std::string_view to_string(restart_type value) noexcept {
  switch (value) {
  case restart_type::permanent:
    return "permanent";
  case restart_type::transient:
    return "transient";
  case restart_type::temporary:
    return "temporary";
  }
  return "unknown";
}

std::string_view to_string(strategy value) noexcept {
  switch (value) {
  case strategy::one_for_one:
    return "one_for_one";
  case strategy::one_for_all:
    return "one_for_all";
  case strategy::rest_for_one:
    return "rest_for_one";
  }
  return "unknown";
}

std::string_view to_string(auto_shutdown value) noexcept {
  switch (value) {
  case auto_shutdown::never:
    return "never";
  case auto_shutdown::any_significant:
    return "any_significant";
  case auto_shutdown::all_significant:
    return "all_significant";
  }
  return "unknown";
}

std::string_view to_string(give_up value) noexcept {
  switch (value) {
  case give_up::escalate:
    return "escalate";
  case give_up::park:
    return "park";
  case give_up::retry:
    return "retry";
  }
  return "unknown";
}

std::string_view to_string(overflow value) noexcept {
  switch (value) {
  case overflow::reject:
    return "reject";
  case overflow::drop_newest:
    return "drop_newest";
  case overflow::drop_oldest:
    return "drop_oldest";
  case overflow::block:
    return "block";
  }
  return "unknown";
}

std::string_view to_string(start_order value) noexcept {
  switch (value) {
  case start_order::ordered:
    return "ordered";
  case start_order::parallel:
    return "parallel";
  }
  return "unknown";
}

std::string to_string(const ready_spec& value) {
  using mode = ready_spec::mode;
  switch (value.how) {
  case mode::message:
    return "message";
  case mode::fd:
    return "fd " + value.target;
  case mode::tcp:
    return "tcp " + value.target;
  case mode::http:
    return "http " + value.target;
  case mode::exec:
    return "exec " + value.target;
  case mode::alive_for:
    return "alive_for " + kraken::to_string(value.alive_for);
  case mode::kind_default:
    break;
  }
  return "by itself";
}

} // namespace kraken::model
