// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Building a document from yaml-cpp's events: its own node tree keeps neither duplicate keys nor
/// the places of keys.
#include "config/yaml_reader.hpp"

#include "config/text_check.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace kraken::config {

namespace {

constexpr std::size_t yaml_errors_max = 100;

constexpr std::string_view tab_fault = "a tab in the indentation, where YAML allows blanks only";

/// A text whose indentation has blanks for its tabs.
struct without_tabs {
  std::string text;
  std::map<int, std::uint32_t> widened; ///< by line: columns that were added
};

struct tab_found {
  int line = 0;
  int column = 0;
};

/// Lines that a tab indents, and what they would be with `width` blanks for each.
without_tabs expanded(std::string_view text, std::uint32_t width, std::vector<tab_found>* found) {
  without_tabs out;
  int line = 0;
  while (!text.empty()) {
    const auto whole = text.substr(0, text.find('\n'));
    const auto indent = whole.substr(0, std::min(whole.find_first_not_of(" \t"), whole.size()));
    const auto first = indent.find('\t');
    for (const char c : indent) {
      out.text.append(c == '\t' ? width : 1, ' ');
    }
    if (first != std::string_view::npos && indent.size() < whole.size()) {
      out.widened[line] =
          (width - 1) * static_cast<std::uint32_t>(std::ranges::count(indent, '\t'));
      if (found != nullptr) {
        found->push_back({line, static_cast<int>(first)});
      }
    }
    out.text += whole.substr(indent.size());
    const bool ended = whole.size() < text.size();
    out.text.append(ended ? 1 : 0, '\n');
    text.remove_prefix(whole.size() + (ended ? 1 : 0));
    ++line;
  }
  return out;
}

/// Leaves the parser when a limit is reached; never leaves this file.
struct yaml_limit_reached {};

class document_builder final : public YAML::EventHandler {
public:
  /// @param widened columns added to a line by who changed the text before
  document_builder(origin from, std::string source, std::map<int, std::uint32_t> widened = {})
      : from_(from), source_(std::make_shared<const std::string>(std::move(source))),
        widened_(std::move(widened)) {}

  [[nodiscard]] yaml_document take() && { return {std::move(root_), std::move(errors_)}; }

  void fault(const place& at, std::string message) {
    if (errors_.size() < yaml_errors_max) {
      errors_.push_back({at, {}, std::move(message)});
    }
  }

  [[nodiscard]] place at(const YAML::Mark& mark) const {
    const auto one_based = [](int zero_based) {
      return static_cast<std::uint32_t>(zero_based + 1);
    };
    if (mark.is_null()) {
      return {from_, source_, 1, 1};
    }
    const auto more = widened_.find(mark.line);
    const auto added = more == widened_.end() ? 0 : more->second;
    const auto column = one_based(mark.column);
    return {from_, source_, one_based(mark.line), column > added ? column - added : 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      fault(at(mark), "only one YAML document is allowed");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    node value;
    value.at = at(mark);
    complete(std::move(value), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      node nothing; // in its place: what is missed there is the same mistake
      nothing.at = at(mark);
      fault(nothing.at, "an alias inside of what it stands for: a value cannot hold itself");
      complete(std::move(nothing), 0);
      return;
    }
    // Counted and measured before it is copied: an alias of aliases must not cost memory.
    count(found->second.size.values, at(mark));
    depth_check(found->second.size.depth, at(mark));
    complete(found->second.value, 0);
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string&,
                YAML::anchor_t anchor,
                const std::string& text) override {
    node value = node::of_text(text);
    value.at = at(mark);
    complete(std::move(value), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string&,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node::list(), mark, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string&,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node::map(), mark, anchor);
  }
  void OnMapEnd() override { close(); }

private:
  struct level {
    node value;
    YAML::anchor_t anchor = 0;
    std::optional<node> key;  ///< of a map, whose value comes next
    std::vector<node> merged; ///< of `<<`
  };

  struct extent {
    std::size_t values = 1;
    std::size_t depth = 0;
  };

  struct anchored {
    node value;
    extent size;
  };

  static extent extent_of(const node& value) {
    extent out;
    const auto add = [&out](const node& inner) {
      const auto size = extent_of(inner);
      out.values += size.values;
      out.depth = std::max(out.depth, size.depth + 1);
    };
    for (const auto& item : value.items) {
      add(item);
    }
    for (const auto& entry : value.entries) {
      add(entry.value);
    }
    return out;
  }

  void count(std::size_t more, const place& where) {
    values_ += more;
    if (values_ > yaml_values_max) {
      fault(where, "more than " + std::to_string(yaml_values_max) + " values");
      throw yaml_limit_reached{};
    }
  }

  void depth_check(std::size_t below, const place& where) {
    if (levels_.size() + below >= yaml_depth_max) {
      fault(where, "nested deeper than " + std::to_string(yaml_depth_max) + " levels");
      throw yaml_limit_reached{};
    }
  }

  void open(node value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    value.at = at(mark);
    count(1, value.at);
    depth_check(0, value.at);
    levels_.push_back({std::move(value), anchor, std::nullopt, {}});
  }

  void close() {
    auto done = std::move(levels_.back());
    levels_.pop_back();
    for (const auto& other : done.merged) {
      merge(done.value, other);
    }
    values_ -= 1; // counted when opened; `complete` counts it again
    complete(std::move(done.value), done.anchor);
  }

  /// What a map says itself wins over what `<<` brings, an earlier `<<` over a later one.
  void merge(node& into, const node& other) {
    if (other.is == node::type::list) {
      for (const auto& each : other.items) {
        merge(into, each);
      }
      return;
    }
    if (other.is != node::type::map) {
      fault(other.at, "'<<' needs a map or a list of maps");
      return;
    }
    for (const auto& each : other.entries) {
      if (into.find(each.key) == nullptr) {
        into.entries.push_back(each);
      }
    }
  }

  void complete(node value, YAML::anchor_t anchor) {
    count(1, value.at);
    if (anchor != 0) {
      anchors_[anchor] = {value, extent_of(value)};
    }
    if (levels_.empty()) {
      if (documents_ <= 1) {
        root_ = std::move(value);
      }
      return;
    }
    auto& parent = levels_.back();
    if (parent.value.is == node::type::list) {
      parent.value.items.push_back(std::move(value));
    } else if (!parent.key) {
      parent.key = std::move(value);
    } else {
      add_entry(parent, std::move(value));
    }
  }

  void add_entry(level& parent, node value) {
    const node key = std::move(*parent.key);
    parent.key.reset();
    if (key.is != node::type::text) {
      fault(key.at, "a key must be text");
      return;
    }
    if (key.text == "<<") {
      parent.merged.push_back(std::move(value));
      return;
    }
    for (const auto& there : parent.value.entries) {
      if (there.key == key.text) {
        fault(key.at,
              "duplicate key '" + key.text + "' (first in line " + std::to_string(there.at.line) +
                  ")");
        return;
      }
    }
    parent.value.entries.push_back({key.text, key.at, std::move(value)});
  }

  origin from_;
  std::shared_ptr<const std::string> source_;
  std::map<int, std::uint32_t> widened_;
  node root_;
  std::vector<config_error> errors_;
  std::vector<level> levels_;
  std::map<YAML::anchor_t, anchored> anchors_;
  std::size_t values_ = 0;
  std::size_t documents_ = 0;
};

/// What a parser makes of a text. @return false: it went no further than to a mistake it has noted
bool parse_text(std::string_view text, document_builder& builder) {
  std::istringstream stream{std::string{text}};
  try {
    YAML::Parser parser{stream};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    builder.fault(builder.at(e.mark), e.msg);
    return false;
  } catch (const yaml_limit_reached&) {
    return true; // the builder has noted which limit
  }
  return true;
}

/// Tabs end every parser at once. So that they hide nothing else, the text is read as it is meant,
/// with as many blanks for a tab as make it a document.
std::optional<yaml_document>
read_without_tabs(std::string_view text, origin from, const std::string& source) {
  std::vector<tab_found> tabs;
  std::optional<yaml_document> out;
  for (const std::uint32_t width : {2U, 4U, 8U, 1U}) {
    auto changed = expanded(text, width, out ? nullptr : &tabs);
    if (tabs.empty()) {
      return std::nullopt;
    }
    document_builder builder{from, source, std::move(changed.widened)};
    const bool whole = parse_text(changed.text, builder);
    if (whole || !out) {
      out = std::move(builder).take();
    }
    if (whole) {
      break;
    }
  }
  document_builder told{from, source};
  for (const auto& tab : tabs) {
    YAML::Mark mark;
    mark.line = tab.line;
    mark.column = tab.column;
    told.fault(told.at(mark), std::string{tab_fault});
  }
  auto said = std::move(told).take().errors;
  out->errors.insert(out->errors.begin(), said.begin(), said.end());
  return out;
}

} // namespace

yaml_document read_yaml(std::string_view text, origin from, std::string source) {
  document_builder builder{from, source};
  if (text.size() > yaml_bytes_max) {
    builder.fault(builder.at(YAML::Mark::null_mark()),
                  "larger than " + std::to_string(yaml_bytes_max) + " bytes");
    return std::move(builder).take();
  }
  if (const auto foreign = find_foreign_byte(text)) {
    constexpr std::string_view digits = "0123456789abcdef";
    YAML::Mark mark;
    mark.line = static_cast<int>(foreign->line);
    mark.column = static_cast<int>(foreign->column);
    builder.fault(builder.at(mark),
                  std::string{"expected YAML, a text in UTF-8, got the byte 0x"} +
                      digits[foreign->value >> 4U] + digits[foreign->value & 0xfU]);
    return std::move(builder).take();
  }
  if (!parse_text(text, builder)) {
    if (auto meant = read_without_tabs(text, from, source)) {
      return std::move(*meant);
    }
  }
  return std::move(builder).take();
}

} // namespace kraken::config
