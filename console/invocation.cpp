// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Command lines taken apart word by word.
#include "console/invocation.hpp"

#include <algorithm>
#include <utility>

namespace kraken::console {

namespace {

using flag_rows = std::span<const flag_row>;

const flag_row* known_flag(flag_rows rows, std::string_view name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const flag_row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

const flag_row* known_letter(flag_rows rows, char letter) {
  const auto found = std::find_if(
      rows.begin(), rows.end(), [&](const flag_row& row) { return row.brief == letter; });
  return found == rows.end() ? nullptr : &*found;
}

/// Takes a command line apart, word by word.
class line_reader {
public:
  explicit line_reader(std::span<const std::string> words) : words_(words) {}

  result<invocation> read() {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      result<void> step;
      if (!only_values_ && word == "--") {
        only_values_ = true;
      } else if (!only_values_ && word.size() > 1 && word[0] == '-') {
        step = read_flag(word);
      } else if (out_.command == nullptr) {
        step = read_command(word);
      } else {
        step = read_argument(word);
      }
      if (!step) {
        return fail(step.error());
      }
    }
    return finish();
  }

private:
  result<void> read_command(const std::string& word) {
    auto row = require_command(word);
    if (!row) {
      return fail(row.error());
    }
    out_.command = *row;
    out_.request.command = word;
    if ((*row)->runs == place::program) {
      // Its words are the daemon program's own, Narya's single-dash flags included.
      out_.words.assign(words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end());
      const auto asks = [](const std::string& w) { return w == "-h" || w == "--help"; };
      if (std::any_of(out_.words.begin(), out_.words.end(), asks)) {
        out_.wants = wish::help;
      }
      at_ = words_.size();
    }
    return {};
  }

  result<void> read_argument(const std::string& word) {
    const auto rows = out_.command->arguments;
    if (argument_ == rows.size() && !rows.empty() && rows.back().repeatable) {
      --argument_;
    }
    if (argument_ == rows.size()) {
      return fail(errc::invalid_argument,
                  std::string{out_.command->name} + ": '" + word +
                      "' is one argument too many (usage: " + usage_of(*out_.command) + ")");
    }
    const argument_row& row = rows[argument_++];
    if (row.type == value_type::json) {
      out_.request.values.push_back(word);
      return {};
    }
    if (row.repeatable && word.empty()) { // joined to others it would not be seen
      return fail(errc::invalid_argument,
                  std::string{out_.command->name} + ": " + std::string{row.name} +
                      ": must not be empty");
    }
    auto& text = out_.request.args[std::string{row.name}];
    text += (text.empty() ? "" : ",") + word;
    return {};
  }

  result<void> read_flag(const std::string& word) {
    const bool long_form = word.starts_with("--");
    const std::size_t equals = word.find('=');
    const std::string name = long_form
                                 ? word.substr(2, equals == std::string::npos ? equals : equals - 2)
                                 : word.substr(1, 1);
    const flag_rows own = out_.command != nullptr ? out_.command->flags : flag_rows{};
    const flag_row* row = long_form ? known_flag(own, name) : known_letter(own, name[0]);
    const bool global = row == nullptr;
    if (global) {
      row = long_form ? known_flag(global_flags(), name) : known_letter(global_flags(), name[0]);
    }
    if (row == nullptr) {
      return fail(unknown_flag(out_.command, name));
    }
    // The value stands after `=`, directly after a one-letter flag, or in the next word.
    std::string value = "true";
    if (long_form && equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (!long_form && word.size() > 2) {
      value = word.substr(word[2] == '=' ? 3 : 2);
    } else if (!row->alone.empty()) {
      value = row->alone;
    } else if (row->type != value_type::flag) {
      if (at_ == words_.size()) {
        return fail(errc::invalid_argument, "flag '" + word + "' needs a value");
      }
      value = words_[at_++];
    }
    return global ? take_global(*row, value) : take_own(*row, std::move(value));
  }

  result<void> take_own(const flag_row& row, std::string value) {
    auto& text = out_.request.flags[std::string{row.name}];
    text = row.repeatable && !text.empty() ? text + "," + value : std::move(value);
    return {};
  }

  result<void> take_global(const flag_row& row, const std::string& value) {
    if (auto good = check_value(row.type, row.choices, value); !good) {
      return fail(errc::invalid_argument,
                  "--" + std::string{row.name} + ": " + good.error().context);
    }
    if (row.name == "output") {
      const auto found = std::find(row.choices.begin(), row.choices.end(), value);
      out_.output = static_cast<form>(found - row.choices.begin());
    } else if (row.name == "socket") {
      out_.socket = value;
    } else if (row.name == "timeout") {
      out_.timeout = parse_duration(value).value_or(out_.timeout);
      timeout_given_ = true;
    } else if (row.name == "help") {
      out_.wants = wish::help;
    } else if (row.name == "version") {
      out_.wants = wish::version;
    }
    return {};
  }

  result<invocation> finish() {
    if (out_.command != nullptr && !timeout_given_) {
      out_.timeout = out_.command->patience;
    }
    const auto total = out_.request.flags.find("total");
    if (total != out_.request.flags.end()) {
      out_.timeout = parse_duration(total->second).value_or(out_.timeout);
    }
    if (out_.command != nullptr && out_.wants == wish::run &&
        out_.command->runs != place::program) {
      if (out_.request.flags.contains("text")) { // words as they stand
        for (std::string& value : out_.request.values) {
          value = quote_json(value);
        }
      }
      const auto form = output_forms.at(static_cast<std::size_t>(out_.output));
      if (auto has = check_form(*out_.command, form); !has) {
        return fail(has.error());
      }
      auto checked = complete(*out_.command, std::move(out_.request));
      if (!checked) {
        return fail(checked.error());
      }
      out_.request = std::move(*checked);
    }
    return std::move(out_);
  }

  std::span<const std::string> words_;
  std::size_t at_ = 0;
  std::size_t argument_ = 0;
  bool only_values_ = false;
  bool timeout_given_ = false;
  invocation out_;
};

} // namespace

form form_meant(std::span<const std::string> words) {
  form out = form::table;
  for (std::size_t at = 0; at < words.size() && words[at] != "--"; ++at) {
    std::string_view value = words[at];
    if ((value == "-o" || value == "--output") && at + 1 < words.size()) {
      value = words[++at];
    } else if (value.starts_with("--output=")) {
      value.remove_prefix(value.find('=') + 1);
    } else if (value.starts_with("-o") && value.size() > 2) {
      value.remove_prefix(value[2] == '=' ? 3 : 2);
    } else {
      continue;
    }
    const auto found = std::ranges::find(output_forms, value);
    if (found != output_forms.end()) {
      out = static_cast<form>(found - output_forms.begin());
    }
  }
  return out;
}

result<invocation> parse_arguments(std::span<const std::string> words) {
  return line_reader{words}.read();
}

} // namespace kraken::console
