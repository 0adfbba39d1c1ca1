// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Walking over option tables.
#include "config/option_table.hpp"

#include "kraken/base/nearest.hpp"

#include <algorithm>

namespace kraken::config {

namespace {

struct found_row {
  const option_row* row = nullptr;
  void* object = nullptr;
};

found_row find_row(const bound_section& in, std::string_view key) {
  for (const auto& row : in.rows->rows) {
    if (row.key == key) {
      return {&row, in.object};
    }
    if (row.key.empty()) {
      const auto inner = find_row({row.describe().inner, row.locate(in.object)}, key);
      if (inner.row != nullptr) {
        return inner;
      }
    }
  }
  return {};
}

void check_required(const bound_section& in, const node& value, reader& in_reader) {
  for (const auto& row : in.rows->rows) {
    if (row.traits.need == presence::required && value.find(row.key) == nullptr) {
      const reader::inside here{in_reader, row.key};
      in_reader.fault(value.at, "is missing (" + std::string{row.traits.summary} + ")");
    }
  }
}

// Printing only reads; `locate` serves reading too and so takes what can be changed.
const void* member_of(const option_row& row, const void* object) {
  return row.locate(const_cast<void*>(object));
}

void add_options(const section& what,
                 const std::string& prefix,
                 apply above,
                 std::vector<option_view>& out) {
  for (const auto& row : what.rows) {
    auto looks = row.describe();
    const auto when = above != apply::restart ? above : row.traits.when;
    if (row.key.empty()) {
      add_options(*looks.inner, prefix, when, out);
      continue;
    }
    auto key = prefix + std::string{row.key};
    const auto* inner = looks.is == shape::type::section ? looks.inner : nullptr;
    if (inner == nullptr && looks.is == shape::type::any_of) {
      for (const auto& part : looks.parts) {
        inner = part.is == shape::type::section ? part.inner : inner;
      }
    }
    out.push_back({key, &row, std::move(looks), when});
    if (inner != nullptr) {
      add_options(*inner, key + ".", when, out);
    }
  }
}

} // namespace

std::string_view word_of(apply value) noexcept {
  switch (value) {
  case apply::live:
    return "live";
  case apply::rolling:
    return "rolling";
  case apply::restart:
    return "restart";
  }
  return "unknown";
}

void reader::fault(const place& where, std::string message) {
  errors_.push_back({where, path_, std::move(message)});
}

reader::inside::inside(reader& in, std::string_view key) : in_(in), length_(in.path_.size()) {
  if (!in.path_.empty() && !key.empty()) {
    in.path_ += '.';
  }
  in.path_ += key;
}

reader::inside::~inside() {
  in_.path_.resize(length_);
}

void read_sections(std::span<const bound_section> into,
                   const node& value,
                   std::span<const std::string_view> elsewhere,
                   reader& in) {
  if (value.is == node::type::null) {
    return; // `queue:` with nothing below it
  }
  if (value.is != node::type::map) {
    in.fault(value.at,
             "expected a map of options, got " +
                 (value.scalar() ? "'" + value.text + "'" : std::string{"a list"}));
    return;
  }
  for (const auto& each : value.entries) {
    if (std::ranges::find(elsewhere, each.key) != elsewhere.end()) {
      continue;
    }
    const reader::inside here{in, each.key};
    found_row found;
    for (const auto& one : into) {
      found = found.row == nullptr ? find_row(one, each.key) : found;
    }
    if (found.row != nullptr) {
      found.row->read(found.row->locate(found.object), each.value, found.row->traits, in);
      continue;
    }
    std::vector<std::string_view> known{elsewhere.begin(), elsewhere.end()};
    for (const auto& one : into) {
      const auto keys = keys_of(*one.rows);
      known.insert(known.end(), keys.begin(), keys.end());
    }
    in.fault(each.at, unknown_text("unknown option", each.key, known));
  }
  for (const auto& one : into) {
    check_required(one, value, in);
  }
}

node write_section(const section& what, const void* object, exposure how) {
  node out = node::map();
  for (const auto& row : what.rows) {
    auto value = row.write(member_of(row, object), how);
    if (row.key.empty()) {
      out.entries.insert(out.entries.end(), value.entries.begin(), value.entries.end());
      continue;
    }
    if (how == exposure::redacted && row.traits.shown == secrecy::secret) {
      for (auto& each : value.entries) {
        each.value = node::of_text("(secret)");
      }
      if (value.scalar() && !value.text.empty()) {
        value = node::of_text("(secret)");
      }
    }
    out.set(row.key, std::move(value));
  }
  return out;
}

node write_restart_options(const section& what, const void* object) {
  node out = node::map();
  for (const auto& row : what.rows) {
    if (row.traits.when != apply::restart) {
      continue;
    }
    const auto looks = row.describe();
    auto value = looks.is == shape::type::section
                     ? write_restart_options(*looks.inner, member_of(row, object))
                     : row.write(member_of(row, object), exposure::full);
    if (row.key.empty()) {
      out.entries.insert(out.entries.end(), value.entries.begin(), value.entries.end());
    } else {
      out.set(row.key, std::move(value));
    }
  }
  return out;
}

std::vector<option_view> all_options(const section& what) {
  std::vector<option_view> out;
  add_options(what, {}, apply::restart, out);
  return out;
}

std::vector<std::string_view> keys_of(const section& what) {
  std::vector<std::string_view> out;
  for (const auto& row : what.rows) {
    if (row.key.empty()) {
      const auto inner = keys_of(*row.describe().inner);
      out.insert(out.end(), inner.begin(), inner.end());
    } else {
      out.push_back(row.key);
    }
  }
  return out;
}

std::string unknown_text(std::string_view what,
                         std::string_view word,
                         std::span<const std::string_view> known) {
  std::string out{what};
  if (const auto near = nearest(word, known)) {
    out.append(" (did you mean '").append(*near).append("'?)");
  }
  return out;
}

} // namespace kraken::config
