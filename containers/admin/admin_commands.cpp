// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands of the admin API: from names and texts of the command table to verbs of the tree.
#include "containers/admin/admin_service.hpp"

#include "console/command_table.hpp"
#include "console/request.hpp"
#include "containers/admin/command_words.hpp"
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
  if (name == "server:ping") {
    // Kraken's form; the daemon answers on this machine only.
    respond_done(from, {std::string{row.success}, true});
    return;
  }
  if (name == "stop") {
    respond_done(from, {std::string{row.success}, true});
    environment_.stop(value_of(wanted.flags, "now") == "true" ? stop_mode::now
                                                              : stop_mode::orderly);
    return;
  }
  if (name == "reload" || name == "config:diff" || name == "arch:apply" || name == "arch:check") {
    reload(from, wanted);
    return;
  }
  if (row.about == console::subject::parent_alias && row.effect != model::verb::create) {
    const auto child = child_named(row, wanted);
    if (!child || !row.effect) { // about one that is not there, or whether it is there
      existence(from, wanted, child);
      return;
    }
  }
  if (name == "project:create") {
    create_project(from, wanted);
    return;
  }
  if (name == "project:destroy" && environment_.tree->status().list().empty()) {
    respond_done(from, {done_sentence(row, {}, false), false});
    return;
  }
  const auto alias = std::string{value_of(wanted.args, "alias")};
  auto made = to_command(wanted);
  if (!made) {
    respond_error(from, made.error(), name, alias);
    return;
  }
  environment_.tree->execute(std::move(*made), loop_, answer_later(from, row, alias));
}

model::reply_callback admin_service::answer_later(net::exchange& from,
                                                  const console::command_row& row,
                                                  std::string alias) {
  return [this, number = remember(from), &row, alias = std::move(alias)](
             const result<model::reply>& answer) {
    auto* const to = recall(number);
    if (to == nullptr) {
      return; // the client is gone; the event log has what happened
    }
    if (answer) {
      respond_done(*to, {done_sentence(row, alias, answer->changed), answer->changed});
    } else {
      respond_error(*to, worded(row, alias, answer.error()), row.name, alias);
    }
  };
}

void admin_service::respond_done(net::exchange& to, const model::reply& what) {
  respond(to,
          200,
          "application/json",
          console::to_json(console::command_reply{what.text, what.changed, {}}));
}

/// The child that a `family:verb PARENT ALIAS` is about, if it is there and of that family.
result<actor::status_ptr> admin_service::child_named(const console::command_row& row,
                                                     const console::command_request& wanted) const {
  const auto& board = environment_.tree->status();
  const auto parent = board.resolve(value_of(wanted.args, "parent"));
  if (!parent) {
    return fail(parent.error());
  }
  const auto path = (*parent)->path + "/" + std::string{value_of(wanted.args, "alias")};
  auto found = board.find(path);
  if (found == nullptr) {
    return fail(errc::container_destroyed, "'" + path + "' does not exist");
  }
  if (!belongs_to(console::family_of(row), found->kind)) {
    return fail(errc::container_destroyed,
                "'" + path + "' is of kind '" + found->kind +
                    "': use runtime:" + std::string{row.name.substr(row.name.find(':') + 1)});
  }
  return found;
}

void admin_service::existence(net::exchange& from,
                              const console::command_request& wanted,
                              const result<actor::status_ptr>& child) {
  const auto& row = *console::find_command(wanted.command);
  const auto alias = value_of(wanted.args, "alias");
  if (child) {
    respond_done(from, {std::string{row.success}, false});
  } else if (child.error().code != errc::container_destroyed) { // there is no such parent
    respond_error(from, child.error(), row.name, {});
  } else if (row.effect == model::verb::destroy && !row.unchanged.empty()) {
    respond_done(from, {done_sentence(row, alias, false), false});
  } else if (row.effect == model::verb::destroy) {
    respond_error(
        from,
        error{errc::not_found, "Runtime with alias [" + std::string{alias} + "] does not exist."},
        row.name,
        {});
  } else {
    respond_error(
        from,
        error{errc::not_found, row.effect ? child.error().context : std::string{row.failure}},
        row.name,
        {});
  }
}

void admin_service::create_project(net::exchange& from, const console::command_request& wanted) {
  const auto& row = *console::find_command(wanted.command);
  auto made = console::model_command(row, wanted);
  if (!made) {
    respond_error(from, made.error(), row.name, {});
    return;
  }
  if (made->flags == model::force::standard && !environment_.tree->status().list().empty()) {
    respond_error(from, worded(row, {}, error{errc::already_exists, {}}), row.name, {});
    return;
  }
  environment_.create_project(made->flags, answer_later(from, row, {}));
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
    const auto id = value_of(wanted.args, "alias");
    if (value_of(wanted.args, "name") == "null" &&
        board.find(made->target + "/" + std::string{id})) {
      model::child_spec as_it_was;
      as_it_was.id = id;
      made->spec = std::make_shared<const model::child_spec>(std::move(as_it_was));
      return made;
    }
    auto spec = program_spec(id, value_of(wanted.args, "name"));
    if (!spec) {
      return fail(spec.error());
    }
    made->spec = std::make_shared<const model::child_spec>(std::move(*spec));
  }
  return made;
}

} // namespace kraken::containers
