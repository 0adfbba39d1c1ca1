// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's strategies as functions from what is to what is to be done.
#include "kraken/model/supervision.hpp"

#include <algorithm>
#include <cstddef>

namespace kraken::model {

namespace {

bool is_restarted(restart_type type, const cause& why) noexcept {
  return type == restart_type::permanent || (type == restart_type::transient && !why.normal());
}

bool is_wanted(const child_view& child) noexcept {
  return child.doing == activity::running || child.doing == activity::restarting;
}

/// Position of the first child the strategy concerns.
std::size_t group_begin(strategy how, std::size_t failed) noexcept {
  return how == strategy::one_for_all ? 0 : failed;
}

/// Position behind the last child the strategy concerns.
std::size_t group_end(strategy how, std::size_t failed, std::size_t size) noexcept {
  return how == strategy::one_for_one ? failed + 1 : size;
}

decision restart_group(strategy how, std::span<const child_view> children, std::size_t failed) {
  decision out;
  const std::size_t begin = group_begin(how, failed);
  const std::size_t end = group_end(how, failed, children.size());
  out.what = decision::act::restart;
  for (std::size_t i = begin; i < end; ++i) {
    const child_view& one = children[i];
    if (i == failed) {
      out.restart.push_back(one.id);
      continue;
    }
    if (!is_wanted(one)) {
      continue;
    }
    const bool runs = one.doing == activity::running;
    if (runs) {
      out.stop.push_back(one.id);
    }
    // A temporary bystander is never started again, so its definition goes as well; one that waits
    // for its turn in an ordered start has not been started yet.
    (runs && one.restart == restart_type::temporary ? out.drop : out.restart).push_back(one.id);
  }
  std::ranges::reverse(out.stop);
  return out;
}

/// Whether the end of `failed` is what auto_shutdown waits for.
bool ends_supervisor(auto_shutdown ends,
                     std::span<const child_view> children,
                     std::size_t failed) noexcept {
  if (ends == auto_shutdown::never || !children[failed].significant) {
    return false;
  }
  if (ends == auto_shutdown::any_significant) {
    return true;
  }
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (i != failed && children[i].significant && is_wanted(children[i])) {
      return false;
    }
  }
  return true;
}

} // namespace

decision on_child_end(const supervise_spec& how,
                      std::span<const child_view> children,
                      std::string_view failed,
                      const cause& why) {
  const auto found = std::ranges::find(children, failed, &child_view::id);
  if (found == children.end()) {
    return {};
  }
  const auto index = static_cast<std::size_t>(found - children.begin());
  if (why.kind == cause_kind::recycle) {
    decision out;
    out.what = decision::act::replace;
    out.restart.push_back(found->id);
    return out;
  }
  if (is_restarted(found->restart, why)) {
    return restart_group(how.how, children, index);
  }
  decision out;
  if (found->restart == restart_type::temporary) {
    out.drop.push_back(found->id);
  }
  out.shutdown = ends_supervisor(how.ends, children, index);
  return out;
}

surrender on_budget_spent(give_up wish,
                          std::span<const child_view> children,
                          std::span<const std::string> group) {
  surrender out;
  if (wish == give_up::park) {
    out.park.assign(group.begin(), group.end());
  } else {
    out.stop = stop_order(children);
  }
  return out;
}

std::vector<std::string> stop_order(std::span<const child_view> children) {
  std::vector<std::string> out;
  for (const auto& one : children) {
    if (one.doing == activity::running) {
      out.push_back(one.id);
    }
  }
  std::ranges::reverse(out);
  return out;
}

cause escalated(const cause& why, std::string_view child_path, std::string_view how) {
  cause out;
  out.kind = cause_kind::child;
  out.origin = why.origin;
  if (out.origin.empty()) {
    out.origin = child_path;
  }
  out.detail = why.detail;
  out.correlation = why.correlation;
  if (why.kind == cause_kind::child) { // it says so of the first one already
    out.message = why.message;
    return out;
  }
  out.message = "'" + std::string{child_path} + "' ";
  out.message.append(how).append(": ").append(why.text());
  return out;
}

std::string_view to_string(activity value) noexcept {
  switch (value) {
  case activity::running:
    return "running";
  case activity::restarting:
    return "restarting";
  case activity::stopped:
    return "stopped";
  case activity::parked:
    return "parked";
  }
  return "unknown";
}

std::string_view to_string(decision::act value) noexcept {
  switch (value) {
  case decision::act::restart:
    return "restart";
  case decision::act::replace:
    return "replace";
  case decision::act::finish:
    return "finish";
  }
  return "unknown";
}

} // namespace kraken::model
