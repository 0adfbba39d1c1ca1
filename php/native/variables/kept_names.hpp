// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How header fields are called in `$_SERVER`: the names as PHP's strings, made once in the life of
/// the process. Knows no request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

struct _zend_string; // PHP's own name

namespace kraken::php {

/// A string that PHP neither counts nor frees. It stays for good.
[[nodiscard]] _zend_string* permanent_string(std::string_view text);

/// The string that the literals of scripts are, where there is one: who compares them looks no
/// further. Else one as above.
[[nodiscard]] _zend_string* literal_string(std::string_view text);

/// A variable that some requests have.
struct kept_name {
  _zend_string* key = nullptr; ///< null: the field is not passed on
  std::uint64_t seen_by = 0;   ///< the request that has it; of who fills a table
  std::uint32_t place = 0;     ///< where in its table
};

/// @thread one: the process has no other
class kept_names {
public:
  using entry = std::pair<const std::string, kept_name>;

  /// Clients choose the names: so many are kept, and none that is longer.
  static constexpr std::size_t names_max = 512;
  static constexpr std::size_t name_bytes_max = 64;

  /// Makes those that browsers and proxies send, so that no client can keep them out.
  void make_usual();

  /// @param field in lower case
  /// @return null: it is not kept; else valid for good
  [[nodiscard]] entry* of(std::string_view field);

private:
  struct any_text {
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::unordered_map<std::string, kept_name, any_text, std::equal_to<>> all_;
  std::string scratch_;
};

} // namespace kraken::php
