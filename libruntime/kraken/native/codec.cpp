// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The text of a value that does not fit.
#include "kraken/native/codec.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/nearest.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace kraken::native {

error not_a(std::string_view wanted, std::string_view bytes, const wire::msgpack_reader& stopped) {
  constexpr std::array<std::string_view, 12> found{"nothing",
                                                   "a truth value",
                                                   "a number",
                                                   "a number",
                                                   "a number",
                                                   "text",
                                                   "bytes",
                                                   "a list",
                                                   "a map",
                                                   "an extension",
                                                   "the end",
                                                   "no MessagePack"};
  std::string text = "expected ";
  text += wanted;
  if (stopped.ok()) { // a whole one, and more behind it
    text += " and nothing after it";
  } else {
    // A failed reader stays where it was; a fresh one can still say what is there.
    const wire::msgpack_reader there(stopped.rest());
    text += ", found ";
    text += found[static_cast<std::size_t>(there.peek())];
  }
  const auto at = bytes.size() - stopped.rest().size();
  if (at > 0) {
    text += " at byte " + std::to_string(at);
  }
  return error(errc::invalid_argument, std::move(text));
}

error no_such_field(std::string_view key, std::span<const std::string_view> known) {
  key = key.substr(0, limits::cause_name_bytes_max); // somebody else's, of any length
  auto text = "there is no field '" + std::string{key} + "'";
  if (const auto meant = nearest(key, known)) {
    return error{errc::invalid_argument, text.append(" (did you mean '").append(*meant) + "'?)"};
  }
  for (const auto each : known) {
    text.append(each == known.front() ? ", only: " : ", ").append(each);
  }
  return error{errc::invalid_argument, std::move(text)};
}

} // namespace kraken::native
