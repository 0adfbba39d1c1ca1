// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Building a document from yaml-cpp's events: its own node tree keeps neither duplicate keys nor
/// the places of keys.
#include "config/yaml_reader.hpp"

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

/// Leaves the parser when a limit is reached; never leaves this file.
struct yaml_limit_reached {};

class document_builder final : public YAML::EventHandler {
public:
  document_builder(origin from, std::string source)
      : from_(from), source_(std::make_shared<const std::string>(std::move(source))) {}

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
    return {from_, source_, one_based(mark.line), one_based(mark.column)};
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
      fault(at(mark), "an alias inside of what it stands for");
      complete(node{}, 0);
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
  node root_;
  std::vector<config_error> errors_;
  std::vector<level> levels_;
  std::map<YAML::anchor_t, anchored> anchors_;
  std::size_t values_ = 0;
  std::size_t documents_ = 0;
};

} // namespace

yaml_document read_yaml(std::string_view text, origin from, std::string source) {
  document_builder builder{from, std::move(source)};
  if (text.size() > yaml_bytes_max) {
    builder.fault(builder.at(YAML::Mark::null_mark()),
                  "larger than " + std::to_string(yaml_bytes_max) + " bytes");
    return std::move(builder).take();
  }
  std::istringstream stream{std::string{text}};
  try {
    YAML::Parser parser{stream};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    builder.fault(builder.at(e.mark), e.msg);
  } catch (const yaml_limit_reached&) {
    // The builder has noted which limit.
  }
  return std::move(builder).take();
}

} // namespace kraken::config
