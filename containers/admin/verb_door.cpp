// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From names and texts of the command table to commands of the tree, and back to sentences.
#include "containers/admin/verb_door.hpp"

#include "console/request.hpp"
#include "containers/admin/command_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kraken::containers {

namespace {

/// Questions only containers ask; the console has tables for them.
struct list_verb {
  std::string_view name;
  std::string_view family;
};

constexpr std::array list_verbs{list_verb{"processes:get", "process"},
                                list_verb{"threads:get", "thread"},
                                list_verb{"runtimes:get", "runtime"}};

std::string_view text_at(const console::text_map& from, std::string_view key) {
  const auto found = from.find(key);
  return found == from.end() ? std::string_view{} : std::string_view{found->second};
}

/// Which of the parameters are flags, only the row knows.
console::command_request sorted(const console::command_row& row, const console::text_map& params) {
  console::command_request out{std::string{row.name}, {}, {}};
  for (const auto& [key, value] : params) {
    const bool flag =
        std::ranges::any_of(row.flags, [&key = key](const auto& each) { return each.name == key; });
    (flag ? out.flags : out.args).emplace(key, value);
  }
  return out;
}

/// A container may say whom its child is to run as: as itself.
/// @param params without it afterwards
result<void>
take_identity(const console::command_row& row, console::text_map& params, const verb_asker& by) {
  if (by.runs_with == nullptr || row.effect != model::verb::create) {
    return {};
  }
  const model::identity asked{
      std::string{text_at(params, "user")}, std::string{text_at(params, "group")}, {}};
  params.erase("user");
  params.erase("group");
  return model::inherit(identity_of(by.runs_with->process), asked).map([](const auto&) {});
}

/// A pool keeps its size, whoever destroys what it has made: who wants less is told how.
std::string why_in_vain(const actor::status_board& board, const model::command& what) {
  const auto child = board.resolve(what.target);
  if (what.what != model::verb::destroy || !child) {
    return {};
  }
  const bool forks = (*child)->kind == "template";
  const auto pool = board.find((*child)->parent);
  if ((!forks && (*child)->kind != "worker") || pool == nullptr || pool->kind != "pool") {
    return {};
  }
  const auto others = board.children_of(pool->path);
  const auto workers = std::ranges::count(
      others, "worker", [](const auto& each) -> std::string_view { return each->kind; });
  return "The pool '" + pool->path + "' makes another one in its place" +
         (forks ? "; to have none: template: off"
          : workers > 1
              ? "; to have fewer: kraken scale " + pool->path + " " + std::to_string(workers - 1)
              : "; to have none: kraken container:stop " + pool->path) +
         ".";
}

/// The outcome of the tree's command as the row's sentence.
/// @param note a sentence more when something was changed; may be empty
model::reply_callback as_outcome(const console::command_row& row,
                                 std::string alias,
                                 std::string note,
                                 const verb_done& done) {
  return [&row, alias = std::move(alias), note = std::move(note), done](
             const result<model::reply>& answer) {
    if (answer) {
      auto text = done_sentence(row, alias, answer->changed);
      for (const auto& more : {answer->note, note}) {
        text += answer->changed && !more.empty() ? " " + more : std::string{};
      }
      done(verb_outcome{std::move(text), answer->changed, {}});
    } else {
      done(fail(worded(row, alias, answer.error())));
    }
  };
}

} // namespace

bool verb_door::knows(std::string_view name) {
  if (std::ranges::find(list_verbs, name, &list_verb::name) != list_verbs.end() ||
      name == "server:ping") {
    return true;
  }
  const auto* const row = console::find_command(name);
  return row != nullptr && row->runs == console::place::daemon &&
         (row->effect || row->about == console::subject::parent_alias);
}

void verb_door::carry_out(std::string_view name,
                          console::text_map params,
                          const verb_asker& by,
                          executor& on,
                          const verb_done& done) const {
  if (std::ranges::find(list_verbs, name, &list_verb::name) != list_verbs.end()) {
    return done(children_of(name, params, by));
  }
  const auto row = console::require_command(name);
  if (!row) {
    return done(fail(row.error()));
  }
  if (!knows(name)) {
    return done(
        fail(errc::unsupported, "'" + std::string{name} + "' is nothing a container may ask for"));
  }
  if (const auto may = take_identity(**row, params, by); !may) {
    return done(fail(worded(**row, std::string{text_at(params, "alias")}, may.error())));
  }
  auto checked = console::complete(**row, sorted(**row, params));
  if (!checked) {
    return done(fail(checked.error()));
  }
  carry_out(*checked, by, on, done);
}

void verb_door::carry_out(const console::command_request& wanted,
                          const verb_asker& by,
                          executor& on,
                          const verb_done& done) const {
  const auto& row = *console::find_command(wanted.command);
  const auto name = std::string_view{row.name};
  const bool empty = environment_.tree->status().list().empty();
  if (name == "server:ping") {
    // Kraken's form; the daemon answers on this machine only.
    return done(verb_outcome{std::string{row.success}, true, {}});
  }
  if (row.about == console::subject::parent_alias && row.effect != model::verb::create) {
    const auto child = child_named(row, wanted, by);
    if (!child || !row.effect) { // about one that is not there, or whether it is there
      return done(existence(row, wanted, child));
    }
  }
  if (name == "project:destroy" && empty) {
    return done(verb_outcome{done_sentence(row, {}, false), false, {}});
  }
  auto alias = std::string{text_at(wanted.args, "alias")};
  if (name == "project:create") {
    auto made = console::model_command(row, wanted);
    if (!made) {
      return done(fail(made.error()));
    }
    if (made->flags == model::force::standard && !empty) {
      return done(fail(worded(row, {}, error{errc::already_exists, {}})));
    }
    return environment_.create_project(
        made->flags, on, as_outcome(row, std::move(alias), {}, done));
  }
  auto made = to_command(row, wanted, by);
  if (!made) {
    return done(fail(made.error()));
  }
  made->origin = by.origin;
  if (made->what == model::verb::create) {
    made->try_once = true; // a wrong name leaves nothing behind
    if (made->spec != nullptr) {
      auto spec = *made->spec;
      spec.on_give_up = model::give_up::park; // what was tried by hand does not end the tree
      made->spec = std::make_shared<const model::child_spec>(std::move(spec));
    }
  }
  auto note = why_in_vain(std::as_const(*environment_.tree).status(), *made);
  environment_.tree->execute(
      std::move(*made), on, as_outcome(row, std::move(alias), std::move(note), done));
}

/// The child that a `family:verb PARENT ALIAS` is about, if it is there and of that family.
result<actor::status_ptr> verb_door::child_named(const console::command_row& row,
                                                 const console::command_request& wanted,
                                                 const verb_asker& by) const {
  const auto& board = environment_.tree->status();
  const auto parent = board.resolve(text_at(wanted.args, "parent"), by.stands_at());
  if (!parent) {
    return fail(parent.error());
  }
  const auto path = (*parent)->path + "/" + std::string{text_at(wanted.args, "alias")};
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

result<verb_outcome> verb_door::existence(const console::command_row& row,
                                          const console::command_request& wanted,
                                          const result<actor::status_ptr>& child) {
  const auto alias = text_at(wanted.args, "alias");
  if (child) {
    return verb_outcome{std::string{row.success}, false, {}};
  }
  if (child.error().code != errc::container_destroyed) { // there is no such parent
    return fail(child.error());
  }
  if (row.effect == model::verb::destroy && !row.unchanged.empty()) {
    return verb_outcome{done_sentence(row, alias, false), false, {}};
  }
  if (row.effect == model::verb::destroy) {
    return fail(errc::not_found, "Runtime with alias [" + std::string{alias} + "] does not exist.");
  }
  return fail(errc::not_found, row.effect ? child.error().context : std::string{row.failure});
}

result<model::command> verb_door::to_command(const console::command_row& row,
                                             const console::command_request& wanted,
                                             const verb_asker& by) const {
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
    const auto parent = board.resolve(text_at(wanted.args, "parent"), by.stands_at());
    if (!parent) {
      return fail(parent.error());
    }
    made->target = (*parent)->path;
    if (made->what != model::verb::create) {
      made->target += "/" + std::string{text_at(wanted.args, "alias")};
    }
  } else if (const auto meant = board.resolve(made->target, by.stands_at())) {
    made->target = (*meant)->path;
  } // else the tree says what is wrong with it
  if (made->what == model::verb::create) {
    if (row.about != console::subject::parent_alias) {
      return fail(errc::unsupported, "'" + wanted.command + "' is not available yet");
    }
    const auto id = text_at(wanted.args, "alias");
    if (text_at(wanted.args, "name") == "null" &&
        board.find(made->target + "/" + std::string{id})) {
      if (made->spec->restart != model::restart_type::permanent) {
        return fail(errc::invalid_argument,
                    wanted.command + ": --restart: what is created as it was keeps its own");
      }
      model::child_spec as_it_was;
      as_it_was.id = id;
      made->spec = std::make_shared<const model::child_spec>(std::move(as_it_was));
      return made;
    }
    auto spec = environment_.spec_of(
        console::family_of(row), id, text_at(wanted.args, "name"), by.runs_with.get());
    if (!spec) {
      return fail(spec.error());
    }
    spec->restart = made->spec->restart;
    const auto path = made->target + "/" + std::string{id};
    if (made->flags != model::force::standard && board.find(path) != nullptr) {
      // Who makes room for what cannot begin leaves nothing.
      if (const auto may = environment_.may_start(*spec); !may) {
        return fail(may.error().code, may.error().context + "; '" + path + "' goes on as it is");
      }
    }
    made->spec = std::make_shared<const model::child_spec>(std::move(*spec));
    made->unnamed = model::nameless::as_parent;
    if (by.runs_with != nullptr) {
      made->asker = std::make_shared<const model::identity>(identity_of(by.runs_with->process));
    }
  }
  return made;
}

result<verb_outcome> verb_door::children_of(std::string_view name,
                                            const console::text_map& params,
                                            const verb_asker& by) const {
  const auto& board = environment_.tree->status();
  const auto parent = board.resolve(text_at(params, "parent"), by.stands_at());
  if (!parent) {
    return fail(parent.error());
  }
  const auto family = std::ranges::find(list_verbs, name, &list_verb::name)->family;
  verb_outcome out;
  out.changed = false;
  for (const auto& each : board.list()) {
    if (each->parent == (*parent)->path && belongs_to(family, each->kind)) {
      out.names.push_back(each->alias);
    }
  }
  return out;
}

} // namespace kraken::containers
