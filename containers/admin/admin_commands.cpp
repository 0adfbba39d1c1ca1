// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands of the admin API: from names and texts of the command table to verbs of the tree.
#include "containers/admin/admin_service.hpp"

#include "console/command_table.hpp"
#include "console/request.hpp"
#include "containers/admin/program_spec.hpp"

#include <span>

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
  const auto done = [&](std::string text) {
    respond(from,
            200,
            "application/json",
            console::to_json(console::command_reply{std::move(text), true, {}}));
  };
  if (name == "server:ping") {
    done("ip=127.0.0.1"); // Kraken's form; the daemon answers on this machine only
    return;
  }
  if (name == "stop") {
    done(std::string{row.success});
    environment_.stop(value_of(wanted.flags, "now") == "true" ? stop_mode::now
                                                              : stop_mode::orderly);
    return;
  }
  if (name == "reload" || name == "config:diff") {
    reload(from, wanted, name == "reload" ? reload_mode::apply : reload_mode::compare);
    return;
  }
  if (name.ends_with(":exists")) {
    existence(from, wanted);
    return;
  }
  const auto alias = std::string{value_of(wanted.args, "alias")};
  auto made = to_command(wanted);
  if (!made) {
    respond_error(from, made.error(), name, alias);
    return;
  }
  const auto number = remember(from);
  environment_.tree->execute(
      std::move(*made), loop_, [this, number, &row, alias](result<model::reply> answer) {
        auto* const to = recall(number);
        if (to == nullptr) {
          return; // the client is gone; the event log has what happened
        }
        if (!answer) {
          respond_error(*to, answer.error(), row.name, alias);
          return;
        }
        const auto text = !answer->changed && !row.unchanged.empty() ? row.unchanged : row.success;
        respond(*to,
                200,
                "application/json",
                console::to_json(console::command_reply{std::string{text}, answer->changed, {}}));
      });
}

void admin_service::existence(net::exchange& from, const console::command_request& wanted) {
  const auto& row = *console::find_command(wanted.command);
  const auto& board = environment_.tree->status();
  const auto parent = board.resolve(value_of(wanted.args, "parent"));
  if (!parent) {
    respond_error(from, parent.error(), row.name, {});
    return;
  }
  const auto path = (*parent)->path + "/" + std::string{value_of(wanted.args, "alias")};
  if (board.find(path) == nullptr) {
    respond_error(from, error{errc::not_found, std::string{row.failure}}, row.name, {});
    return;
  }
  respond(from,
          200,
          "application/json",
          console::to_json(console::command_reply{std::string{row.success}, false, {}}));
}

void admin_service::reload(net::exchange& from,
                           const console::command_request& wanted,
                           reload_mode how) {
  const auto number = remember(from);
  const auto& row = *console::find_command(wanted.command);
  environment_.reload(how, [this, number, &row](result<admin_environment::changes> made) {
    auto* const to = recall(number);
    if (to == nullptr) {
      return;
    }
    if (!made) {
      respond_error(*to, made.error(), row.name, {});
      return;
    }
    console::command_reply reply;
    reply.changed = !made->empty();
    reply.text = reply.changed ? row.success : row.unchanged;
    reply.data = console::to_json(std::span{std::as_const(*made)});
    respond(*to, 200, "application/json", console::to_json(reply));
  });
}

result<model::command> admin_service::to_command(const console::command_request& wanted) const {
  const auto& row = *console::find_command(wanted.command);
  auto made = console::model_command(row, wanted);
  if (!made) {
    return made;
  }
  const auto& board = environment_.tree->status();
  if (row.about == console::subject::root) {
    const auto all = board.list();
    if (all.empty()) {
      return fail(errc::not_found, "there is no project");
    }
    made->target = all.front()->path;
  } else if (row.about == console::subject::parent_alias) {
    const auto parent = board.resolve(value_of(wanted.args, "parent"));
    if (!parent) {
      return fail(parent.error());
    }
    made->target = (*parent)->path;
    if (made->what != model::verb::create) {
      made->target += "/" + std::string{value_of(wanted.args, "alias")};
    }
  }
  if (made->what == model::verb::create) {
    if (row.about != console::subject::parent_alias || console::family_of(row) == "thread") {
      return fail(errc::unsupported, "'" + wanted.command + "' is not available yet");
    }
    auto spec = program_spec(value_of(wanted.args, "alias"), value_of(wanted.args, "name"));
    if (!spec) {
      return fail(spec.error());
    }
    made->spec = std::make_shared<const model::child_spec>(std::move(*spec));
  }
  return made;
}

} // namespace kraken::containers
