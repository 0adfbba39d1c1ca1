// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/command_words.hpp"

#include "console/request.hpp"

#include <cctype>
#include <utility>

namespace kraken::containers {

namespace {

/// `Process`, `Thread`, `Runtime`, `Project`: how sentences begin.
std::string family_word(const console::command_row& row) {
  std::string out{console::family_of(row)};
  if (out.empty() || out == "container" || out == "arch") {
    return "Runtime";
  }
  out.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(out.front())));
  return out;
}

} // namespace

bool belongs_to(std::string_view family, std::string_view kind) {
  const bool inside = kind == "native" || kind == "fiber";
  if (family == "thread") {
    return inside;
  }
  return family != "process" || !inside;
}

std::string done_sentence(const console::command_row& row, std::string_view alias, bool changed) {
  return console::sentence_of(changed || row.unchanged.empty() ? row.success : row.unchanged,
                              alias);
}

error worded(const console::command_row& row, std::string_view alias, const error& why) {
  const bool project = row.about == console::subject::root;
  error out = why;
  if (row.effect == model::verb::create && why.code == errc::already_exists) {
    out.context =
        project ? "Project already exists." : family_word(row) + " with such alias already exists.";
  } else if (row.effect == model::verb::destroy && why.code == errc::refused) {
    out.context = family_word(row) + (project ? "" : " [" + std::string{alias} + "]") +
                  " could not be destroyed with force level=DESTROY_KEEP.";
  }
  return out;
}

} // namespace kraken::containers
