// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/letter_door.hpp"

#include "console/command_table.hpp"
#include "console/message_json.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace kraken::containers {

namespace {

constexpr std::array letter_verbs{std::string_view{"container:send"},
                                  std::string_view{"container:request"},
                                  std::string_view{"container:command"}};

std::string_view word_of(const console::text_map& from, std::string_view key) {
  const auto found = from.find(key);
  return found == from.end() ? std::string_view{} : std::string_view{found->second};
}

result<std::vector<actor::body_ptr>> bodies_of(const std::vector<std::string>& values) {
  std::vector<actor::body_ptr> out;
  for (const auto& each : values) {
    auto packed = console::message_from_json(each);
    if (!packed) {
      return fail(packed.error());
    }
    out.push_back(std::make_shared<const std::string>(std::move(*packed)));
  }
  return out;
}

std::string quoted(std::string_view text) {
  return console::quote_json(text);
}

std::string error_json(const error& why) {
  return R"({"code":)" + quoted(to_string(why.code)) + R"(,"text":)" + quoted(why.context) + "}";
}

/// What became of the messages to one target.
struct delivery_count {
  std::array<std::size_t, 3> posted{}; ///< by actor::posted
  std::size_t of = 0;                  ///< how many there were
  std::optional<error> failed;

  [[nodiscard]] std::size_t taken() const { return posted[1] + posted[2]; }
  [[nodiscard]] std::string json(std::string_view name) const {
    return R"({"container":)" + quoted(name) + R"(,"of":)" + std::to_string(of) + R"(,"sent":)" +
           std::to_string(posted[1]) + R"(,"buffered":)" + std::to_string(posted[2]) +
           R"(,"error":)" + (failed ? error_json(*failed) : "null") + "}";
  }
};

delivery_count
deliver(actor::tree& tree, const std::string& name, const std::vector<actor::body_ptr>& bodies) {
  delivery_count out;
  out.of = bodies.size();
  for (const auto& body : bodies) {
    actor::draft what;
    what.to = name;
    what.body = body;
    const auto how = tree.send(what);
    if (!how) {
      out.failed = how.error();
      return out; // what follows would come before what is missing
    }
    ++out.posted.at(static_cast<std::size_t>(*how));
    if (*how == actor::posted::dropped) {
      out.failed = error{errc::mailbox_full, name + " has dropped it: its mailbox is full"};
      return out;
    }
  }
  return out;
}

error error_of(const actor::answer& what, const std::string& name) {
  if (what.what == actor::answer::kind::cancelled) {
    return error{errc::canceled, name + " has cancelled the request"};
  }
  const auto& why = what.why;
  return error{why.what(), why.type.empty() ? why.message : why.type + ": " + why.message};
}

/// The answers of all targets of one request.
struct gathered_answers {
  struct part {
    std::string name;
    std::optional<result<std::string>> got; ///< JSON
  };

  std::vector<part> parts;
  std::size_t missing = 0;

  [[nodiscard]] console::command_reply whole() const {
    console::command_reply out;
    out.changed = false;
    for (const auto& [name, got] : parts) {
      out.data +=
          (out.data.empty() ? "{" : ",") + quoted(name) + ":" +
          (*got ? R"({"value":)" + **got + "}" : R"({"error":)" + error_json(got->error()) + "}");
      out.failed += *got ? 0 : 1;
    }
    out.data += "}";
    return out;
  }
};

} // namespace

bool letter_door::knows(std::string_view name) noexcept {
  return std::ranges::find(letter_verbs, name) != letter_verbs.end();
}

result<letter_door::audience> letter_door::audience_of(std::string_view target) const {
  audience out;
  const auto add = [&out](std::string name) {
    if (std::ranges::find(out.names, name) == out.names.end()) {
      out.names.push_back(std::move(name));
    }
  };
  out.many = target.find(',') != std::string_view::npos || model::is_glob(target);
  while (!target.empty()) {
    const auto name = target.substr(0, target.find(','));
    target.remove_prefix(std::min(target.size(), name.size() + 1));
    if (!model::is_glob(name)) {
      add(std::string{name});
      continue;
    }
    auto meant = tree_.matching(name);
    if (meant.empty()) {
      return fail(errc::not_found, "no container matches '" + std::string{name} + "'");
    }
    std::ranges::for_each(meant, add);
  }
  return out;
}

std::function<void()> letter_door::carry_out(const console::command_request& wanted,
                                             executor& on,
                                             letter_progress progress,
                                             const letter_done& done) const {
  if (wanted.command == "container:send") {
    done(send(wanted));
    return {};
  }
  return ask(wanted, on, std::move(progress), done);
}

result<console::command_reply> letter_door::send(const console::command_request& wanted) const {
  const auto bodies = bodies_of(wanted.values);
  const auto to = bodies ? audience_of(word_of(wanted.args, "target")) : fail(bodies.error());
  if (!to) {
    return fail(to.error());
  }
  const auto& row = *console::find_command(wanted.command);
  console::command_reply out;
  out.text = row.success;
  for (const auto& name : to->names) {
    const auto how = deliver(tree_, name, *bodies);
    if (!to->many) {
      if (how.failed && how.taken() == 0) {
        return fail(*how.failed);
      }
      if (how.failed) {
        out.text = "Sent " + std::to_string(how.taken()) + " of " + std::to_string(how.of) +
                   " messages: " + how.failed->context + " (" +
                   std::string{to_string(how.failed->code)} + ")";
        out.data = "[" + how.json(name) + "]";
        out.failed = 1;
        return out;
      }
      out.text = how.posted[2] > 0 ? std::string{row.unchanged} : out.text;
      return out;
    }
    out.data += (out.data.empty() ? "[" : ",") + how.json(name);
    out.failed += how.failed ? 1 : 0;
  }
  out.data += "]";
  const auto reached = std::to_string(to->names.size() - out.failed);
  out.text = "Sent to " + reached + " of " + std::to_string(to->names.size()) + " containers.";
  return out;
}

std::function<void()> letter_door::ask(const console::command_request& wanted,
                                       executor& on,
                                       letter_progress progress,
                                       const letter_done& done) const {
  const auto bodies = bodies_of(wanted.values);
  const auto to = bodies ? audience_of(word_of(wanted.args, "target")) : fail(bodies.error());
  const auto timeout = to ? parse_duration(word_of(wanted.flags, "timeout")) : fail(to.error());
  if (!timeout) {
    done(fail(timeout.error()));
    return {};
  }
  actor::draft what;
  what.name = word_of(wanted.args, "name");
  what.timeout = *timeout;
  what.body = bodies->empty() ? nullptr : bodies->front();
  const auto all = std::make_shared<gathered_answers>();
  for (const auto& name : to->names) {
    all->parts.push_back({name, std::nullopt});
  }
  all->missing = all->parts.size();
  std::vector<std::function<void()>> open;
  for (std::size_t i = 0; i < all->parts.size(); ++i) {
    what.to = all->parts[i].name;
    open.push_back(tree_.request(
        what, on, [all, i, many = to->many, progress, done](const actor::answer& got) {
          auto& part = all->parts[i];
          if (!got.final()) {
            return progress ? progress(part.name + ": Task unfinished.") : void();
          }
          part.got = got.what == actor::answer::kind::value
                         ? console::json_from_message(got.value ? *got.value : std::string{})
                         : result<std::string>{fail(error_of(got, part.name))};
          if (--all->missing > 0) {
            return;
          }
          if (many) {
            done(all->whole());
          } else {
            done(part.got->map([](const std::string& json) {
              return console::command_reply{{}, false, json};
            }));
          }
        }));
  }
  return [open = std::move(open)] {
    for (const auto& take_back : open) {
      take_back();
    }
  };
}

} // namespace kraken::containers
