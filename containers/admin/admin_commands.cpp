// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands of the admin API: those about the daemon itself here, all others through the verb
/// door.
#include "containers/admin/admin_service.hpp"

#include "console/request.hpp"
#include "containers/admin/command_words.hpp"

#include <span>
#include <utility>

namespace kraken::containers {

namespace {

std::string_view value_of(const console::text_map& from, std::string_view key) {
  const auto found = from.find(key);
  return found == from.end() ? std::string_view{} : std::string_view{found->second};
}

} // namespace

void admin_service::command(net::exchange& from, std::string_view body) {
  auto wanted = console::read_command_request(body);
  if (!wanted) {
    respond_error(from, wanted.error(), {}, {});
    return;
  }
  const auto row = console::require_command(wanted->command);
  if (!row) {
    respond_error(from, row.error(), {}, {});
    return;
  }
  if ((*row)->runs != console::place::daemon) {
    respond_error(
        from,
        error{errc::unsupported, "'" + wanted->command + "' is not carried out by the daemon"},
        {},
        {});
    return;
  }
  const auto checked = console::complete(**row, std::move(*wanted));
  if (!checked) {
    respond_error(from, checked.error(), (*row)->name, {});
    return;
  }
  carry_out(from, *checked);
}

void admin_service::carry_out(net::exchange& from, const console::command_request& wanted) {
  const auto& row = *console::find_command(wanted.command);
  const auto name = std::string_view{row.name};
  if (name == "stop") {
    respond_done(from, {std::string{row.success}, true, {}});
    environment_.stop(value_of(wanted.flags, "now") == "true" ? stop_mode::now
                                                              : stop_mode::orderly);
    return;
  }
  if (name == "reload" || name == "config:diff" || name == "arch:apply" || name == "arch:check") {
    reload(from, wanted);
    return;
  }
  const auto number = remember(from);
  const auto alias = std::string{value_of(wanted.args, "alias")};
  environment_.verbs->carry_out(
      wanted, "console", loop_, [this, number, &row, alias](const result<verb_outcome>& outcome) {
        auto* const to = recall(number);
        if (to == nullptr) {
          return; // the client is gone; the event log has what happened
        }
        if (outcome) {
          respond_done(*to, *outcome);
        } else {
          respond_error(*to, outcome.error(), row.name, alias);
        }
      });
}

void admin_service::respond_done(net::exchange& to, const verb_outcome& what) {
  respond(to,
          200,
          "application/json",
          console::to_json(console::command_reply{what.text, what.changed, {}}));
}

void admin_service::reload(net::exchange& from, const console::command_request& wanted) {
  const auto& row = *console::find_command(wanted.command);
  const bool dry = value_of(wanted.flags, "dry-run") == "true";
  const bool check = row.name == "arch:check";
  const bool apply = (row.name == "reload" || row.name == "arch:apply") && !dry;
  environment_.reload(
      apply ? reload_mode::apply : reload_mode::compare,
      [this, number = remember(from), &row, dry, check](result<admin_environment::changes> made) {
        auto* const to = recall(number);
        if (to == nullptr) {
          return;
        }
        if (!made) {
          respond_error(*to, made.error(), row.name, {});
          return;
        }
        console::command_reply reply;
        reply.changed = !check && !made->empty();
        reply.text = dry && reply.changed ? "Architecture would be changed."
                     : check              ? std::string{row.success}
                                          : done_sentence(row, {}, reply.changed);
        reply.data = check ? std::string{} : console::to_json(std::span{std::as_const(*made)});
        respond(*to, 200, "application/json", console::to_json(reply));
      });
}

} // namespace kraken::containers
