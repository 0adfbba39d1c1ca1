// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The framework's status tables, and what it never showed: why a container has failed.
#include "console/render.hpp"

#include "kraken/model/alias.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace kraken::console {

namespace {

using table_row = std::vector<std::string>;

std::string capitals(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

/// What stands before each alias, for containers in tree order.
class status_prefixes {
public:
  status_prefixes(std::span<const model::container_status> containers, const style& look)
      : branch_(look.chars == charset::utf8 ? "├-" : "|-"),
        last_branch_(look.chars == charset::utf8 ? "└-" : "`-") {
    for (const auto& c : containers) {
      known_.insert(c.path);
      last_child_[c.parent] = c.path;
    }
  }

  [[nodiscard]] std::string lines(const model::container_status& c) const {
    if (!known_.contains(c.parent)) {
      return {};
    }
    std::string out{is_last(c.path) ? last_branch_ : branch_};
    // Upwards: a level whose container has siblings below goes on as a line.
    for (std::string_view at = c.parent; known_.contains(model::parent_of(at));
         at = model::parent_of(at)) {
      out.insert(0, is_last(at) ? "  " : "| ");
    }
    return out;
  }

  [[nodiscard]] std::string indents(const model::container_status& c) const {
    std::string out;
    for (std::string_view at = c.parent; known_.contains(at); at = model::parent_of(at)) {
      out += "__";
    }
    return out;
  }

private:
  [[nodiscard]] bool is_last(std::string_view path) const {
    const auto found = last_child_.find(model::parent_of(path));
    return found != last_child_.end() && found->second == path;
  }

  std::string_view branch_;
  std::string_view last_branch_;
  std::set<std::string_view> known_;
  std::map<std::string_view, std::string_view> last_child_; ///< by the parent's path
};

/// `| a | b |` with every column as wide as its widest cell.
std::string framed(std::span<const table_row> rows,
                   std::span<const model::container_status> containers,
                   const style& look) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_columns(row[i]));
    }
  }
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    std::size_t before_last = 0;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      before_last = line.size() + 2;
      line += "| " + rows[r][i] + std::string(widths[i] - display_columns(rows[r][i]) + 1, ' ');
    }
    line += "|";
    if (look.width != 0 && display_columns(line) > look.width) {
      out.append(first_columns(line, look.width)) += '\n';
      continue;
    }
    if (r > 0) {
      const std::string& state = rows[r].back();
      line.replace(before_last, state.size(), coloured(state, containers[r - 1].in, look));
    }
    out += line + "\n";
  }
  return out;
}

} // namespace

std::string render_status(std::span<const model::container_status> containers,
                          status_table form,
                          time_point now,
                          const style& look) {
  const status_prefixes prefixes{containers, look};
  std::vector<table_row> rows;
  rows.push_back(form == status_table::container ? table_row{"parent", "alias", "name", "state"}
                                                 : table_row{"alias", "name", "state"});
  std::string failures;
  for (const auto& c : containers) {
    const std::string name = c.name.empty() ? c.kind : printable(c.name);
    if (form == status_table::container) {
      rows.push_back({c.parent.empty() ? "null" : std::string{model::alias_of(c.parent)},
                      c.alias,
                      name,
                      std::to_string(static_cast<unsigned>(c.in))});
    } else {
      const auto before = form == status_table::project ? prefixes.lines(c) : prefixes.indents(c);
      rows.push_back({before + c.alias, name, capitals(to_string(c.in))});
    }
    if (c.in == model::state::failed) {
      failures += c.path + ": " + cause_text(c, now) + "\n";
    }
  }
  return framed(rows, containers, look) + failures;
}

} // namespace kraken::console
