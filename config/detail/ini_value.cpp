// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// PHP's own notation of numbers: `128M`, `-1`, `0x10`.
#include "config/detail/ini_value.hpp"

#include "config/pool_options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace kraken::config::detail {

namespace {

// Those of PHP and opcache that somebody sets for a server.
constexpr std::array<std::string_view, 20> numbers{"default_socket_timeout",
                                                   "max_execution_time",
                                                   "max_file_uploads",
                                                   "max_input_nesting_level",
                                                   "max_input_time",
                                                   "max_input_vars",
                                                   "memory_limit",
                                                   "opcache.interned_strings_buffer",
                                                   "opcache.jit_buffer_size",
                                                   "opcache.max_accelerated_files",
                                                   "opcache.memory_consumption",
                                                   "opcache.revalidate_freq",
                                                   "pcre.backtrack_limit",
                                                   "pcre.recursion_limit",
                                                   "post_max_size",
                                                   "realpath_cache_size",
                                                   "realpath_cache_ttl",
                                                   "serialize_precision",
                                                   "session.gc_maxlifetime",
                                                   "upload_max_filesize"};

bool is_number(std::string_view text) {
  constexpr std::string_view multipliers = "kKmMgG";
  if (text.starts_with('-') || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) {
    text.remove_prefix(2);
  }
  if (!text.empty() && multipliers.find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  const auto* const digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

} // namespace

std::string ini_fault(std::string_view name, std::string_view value) {
  if (std::ranges::find(numbers, name) == numbers.end() || is_number(value)) {
    return {};
  }
  return "expected a number as PHP writes it, such as 128M or -1, got '" + std::string{value} + "'";
}

void warn_of_user_ini(const model::child_spec& spec,
                      const std::string& where,
                      std::vector<std::string>& warnings) {
  const auto* pool = dynamic_cast<const pool_spec_options*>(spec.options.get());
  if (pool == nullptr || pool->values.carrier != worker_carrier::classic || spec.start.empty()) {
    return;
  }
  const auto& root = pool->values.process.cwd;
  const auto file = std::filesystem::path{root} / spec.start.front() / ".user.ini";
  std::error_code ignored; // who cannot look is told so by others
  if (std::filesystem::exists(file, ignored)) {
    warnings.push_back(where + ".start: " + file.string() +
                       " is not read, unlike under php-fpm: what it says is for the pool's ini");
  }
}

} // namespace kraken::config::detail
