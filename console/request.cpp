// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names and values of a request checked against its row; defaults filled in.
#include "console/request.hpp"

#include "console/message_json.hpp"
#include "kraken/base/nearest.hpp"
#include "kraken/base/signal_name.hpp"
#include "kraken/base/units.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace kraken::console {

namespace {

const flag_row* flag_named(std::span<const flag_row> rows, std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const flag_row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    out += (out.empty() ? "" : ", ") + std::string{word};
  }
  return out;
}

result<std::uint32_t> read_count(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) {
    return fail(errc::invalid_argument,
                "expected a whole number from 0 to " +
                    std::to_string(std::numeric_limits<std::uint32_t>::max()) + ", got '" +
                    std::string{text} + "'");
  }
  return value;
}

error at_place(const command_row& row, std::string_view place, const error& why) {
  return error{errc::invalid_argument,
               std::string{row.name} + ": " + std::string{place} + ": " + why.context};
}

error missing_argument(const command_row& row, const argument_row& argument) {
  return error{errc::invalid_argument,
               std::string{row.name} + ": argument '" + std::string{argument.name} +
                   "' is missing (usage: " + usage_of(row) + ")"};
}

result<void> check_values(const command_row& row, std::span<const std::string> values) {
  const std::size_t count = values.size();
  const auto* const argument = row.arguments.empty() ? nullptr : &row.arguments.back();
  const bool taken = argument != nullptr && argument->type == value_type::json;
  if (taken && argument->required && count == 0) {
    return fail(missing_argument(row, *argument));
  }
  if (count > (taken ? (argument->repeatable ? count : 1) : 0)) {
    return fail(errc::invalid_argument,
                std::string{row.name} + ": there are too many values (usage: " + usage_of(row) +
                    ")");
  }
  for (const std::string& each : values) {
    if (auto packed = message_from_json(each); !packed) {
      return fail(at_place(row, argument->name, packed.error()));
    }
  }
  return {};
}

result<void> check_range(const argument_row& argument, std::string_view text) {
  const auto value = read_count(text);
  return value && *value >= argument.least && *value <= argument.most
             ? result<void>{}
             : fail(errc::invalid_argument,
                    "expected a number from " + std::to_string(argument.least) + " to " +
                        std::to_string(argument.most) + ", got '" + std::string{text} + "'");
}

result<void> complete_arguments(const command_row& row, text_map& args) {
  for (const argument_row& argument : row.arguments) {
    if (argument.type == value_type::json) {
      continue; // not among the texts
    }
    const auto given = args.find(argument.name);
    if (given == args.end()) {
      if (argument.required) {
        return fail(missing_argument(row, argument));
      }
      if (!argument.fallback.empty()) {
        args.emplace(argument.name, argument.fallback);
      }
      continue;
    }
    const auto good = argument.type == value_type::count
                          ? check_range(argument, given->second)
                          : check_value(argument.type, argument.choices, given->second);
    if (!good) {
      return fail(at_place(row, argument.name, good.error()));
    }
  }
  for (const auto& [name, value] : args) {
    const auto known = std::any_of(
        row.arguments.begin(), row.arguments.end(), [&name = name](const argument_row& a) {
          return a.name == name && a.type != value_type::json;
        });
    if (!known) {
      return fail(errc::invalid_argument,
                  std::string{row.name} + ": there is no argument '" + name + "'");
    }
  }
  return {};
}

struct force_word {
  std::string_view word;
  model::force value;
};

constexpr std::array force_words{
    force_word{"CREATE_DEFAULT", model::force::standard},
    force_word{"CREATE_FORCE_SOFT", model::force::soft},
    force_word{"CREATE_FORCE_HARD", model::force::hard},
    force_word{"CREATE_FORCE", model::force::full},
    force_word{"DESTROY_KEEP", model::force::standard},
    force_word{"DESTROY_DEFAULT", model::force::standard}, // Kraken: the default is to keep
    force_word{"DESTROY_FORCE_SOFT", model::force::soft},
    force_word{"DESTROY_FORCE_HARD", model::force::hard},
    force_word{"DESTROY_FORCE", model::force::full},
};

model::restart_type restart_of(std::string_view word) {
  using enum model::restart_type;
  return word == model::to_string(temporary)   ? temporary
         : word == model::to_string(transient) ? transient
                                               : permanent;
}

/// The word of a force level given by its number: `2` is `CREATE_FORCE_HARD` or
/// `DESTROY_FORCE_HARD`. Everything else stays as it is.
std::string force_word_of(const command_row& row, const std::string& value) {
  const std::string_view family = row.effect == model::verb::create ? "CREATE_" : "DESTROY_";
  for (const force_word& known : force_words) {
    if (known.word.starts_with(family) &&
        value == std::to_string(static_cast<unsigned>(known.value))) {
      return std::string{known.word};
    }
  }
  return value;
}

result<void> complete_flags(const command_row& row, text_map& flags) {
  for (auto& [name, value] : flags) {
    const flag_row* flag = flag_named(row.flags, name);
    if (flag == nullptr) {
      return fail(unknown_flag(&row, name));
    }
    if (name == "flags") {
      value = force_word_of(row, value);
    }
    if (auto good = check_value(flag->type, flag->choices, value); !good) {
      // The framework's own sentence first: its users search for it.
      const std::string known = name == "flags" ? "Given flag option is invalid. " : "";
      return fail(
          at_place(row, "--" + name, error{errc::invalid_argument, known + good.error().context}));
    }
  }
  for (const flag_row& flag : row.flags) {
    if (!flag.fallback.empty()) {
      flags.emplace(flag.name, flag.fallback);
    }
  }
  return {};
}

std::string value_or_empty(const text_map& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string{} : found->second;
}

} // namespace

result<void>
check_value(value_type type, std::span<const std::string_view> choices, std::string_view text) {
  const std::string got = ", got '" + std::string{text} + "'";
  switch (type) {
  case value_type::flag:
    if (text != "true" && text != "false") {
      return fail(errc::invalid_argument, "is a switch and takes no value" + got);
    }
    break;
  case value_type::word:
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      return fail(errc::invalid_argument, "expected one of " + joined(choices) + got);
    }
    break;
  case value_type::count:
    return read_count(text).map([](std::uint32_t) {});
  case value_type::time:
    return parse_duration(text).map([](milliseconds) {});
  case value_type::pair:
    if (text.find('=') == std::string_view::npos || text.starts_with('=')) {
      return fail(errc::invalid_argument, "expected KEY=VALUE" + got);
    }
    break;
  case value_type::json:
    break;
  case value_type::text:
  case value_type::alias:
  case value_type::file:
    if (text.empty()) {
      return fail(errc::invalid_argument, "must not be empty");
    }
    break;
  }
  return {};
}

result<void> check_form(const command_row& row, std::string_view form) {
  if (std::find(row.forms.begin(), row.forms.end(), form) == row.forms.end()) {
    return fail(errc::invalid_argument,
                std::string{row.name} + " has no output '" + std::string{form} +
                    "', only: " + joined(row.forms));
  }
  return {};
}

error unknown_flag(const command_row* row, std::string_view name) {
  std::vector<std::string_view> known;
  for (const flag_row& flag : row != nullptr ? row->flags : std::span<const flag_row>{}) {
    known.push_back(flag.name);
  }
  for (const flag_row& flag : global_flags()) {
    known.push_back(flag.name);
  }
  std::string text = (row != nullptr ? std::string{row->name} + ": " : std::string{}) +
                     "there is no flag '" + (name.size() == 1 ? "-" : "--") + std::string{name} +
                     "'";
  if (const auto close = nearest(name, known)) {
    text += " (did you mean '--" + std::string{*close} + "'?)";
  }
  return error{errc::invalid_argument, std::move(text)};
}

result<command_request> complete(const command_row& row, command_request request) {
  if (auto good = complete_arguments(row, request.args); !good) {
    return fail(good.error());
  }
  if (auto good = check_values(row, request.values); !good) {
    return fail(good.error());
  }
  if (auto good = complete_flags(row, request.flags); !good) {
    return fail(good.error());
  }
  return request;
}

std::string subject_of(const command_row& row, const command_request& request) {
  switch (row.about) {
  case subject::none:
  case subject::root:
    return {};
  case subject::alias:
    return value_or_empty(request.args, "alias");
  case subject::parent_alias:
    return value_or_empty(request.args, "parent") + "/" + value_or_empty(request.args, "alias");
  }
  return {};
}

result<model::command> model_command(const command_row& row, const command_request& request) {
  if (!row.effect) {
    return fail(errc::unsupported, std::string{row.name} + " has no effect on a container");
  }
  model::command out;
  out.what = *row.effect;
  out.target = subject_of(row, request);
  const std::string flags = value_or_empty(request.flags, "flags");
  for (const force_word& known : force_words) {
    if (known.word == flags) {
      out.flags = known.value;
      out.keep = *row.effect == model::verb::destroy && known.value == model::force::standard;
    }
  }
  if (row.effect == model::verb::restart && value_or_empty(request.flags, "rolling") == "true") {
    out.what = model::verb::recycle;
  }
  if (row.effect == model::verb::scale) {
    auto count = read_count(value_or_empty(request.args, "count"));
    if (!count) {
      return fail(at_place(row, "count", count.error()));
    }
    out.count = *count;
  }
  if (row.effect == model::verb::signal) {
    const auto number = signal_number(value_or_empty(request.flags, "signal"));
    out.count = static_cast<std::uint32_t>(number);
  }
  if (row.effect == model::verb::create && row.about == subject::parent_alias) {
    auto spec = std::make_shared<model::child_spec>();
    spec->id = value_or_empty(request.args, "alias");
    spec->name = value_or_empty(request.args, "name");
    spec->kind = std::string{family_of(row)};
    spec->restart = restart_of(value_or_empty(request.flags, "restart"));
    out.target = value_or_empty(request.args, "parent");
    out.spec = std::move(spec);
  }
  return out;
}

std::vector<std::string> words_between_commas(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!word.empty()) {
      out.emplace_back(word);
    }
  }
  return out;
}

std::string sentence_of(std::string_view text, std::string_view alias) {
  constexpr std::string_view mark = "{alias}";
  std::string out{text};
  if (const std::size_t at = out.find(mark); at != std::string::npos) {
    out.replace(at, mark.size(), alias);
  }
  return out;
}

std::string usage_of(const command_row& row) {
  std::string out = "kraken " + std::string{row.name};
  for (const argument_row& argument : row.arguments) {
    const std::string name = upper(argument.name);
    out += argument.required ? " " + name : " [" + name + "]";
    out += argument.repeatable ? "..." : "";
  }
  for (const flag_row& flag : row.flags) {
    out += flag.brief != 0 ? std::string{" [-"} + flag.brief : " [--" + std::string{flag.name};
    out += flag.metavar.empty() ? "]"
           : flag.alone.empty() ? " " + std::string{flag.metavar} + "]"
                                : "[=" + std::string{flag.metavar} + "]]";
    if (flag.repeatable) {
      out += "...";
    }
  }
  return out;
}

} // namespace kraken::console
