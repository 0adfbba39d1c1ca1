// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `code()` and `category()` of an empty CAF 0.17 error read a null pointer: test it first.
#include "kraken/actor/error_bridge.hpp"

#include "caf/make_message.hpp"
#include "caf/message.hpp"

#include <utility>

namespace kraken::actor {

namespace {

std::string context_text(const caf::message& context) {
  return context.match_elements<std::string>() ? context.get_as<std::string>(0) : std::string{};
}

} // namespace

caf::error to_caf(const error& from) {
  if (from.code == errc::none) {
    return {};
  }
  std::string text = from.context;
  if (from.cause != nullptr) {
    text += " (" + from.cause->text() + ")";
  }
  return {static_cast<std::uint8_t>(from.code), error_category, caf::make_message(std::move(text))};
}

error from_caf(const caf::error& from) {
  if (!from) {
    return {};
  }
  if (from.category() == error_category) {
    const auto code =
        from.code() < errc_table.size() ? static_cast<errc>(from.code()) : errc::internal;
    return error{code, context_text(from.context())};
  }
  return error{errc::internal,
               caf::to_string(from.category()) + " error " + std::to_string(from.code())};
}

std::string render_error(std::uint8_t code, caf::atom_value, const caf::message& context) {
  const auto known = code < errc_table.size() ? static_cast<errc>(code) : errc::internal;
  return error{known, context_text(context)}.text();
}

} // namespace kraken::actor
