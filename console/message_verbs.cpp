// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Rows of the command table about messages between containers.
#include "console/command_table.hpp"

#include <array>

namespace kraken::console {

namespace {

// Named inside, so that a unity build keeps these short names apart.
namespace messages {

using enum errc;

// Rows read as a table.
// clang-format off
constexpr std::array reason_words{
  std::string_view{"no_such"}, std::string_view{"closed"}, std::string_view{"full"},
  std::string_view{"expired"}, std::string_view{"in_flight"}, std::string_view{"unhandled"},
  std::string_view{"node_down"}};

constexpr std::array letter_arguments{
  argument_row{"target", value_type::text, false, "", completion::containers,
               "only letters to these containers and what is below them: an alias or a glob"}};
constexpr std::array letter_flags{
  flag_row{"reason", 0, value_type::word, "REASON", "", completion::choices,
           "only letters that died of this", false, reason_words},
  flag_row{"lines", 'n', value_type::count, "N", "100", completion::none,
           "at most so many, the newest"}};

constexpr std::array letter_errors{invalid_argument, timeout, unreachable, permission_denied};

constexpr std::array rows{
  command_row{"dead:list", "messages that nobody handled, each with its reason", place::view,
              letter_arguments, letter_flags, subject::none, {}, endpoint::dead_letters, "", "", "",
              letter_errors,
              "kraken dead:list\nkraken dead:list 'web/*' --reason full\n"
              "kraken dead:list -n 5 -o json"},
};
// clang-format on

} // namespace messages

} // namespace

std::span<const command_row> detail::message_verbs() {
  return messages::rows;
}

} // namespace kraken::console
