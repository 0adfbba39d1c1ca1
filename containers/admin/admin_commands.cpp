// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands of the admin API: from names and texts of the command table to verbs of the tree.
#include "containers/admin/admin_service.hpp"

#include "console/command_table.hpp"
#include "containers/admin/program_spec.hpp"

#include <charconv>
#include <span>

namespace kraken::containers {

namespace {

std::string_view value_of(const console::text_map& from, std::string_view key) {
  const auto found = from.find(key);
  return found == from.end() ? std::string_view{} : std::string_view{found->second};
}

// Arguments and flags by the table: none unknown, none missing, absent ones at their default.
result<void> complete(console::command_request& wanted, const console::command_row& row) {
  for (const auto& [key, value] : wanted.args) {
    bool known = false;
    for (const auto& each : row.arguments) {
      known = known || each.name == key;
    }
    if (!known) {
      return fail(errc::invalid_argument, "'" + wanted.command + "' has no argument '" + key + "'");
    }
  }
  for (const auto& [key, value] : wanted.flags) {
    bool known = false;
    for (const auto& each : row.flags) {
      known = known || each.name == key;
    }
    if (!known) {
      return fail(errc::invalid_argument, "'" + wanted.command + "' has no flag '--" + key + "'");
    }
  }
  for (const auto& each : row.arguments) {
    if (each.required && value_of(wanted.args, each.name).empty()) {
      return fail(errc::invalid_argument, "'" + wanted.command + "' needs the argument '"
                                            + std::string{each.name} + "'");
    }
  }
  for (const auto& each : row.flags) {
    if (!each.fallback.empty()) {
      wanted.flags.emplace(each.name, each.fallback);
    }
  }
  return {};
}

result<void> read_flags(std::string_view text, model::command& into) {
  constexpr std::string_view prefixes[] = {"CREATE_", "DESTROY_"};
  auto                       word       = text;
  for (const auto prefix : prefixes) {
    if (word.starts_with(prefix)) {
      word.remove_prefix(prefix.size());
    }
  }
  if (word.empty() || word == "DEFAULT") {
    into.flags = model::force::standard;
    into.keep  = text.starts_with("DESTROY_");
  } else if (word == "KEEP") {
    into.keep = true;
  } else if (word == "FORCE_SOFT") {
    into.flags = model::force::soft;
  } else if (word == "FORCE_HARD") {
    into.flags = model::force::hard;
  } else if (word == "FORCE") {
    into.flags = model::force::full;
  } else {
    return fail(errc::invalid_argument,
                "Given flag option is invalid: '" + std::string{text} + "'");
  }
  return {};
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
    respond_error(from,
                  error{errc::unsupported, "'" + wanted->command
                                             + "' is not carried out by the daemon"},
                  {}, {});
    return;
  }
  if (auto checked = complete(*wanted, **row); !checked) {
    respond_error(from, checked.error(), wanted->command, {});
    return;
  }
  carry_out(from, *wanted);
}

void admin_service::carry_out(net::exchange& from, const console::command_request& wanted) {
  const auto& row  = *console::find_command(wanted.command);
  const auto  name = std::string_view{row.name};
  const auto  done = [&](std::string text) {
    respond(from, 200, "application/json", console::to_json(console::command_reply{std::move(text), true, {}}));
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
  auto       made  = to_command(wanted);
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
      respond(*to, 200, "application/json",
              console::to_json(console::command_reply{std::string{text}, answer->changed, {}}));
    });
}

void admin_service::existence(net::exchange& from, const console::command_request& wanted) {
  const auto& row    = *console::find_command(wanted.command);
  const auto& board  = environment_.tree->status();
  const auto  parent = board.resolve(value_of(wanted.args, "parent"));
  if (!parent) {
    respond_error(from, parent.error(), row.name, {});
    return;
  }
  const auto path = (*parent)->path + "/" + std::string{value_of(wanted.args, "alias")};
  if (board.find(path) == nullptr) {
    respond_error(from, error{errc::not_found, std::string{row.failure}}, row.name, {});
    return;
  }
  respond(from, 200, "application/json",
          console::to_json(console::command_reply{std::string{row.success}, false, {}}));
}

void admin_service::reload(net::exchange& from, const console::command_request& wanted,
                           reload_mode how) {
  const auto  number = remember(from);
  const auto& row    = *console::find_command(wanted.command);
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
    reply.text    = reply.changed ? row.success : row.unchanged;
    reply.data    = console::to_json(std::span{std::as_const(*made)});
    respond(*to, 200, "application/json", console::to_json(reply));
  });
}

result<model::command> admin_service::to_command(const console::command_request& wanted) const {
  const auto&    row   = *console::find_command(wanted.command);
  const auto&    board = environment_.tree->status();
  model::command out;
  if (!row.effect) {
    return fail(errc::unsupported, "'" + wanted.command + "' is not available yet");
  }
  out.what = *row.effect;
  if (auto read = read_flags(value_of(wanted.flags, "flags"), out); !read) {
    return fail(read.error());
  }
  switch (row.about) {
    case console::subject::none: break;
    case console::subject::root: {
      const auto all = board.list();
      if (all.empty()) {
        return fail(errc::not_found, "there is no project");
      }
      out.target = all.front()->path;
      break;
    }
    case console::subject::alias: out.target = value_of(wanted.args, "alias"); break;
    case console::subject::parent_alias: {
      const auto parent = board.resolve(value_of(wanted.args, "parent"));
      if (!parent) {
        return fail(parent.error());
      }
      out.target = (*parent)->path;
      if (out.what != model::verb::create) {
        out.target += "/" + std::string{value_of(wanted.args, "alias")};
      }
      break;
    }
  }
  if (out.what == model::verb::create) {
    if (row.about != console::subject::parent_alias || console::family_of(row) == "thread") {
      return fail(errc::unsupported, "'" + wanted.command + "' is not available yet");
    }
    auto spec = program_spec(value_of(wanted.args, "alias"), value_of(wanted.args, "name"));
    if (!spec) {
      return fail(spec.error());
    }
    out.spec = std::make_shared<const model::child_spec>(std::move(*spec));
  }
  if (out.what == model::verb::scale) {
    const auto text   = value_of(wanted.args, "count");
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out.count);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
      return fail(errc::invalid_argument, "'" + std::string{text} + "' is no number of workers");
    }
  }
  return out;
}

} // namespace kraken::containers
