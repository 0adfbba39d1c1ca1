// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The tree of containers drawn with lines.
#include "console/render.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace kraken::console {

namespace {

struct branch_marks {
  std::string_view child;
  std::string_view last_child;
  std::string_view through;
  std::string_view blank;
};

constexpr branch_marks utf8_marks{"├─ ", "└─ ", "│  ", "   "};
constexpr branch_marks ascii_marks{"|- ", "`- ", "|  ", "   "};

using status_ref = const model::container_status*;

/// Lays the containers out as rows `label kind state detail`.
class tree_rows {
public:
  tree_rows(std::span<const model::container_status> containers, time_point now, const style& look)
      : now_(now), marks_(look.chars == charset::utf8 ? utf8_marks : ascii_marks) {
    std::set<std::string_view> known;
    for (const auto& container : containers) {
      known.insert(container.path);
    }
    for (const auto& container : containers) {
      const bool top = !known.contains(container.parent) || container.parent == container.path;
      children_[top ? std::string_view{} : std::string_view{container.parent}].push_back(
          &container);
    }
    for (const status_ref root : children_[std::string_view{}]) {
      // A part of the tree shows where it hangs.
      add(*root, root->parent.empty() ? root->alias : root->path, "", 0);
    }
  }

  [[nodiscard]] const std::vector<std::vector<std::string>>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<status_ref>& order() const { return order_; }

private:
  void add(const model::container_status& c,
           const std::string& label,
           const std::string& below,
           std::size_t depth) {
    std::string state{to_string(c.in)};
    if (c.at != model::phase::ready && c.at != model::phase::ended && c.at != model::phase::idle &&
        c.at != model::phase::gone) {
      state += " (" + std::string{to_string(c.at)} + ")";
    }
    rows_.push_back({label, c.kind, std::move(state), detail(c)});
    order_.push_back(&c);
    const auto found = children_.find(c.path);
    // The depth limit also ends a cycle in an answer that is not a tree.
    if (found == children_.end() || depth >= limits::tree_depth_max) {
      return;
    }
    for (const status_ref child : found->second) {
      const bool last = child == found->second.back();
      add(*child,
          below + std::string{last ? marks_.last_child : marks_.child} + child->alias,
          below + std::string{last ? marks_.blank : marks_.through},
          depth + 1);
    }
  }

  [[nodiscard]] std::string detail(const model::container_status& c) const {
    std::string out;
    const auto add_word = [&out](const std::string& word) {
      out += (out.empty() ? "" : "  ") + word;
    };
    if (!c.name.empty()) {
      add_word(printable(c.name));
    }
    if (c.pid != 0) {
      add_word("pid " + std::to_string(c.pid));
    }
    if (c.restarts != 0) {
      add_word(std::to_string(c.restarts) + (c.restarts == 1 ? " restart" : " restarts"));
    }
    if (const std::string why = cause_text(c, now_); !why.empty()) {
      add_word(why);
    }
    return out;
  }

  time_point now_;
  branch_marks marks_;
  std::map<std::string_view, std::vector<status_ref>> children_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<status_ref> order_;
};

using table_rows = std::vector<std::vector<std::string>>;

std::size_t widest(const table_rows& rows, std::size_t column) {
  std::size_t out = 0;
  for (const auto& row : rows) {
    out = std::max(out, display_columns(row[column]));
  }
  return out;
}

/// In a narrow terminal the state stays in sight: first the kinds go, then labels lose their ends.
table_rows made_narrow(table_rows rows, const style& look) {
  constexpr std::size_t gap = 2;
  constexpr std::size_t kind = 1;
  constexpr std::size_t label_wanted = 16;
  constexpr std::size_t label_few = 8;
  constexpr std::size_t label_min = 4;
  if (look.width == 0 || rows.empty()) {
    return rows;
  }
  const auto left = [&](std::size_t taken) { return look.width - std::min(look.width, taken); };
  const auto state = widest(rows, 2) + gap;
  const auto label = widest(rows, 0);
  auto room = left(state + widest(rows, kind) + gap);
  if (room < std::min(label, label_wanted)) {
    for (auto& row : rows) { // then the state stands in its place
      row.erase(row.begin() + kind);
    }
    room = left(state);
  }
  if (room < label_few) { // what it does meanwhile goes, too
    for (auto& row : rows) {
      row[kind].resize(std::min(row[kind].size(), row[kind].find(' ')));
    }
    room = left(widest(rows, kind) + gap);
  }
  room = std::max(room, label_min);
  const std::string_view mark = look.chars == charset::utf8 ? "…" : "~";
  for (auto& row : rows) {
    if (display_columns(row.front()) > room) {
      row.front() = std::string{first_columns(row.front(), room - 1)}.append(mark);
    }
  }
  return rows;
}

} // namespace

std::string render_tree(std::span<const model::container_status> containers,
                        time_point now,
                        const style& look) {
  const tree_rows tree{containers, now, look};
  const auto rows = made_narrow(tree.rows(), look);
  const std::string plain = render_table(rows, {}, look);
  if (look.colours == paint::plain) {
    return plain;
  }
  std::string out;
  std::string_view rest = plain;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    out += with_coloured_state(line, rows[i].front().size(), tree.order()[i]->in, look);
    out += '\n';
  }
  return out;
}

} // namespace kraken::console
