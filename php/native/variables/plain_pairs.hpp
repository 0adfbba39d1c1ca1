// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names and values of a query or of cookies that mean what they say: nothing to decode, no name
/// that PHP would change or take for an array. Whatever else comes is left to PHP's own parser.
#pragma once

#include <string_view>

namespace kraken::php {

struct plain_pair {
  std::string_view name;
  std::string_view value;
};

/// What separates pairs, whether blanks may stand before a name, and what stands for one in a
/// value.
struct pair_rules {
  char separator;
  bool blanks_before;
  char blank; ///< besides what is escaped with %
};

inline constexpr pair_rules query_rules{'&', false, '+'};
inline constexpr pair_rules cookie_rules{';', true, '%'};

/// @thread not shared
class plain_pair_reader {
public:
  plain_pair_reader(std::string_view text, const pair_rules& rules) noexcept
      : left_(text), rules_(rules) {}

  /// @return false: the end, or a pair that is not plain
  [[nodiscard]] bool next(plain_pair& out) noexcept {
    while (!left_.empty()) {
      const auto end = left_.find(rules_.separator);
      const auto pair = without_blanks(left_.substr(0, end));
      left_ = end == std::string_view::npos ? std::string_view{} : left_.substr(end + 1);
      if (!pair.empty()) {
        plain_ = take(pair, out);
        return plain_;
      }
    }
    return false;
  }

  /// After `next` gave false: that was the end.
  [[nodiscard]] bool whole() const noexcept { return plain_; }

private:
  [[nodiscard]] std::string_view without_blanks(std::string_view pair) const noexcept {
    while (rules_.blanks_before && !pair.empty() && (pair.front() == ' ' || pair.front() == '\t')) {
      pair.remove_prefix(1);
    }
    return pair;
  }

  [[nodiscard]] bool take(std::string_view pair, plain_pair& out) const noexcept {
    const auto equals = pair.find('=');
    out.name = pair.substr(0, equals);
    out.value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    return is_plain_name(out.name) && is_plain_value(out.value);
  }

  [[nodiscard]] bool is_plain_value(std::string_view value) const noexcept {
    for (const char c : value) {
      if (c == '%' || c == rules_.blank) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] static bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  /// As PHP's variables are called, dashes besides. No digit first: that might be an index.
  [[nodiscard]] static bool is_plain_name(std::string_view name) noexcept {
    if (name.empty() || !is_letter(name.front())) {
      return false;
    }
    for (const char c : name.substr(1)) {
      if (!is_letter(c) && (c < '0' || c > '9') && c != '-') {
        return false;
      }
    }
    return true;
  }

  std::string_view left_;
  const pair_rules& rules_;
  bool plain_ = true;
};

} // namespace kraken::php
