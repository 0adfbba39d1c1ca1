// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/native/arguments.hpp"

#include "kraken/base/nearest.hpp"

#include <charconv>
#include <utility>
#include <vector>

namespace kraken::native {

namespace {

[[noreturn]] void refuse_argument(std::string_view name, const std::string& why) {
  throw argument_error("argument '" + std::string(name) + "': " + why);
}

} // namespace

const std::string* arguments::take(std::string_view name) {
  const auto known = read_.emplace(name).first;
  const auto found = given_.find(*known);
  return found == given_.end() ? nullptr : &found->second;
}

std::string arguments::text(std::string_view name, std::string otherwise) {
  const auto* given = take(name);
  return given == nullptr ? std::move(otherwise) : *given;
}

std::string arguments::required(std::string_view name) {
  const auto* given = take(name);
  if (given == nullptr) {
    refuse_argument(name, "is missing");
  }
  return *given;
}

std::int64_t arguments::number(std::string_view name,
                               std::int64_t otherwise,
                               std::int64_t min,
                               std::int64_t max) {
  const auto* given = take(name);
  if (given == nullptr) {
    return otherwise;
  }
  std::int64_t read = 0;
  const char* const end = given->data() + given->size();
  const auto parsed = std::from_chars(given->data(), end, read);
  if (parsed.ec != std::errc{} || parsed.ptr != end || read < min || read > max) {
    refuse_argument(name,
                    "expected a whole number from " + std::to_string(min) + " to " +
                        std::to_string(max) + ", got '" + *given + "'");
  }
  return read;
}

milliseconds arguments::duration(std::string_view name, milliseconds otherwise) {
  const auto* given = take(name);
  if (given == nullptr) {
    return otherwise;
  }
  const auto read = parse_duration(*given);
  if (!read) {
    refuse_argument(name, read.error().context);
  }
  return *read;
}

bytes arguments::size(std::string_view name, bytes otherwise) {
  const auto* given = take(name);
  if (given == nullptr) {
    return otherwise;
  }
  const auto read = parse_size(*given);
  if (!read) {
    refuse_argument(name, read.error().context);
  }
  return *read;
}

bool arguments::truth(std::string_view name, bool otherwise) {
  const auto* given = take(name);
  if (given == nullptr) {
    return otherwise;
  }
  if (*given != "true" && *given != "false") {
    refuse_argument(name, "expected true or false, got '" + *given + "'");
  }
  return *given == "true";
}

void arguments::expect_all_read() const {
  for (const auto& [name, text] : given_) {
    if (read_.contains(name)) {
      continue;
    }
    const std::vector<std::string_view> known(read_.begin(), read_.end());
    const auto like = nearest(name, known);
    refuse_argument(name,
                    "is unknown" + (like ? " (did you mean '" + std::string(*like) + "'?)" : ""));
  }
}

} // namespace kraken::native
