// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Narya's command line, in the syntax of Go's flag package.
#include "config/narya/narya_import.hpp"

#include <charconv>
#include <system_error>

namespace kraken::config {

namespace {

result<void> check_narya_number(std::string_view flag, std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) {
    return fail(errc::invalid_argument,
                "invalid value \"" + std::string{text} + "\" for flag -" + std::string{flag} +
                    ": parse error");
  }
  return {};
}

} // namespace

result<narya_flags> parse_narya_flags(std::span<const std::string> words) {
  narya_flags out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const auto name_at = word.starts_with("--") ? 2U : 1U;
    const auto equals = word.find('=');
    if (!word.starts_with('-') || word.size() <= name_at) {
      return fail(errc::invalid_argument, "unexpected argument '" + words[i] + "'");
    }
    const auto name = word.substr(
        name_at, equals == std::string_view::npos ? std::string_view::npos : equals - name_at);
    if (name == "version") {
      out.version = true;
      continue;
    }
    auto* target = name == "config"    ? &out.config
                   : name == "host"    ? &out.host
                   : name == "port"    ? &out.port
                   : name == "workers" ? &out.workers
                                       : nullptr;
    if (target == nullptr) {
      return fail(errc::invalid_argument, "flag provided but not defined: -" + std::string{name});
    }
    if (equals == std::string_view::npos && i + 1 == words.size()) {
      return fail(errc::invalid_argument, "flag needs an argument: -" + std::string{name});
    }
    *target = equals == std::string_view::npos ? words[++i] : std::string{word.substr(equals + 1)};
    if (target == &out.port || target == &out.workers) {
      if (auto fine = check_narya_number(name, **target); !fine) {
        return fail(fine.error());
      }
    }
  }
  return out;
}

} // namespace kraken::config
