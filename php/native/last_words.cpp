// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "last_words.hpp"
#include "php_api.hpp"
#include "template_door.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace kraken::php {

namespace {

constexpr std::size_t message_bytes_max = 8U << 10U;

std::vector<std::string> parents_of(std::string name) {
  std::vector<std::string> out;
  std::ranges::transform(
      name, name.begin(), [](char each) { return static_cast<char>(std::tolower(each)); });
  const auto* found = static_cast<zend_class_entry*>(
      zend_hash_str_find_ptr(EG(class_table), name.data(), name.size()));
  while (found != nullptr && found->parent != nullptr) {
    found = found->parent;
    out.emplace_back(ZSTR_VAL(found->name), ZSTR_LEN(found->name));
  }
  return out;
}

// "Uncaught DomainException: why in /app/a.php:3": PHP keeps the text only.
void name_the_uncaught(wire::worker_fatal& fatal) {
  constexpr std::string_view mark = "Uncaught ";
  const std::string_view text{fatal.message};
  if (!text.starts_with(mark)) {
    return;
  }
  const auto rest = text.substr(mark.size());
  const auto end = rest.find_first_of(": ");
  if (end == std::string_view::npos) {
    return;
  }
  fatal.type = std::string{rest.substr(0, end)};
  fatal.parents = parents_of(fatal.type);
  auto why = rest.substr(end);
  why = why.substr(0, why.find(" in /"));
  why.remove_prefix(std::min(why.size(), why.find_first_not_of(": ")));
  fatal.message = std::string{why};
}

bool deadly(int type) noexcept {
  constexpr int deadly_types =
      E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;
  return (type & deadly_types) != 0;
}

wire::worker_fatal last_error(carrier& serving) {
  wire::worker_fatal fatal;
  if (!deadly(PG(last_error_type)) || PG(last_error_message) == nullptr) {
    fatal.type = "exit";
    fatal.message =
        serving.warm.open() ? "exit during GET " + serving.warm.target()
        : serving.has_request()
            ? "exit during " + std::string{serving.method()} + " " + std::string{serving.target()}
        : serving.ready_told ? std::string{"the script ended while it was needed"}
                             : std::string{"the script ended before it handled requests"};
    return fatal;
  }
  fatal.type = "FatalError";
  fatal.message.assign(ZSTR_VAL(PG(last_error_message)),
                       std::min(ZSTR_LEN(PG(last_error_message)), message_bytes_max));
  if (PG(last_error_file) != nullptr) {
    fatal.file.assign(ZSTR_VAL(PG(last_error_file)), ZSTR_LEN(PG(last_error_file)));
  }
  fatal.line = PG(last_error_lineno);
  if (fatal.message.starts_with("Allowed memory size of ")) {
    fatal.type = "OutOfMemory";
    fatal.parents = {"FatalError"};
  }
  name_the_uncaught(fatal);
  return fatal;
}

// A template dies while it boots, and is started again; or in a request of its own, which would
// only come again: nobody is forked from it.
void tell_of_template(const carrier& serving, const std::string& why) {
  const auto& warm = serving.warm;
  if (warm.open()) {
    serving.door->say(process::template_word::refused, "warm " + warm.target() + ": " + why);
  } else {
    serving.door->say(process::template_word::died, why);
  }
}

} // namespace

bool last_error_is_deadly() noexcept {
  return deadly(PG(last_error_type));
}

void say_last_words(carrier& serving) {
  if (serving.door != nullptr && !serving.warm.fatal().empty()) { // the script has told it
    tell_of_template(serving, serving.warm.fatal());
    return;
  }
  const auto fatal = last_error(serving);
  if (serving.door != nullptr) {
    const auto place =
        fatal.file.empty() ? "" : " (" + fatal.file + ":" + std::to_string(fatal.line) + ")";
    tell_of_template(serving, fatal.type + ": " + fatal.message + place);
    return;
  }
  wire::byte_buffer out;
  wire::append_fatal(out, fatal);
  static_cast<void>(serving.link().send(out));
}

} // namespace kraken::php
