// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands of the admin API: those about the daemon itself here, all others through the verb
/// door.
#include "containers/admin/admin_service.hpp"

#include "console/failure.hpp"
#include "console/request.hpp"
#include "containers/admin/command_words.hpp"
#include "containers/admin/situation.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace kraken::containers {

namespace {

std::string_view value_of(const console::text_map& from, std::string_view key) {
  const auto found = from.find(key);
  return found == from.end() ? std::string_view{} : std::string_view{found->second};
}

/// Of what a `family:verb PARENT ALIAS` is about, there or not.
std::string child_path(const actor::status_board& board, const console::command_request& wanted) {
  const auto parent = board.resolve(value_of(wanted.args, "parent"));
  return (parent ? (*parent)->path : std::string{value_of(wanted.args, "parent")}) + "/" +
         std::string{value_of(wanted.args, "alias")};
}

/// The configuration has the name of a file, not what is behind it.
std::string renewal_hint(const actor::status_board& board) {
  constexpr std::size_t named_max = 4;
  std::string pools;
  std::size_t number = 0;
  for (const auto& each : board.list()) {
    if (each->kind == "pool" && ++number <= named_max) {
      pools += " " + each->path;
    }
  }
  return "code that was changed, or a link that leads elsewhere, is no change of the "
         "configuration; "
         "to take it: kraken restart --rolling" +
         (number == 0 || number > named_max ? " ALIAS..." : pools);
}

console::api_error refusal(const actor::status_board& board,
                           const error& why,
                           std::string_view command,
                           std::string_view alias) {
  const bool nobody = why.code == errc::not_found && board.list().empty();
  return {why, nobody ? "kraken project:create" : console::next_command(why.code, command, alias)};
}

std::string listed(std::span<const std::string> paths) {
  std::string out;
  for (const auto& each : paths) {
    out += (out.empty() ? "" : ", ") + each;
  }
  return out;
}

/// Which of several had their turn before the one that failed, and which have none any more.
std::string left_over(std::span<const std::string> paths, std::size_t failed) {
  const auto before = listed(paths.first(failed));
  const auto after = listed(paths.subspan(failed + 1));
  return (before.empty() ? "" : "; done before: " + before) +
         (after.empty() ? "" : "; not touched: " + after);
}

/// Whether a command takes its containers in turn: those of a list, or of a glob where it takes
/// one.
bool takes_turns(const console::command_row& row, std::string_view alias) {
  return alias.find(',') != std::string_view::npos ||
         (model::is_glob(alias) && row.arguments.back().repeatable);
}

/// The containers that a glob means, in the order of the tree. What is below one of them goes
/// through it with that one.
std::vector<std::string> meant_by(std::string_view glob, std::vector<std::string> matching) {
  std::erase_if(matching, [&](const std::string& path) {
    for (auto up = model::parent_of(path); !up.empty(); up = model::parent_of(up)) {
      if (model::matches_glob(glob, up)) {
        return true;
      }
    }
    return false;
  });
  return matching;
}

/// "Container has been restarted." of several.
std::string sentence_of_many(std::string_view one, std::size_t number) {
  if (number == 1) {
    return std::string{one};
  }
  const auto rest = one.substr(std::min(one.size(), std::string_view{"Container has"}.size()));
  return std::to_string(number) + " containers have" + std::string{rest};
}

} // namespace

/// One verb for several containers. All are known before the first is touched; then they take
/// turns, so that a version that does not come up is met by one of them.
struct admin_service::turns {
  command_answers::number number = 0;
  console::command_request wanted;
  std::string origin;
  std::vector<std::string> paths;
  std::size_t at = 0;
  std::vector<console::change_record> done{};
};

void admin_service::command(net::exchange& from, const wire::request_facts& facts) {
  auto wanted = console::read_command_request(facts.body);
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
  carry_out(from, *checked, {form_of(facts), origin_of(facts)});
}

command_answers::situation admin_service::situation_of(std::string target) const {
  return [&board = std::as_const(*environment_.tree).status(), target = std::move(target)] {
    const auto at = board.resolve(target);
    return at ? situation_text((*at)->path, board.children_of((*at)->path)) : std::string{};
  };
}

/// To destroy what is not there is done already, says the framework: a typing error is, too.
std::string admin_service::name_in_doubt(const console::command_row& row,
                                         const console::command_request& wanted) const {
  if (row.effect != model::verb::destroy || row.about == console::subject::root) {
    return {};
  }
  const auto& board = environment_.tree->status();
  const auto name = row.about == console::subject::parent_alias
                        ? child_path(board, wanted)
                        : std::string{value_of(wanted.args, "alias")};
  const auto found = board.resolve(name);
  const bool close = !found && found.error().context.find("did you mean") != std::string::npos;
  return close && end_text(board, name).empty() ? found.error().context : std::string{};
}

void admin_service::carry_out(net::exchange& from,
                              const console::command_request& wanted,
                              const asker& by) {
  const auto& row = *console::find_command(wanted.command);
  const auto name = std::string_view{row.name};
  if (name == "stop") {
    note(row, by);
    answers_.reply(answers_.begin(from, by.form, {}), {std::string{row.success}, true, {}});
    environment_.stop(value_of(wanted.flags, "now") == "true" ? stop_mode::now
                                                              : stop_mode::orderly);
    return;
  }
  if (name == "reload" || name == "config:diff" || name == "arch:apply" || name == "arch:check") {
    return reload(from, wanted, by);
  }
  if (letter_door::knows(name)) {
    return letter(from, wanted, by.form);
  }
  const auto alias = std::string{value_of(wanted.args, "alias")};
  if (takes_turns(row, alias)) {
    return begin_turns(from, wanted, by);
  }
  const auto number = answers_.begin(from, by.form, situation_of(alias));
  auto warning = name_in_doubt(row, wanted);
  const bool of_parent = row.about == console::subject::parent_alias;
  const auto about = of_parent ? std::string{value_of(wanted.args, "parent")} : alias;
  // Its alias alone may be another's, too.
  const auto named = of_parent ? child_path(environment_.tree->status(), wanted) : alias;
  const verb_asker who{by.origin, nullptr}; // who may open the socket is an operator
  environment_.verbs->carry_out(
      wanted,
      who,
      loop_,
      [this, number, &row, named, about, warning = std::move(warning)](
          const result<verb_outcome>& outcome) {
        if (outcome) {
          answers_.reply(number, {outcome->text, outcome->changed, {}, 0, warning});
        } else {
          const auto& board = environment_.tree->status();
          answers_.refuse(
              number, refusal(board, not_there(board, about, outcome.error()), row.name, named));
        }
      });
}

result<std::vector<std::string>> admin_service::containers_of(const std::string& name) const {
  const auto& board = std::as_const(*environment_.tree).status();
  if (!model::is_glob(name)) {
    const auto found = board.resolve(name);
    return found ? result<std::vector<std::string>>{{(*found)->path}}
                 : fail(not_there(board, name, found.error()));
  }
  auto meant = meant_by(name, environment_.tree->matching(name));
  return meant.empty() ? fail(errc::not_found, "no container matches '" + name + "'")
                       : result<std::vector<std::string>>{std::move(meant)};
}

void admin_service::begin_turns(net::exchange& from,
                                const console::command_request& wanted,
                                const asker& by) {
  const auto& board = std::as_const(*environment_.tree).status();
  const auto all = std::make_shared<turns>(turns{0, wanted, by.origin, {}});
  for (const auto& name : console::words_between_commas(value_of(wanted.args, "alias"))) {
    const auto found = containers_of(name);
    if (!found) {
      const auto number = answers_.begin(from, by.form, {});
      return answers_.refuse(number, refusal(board, found.error(), wanted.command, name));
    }
    for (const auto& path : *found) {
      if (std::ranges::find(all->paths, path) == all->paths.end()) {
        all->paths.push_back(path);
      }
    }
  }
  all->number = answers_.begin(from, by.form, [this, all] {
    return all->at < all->paths.size() ? situation_of(all->paths[all->at])() : std::string{};
  });
  take_turn(all);
}

void admin_service::take_turn(const std::shared_ptr<turns>& all) {
  const auto& row = *console::find_command(all->wanted.command);
  if (all->at == all->paths.size()) {
    answers_.reply(all->number,
                   {sentence_of_many(row.success, all->at),
                    true,
                    console::to_json(std::span{std::as_const(all->done)})});
    return;
  }
  const auto& path = all->paths[all->at];
  all->wanted.args["alias"] = path;
  environment_.verbs->carry_out(
      all->wanted,
      {all->origin, nullptr},
      loop_,
      [this, all, &row, &path](const result<verb_outcome>& outcome) {
        if (!outcome) {
          auto why = outcome.error();
          why.context = path + ": " + why.context + left_over(all->paths, all->at);
          return answers_.refuse(all->number,
                                 refusal(environment_.tree->status(), why, row.name, path));
        }
        console::change_record one;
        one.what = row.name;
        one.container = path;
        all->done.push_back(std::move(one));
        ++all->at;
        take_turn(all);
      });
}

/// What concerns the daemon itself; the tree notes all others.
void admin_service::note(const console::command_row& row, const asker& by) {
  environment_.tree->status().note(
      "", "command", {{"verb", std::string{row.name}}, {"origin", by.origin}});
}

void admin_service::letter(net::exchange& from,
                           const console::command_request& wanted,
                           answer_form form) {
  const auto number = answers_.begin(from, form, {});
  auto take_back = letters_.carry_out(
      wanted,
      loop_,
      [this, number](const std::string& text) { answers_.progress(number, text); },
      [this, number, name = wanted.command, to = std::string{value_of(wanted.args, "target")}](
          const result<console::command_reply>& reply) {
        if (reply) {
          answers_.reply(number, *reply);
        } else {
          answers_.refuse(number, refusal(environment_.tree->status(), reply.error(), name, to));
        }
      });
  answers_.when_abandoned(number, std::move(take_back));
}

void admin_service::reload(net::exchange& from,
                           const console::command_request& wanted,
                           const asker& by) {
  const auto& row = *console::find_command(wanted.command);
  const bool dry = value_of(wanted.flags, "dry-run") == "true";
  const bool check = row.name == "arch:check";
  const bool apply = (row.name == "reload" || row.name == "arch:apply") && !dry;
  if (apply) {
    note(row, by);
  }
  const auto number = answers_.begin(from, by.form, apply ? environment_.reloaded_so_far : nullptr);
  const auto files = console::words_between_commas(value_of(wanted.flags, "config"));
  environment_.reload(
      apply ? reload_mode::apply : reload_mode::compare,
      files,
      [this, number, &row, dry, check](result<admin_environment::changes> made) {
        if (!made) {
          return answers_.refuse(number,
                                 refusal(environment_.tree->status(), made.error(), row.name, {}));
        }
        console::command_reply reply;
        reply.changed = !check && !made->empty();
        reply.text = dry && reply.changed ? "Architecture would be changed."
                     : check              ? std::string{row.success}
                                          : done_sentence(row, {}, reply.changed);
        if (row.name == "reload" && !reply.changed) {
          reply.hint = renewal_hint(environment_.tree->status());
        }
        reply.data = check ? std::string{} : console::to_json(std::span{std::as_const(*made)});
        answers_.reply(number, reply);
      });
}

} // namespace kraken::containers
