// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How far a connection is with the request it is at, and whether its client keeps up. Each is one
/// value: what excludes one another cannot be true at once. Decides no transition; says which there
/// are.
///
///   idle -> head -> body -> idle -> answering -> streaming -> sending
///    ^ |                    ^           |            |           |
///    | +-> full (-> idle)   +-----------+------------+-----------+
///    +-- (the next request)
///
/// A request that comes in one piece skips head and body; one that the front answers by itself goes
/// back to idle at once. Every stage may end in closing, and nothing follows that. The edges are
/// `connection_edges`.
#pragma once

#include <array>
#include <cstdint>

namespace kraken::containers {

/// In this order: `reads_head` and its likes compare.
enum class connection_stage : std::uint8_t {
  idle,      ///< no byte of a request has come
  full,      ///< nor is one taken until the client has taken more of the answers before
  head,      ///< in the middle of a request's head: a limit for that runs
  body,      ///< its body is being read
  answering, ///< handed over; the answer is awaited
  streaming, ///< the answer's parts come one by one
  sending,   ///< the answer is complete, its end is not sent yet; the next request waits for that
  sending_noted, ///< so it is, and is in the access log already: it has left memory for a file
  closing,       ///< last bytes are on their way
};

/// One edge between stages.
struct connection_edge {
  connection_stage from;
  connection_stage to;
};

/// All of them; `closing` may follow each.
inline constexpr std::array<connection_edge, 20> connection_edges{{
    {.from = connection_stage::idle, .to = connection_stage::full},
    {.from = connection_stage::idle, .to = connection_stage::head},
    {.from = connection_stage::idle, .to = connection_stage::body},
    {.from = connection_stage::idle, .to = connection_stage::answering},
    {.from = connection_stage::idle, .to = connection_stage::sending_noted},
    {.from = connection_stage::full, .to = connection_stage::idle},
    {.from = connection_stage::full, .to = connection_stage::head},
    {.from = connection_stage::full, .to = connection_stage::body},
    {.from = connection_stage::full, .to = connection_stage::answering},
    {.from = connection_stage::full, .to = connection_stage::sending_noted},
    {.from = connection_stage::head, .to = connection_stage::idle}, // answered by the front itself
    {.from = connection_stage::head, .to = connection_stage::body},
    {.from = connection_stage::head, .to = connection_stage::answering},
    {.from = connection_stage::body, .to = connection_stage::idle}, // it is complete
    {.from = connection_stage::answering, .to = connection_stage::idle},
    {.from = connection_stage::answering, .to = connection_stage::streaming},
    {.from = connection_stage::streaming, .to = connection_stage::idle},
    {.from = connection_stage::streaming, .to = connection_stage::sending},
    {.from = connection_stage::sending, .to = connection_stage::idle},
    {.from = connection_stage::sending_noted, .to = connection_stage::idle},
}};

/// @thread any (pure)
[[nodiscard]] constexpr bool may_follow(connection_stage from, connection_stage to) noexcept {
  if (from == to || to == connection_stage::closing) {
    return true;
  }
  for (const auto& edge : connection_edges) {
    if (edge.from == from && edge.to == to) {
      return true;
    }
  }
  return false;
}

/// Nothing of a request has come.
[[nodiscard]] constexpr bool awaits_request(connection_stage at) noexcept {
  return at <= connection_stage::full;
}

/// What comes belongs to the head of a request.
[[nodiscard]] constexpr bool reads_head(connection_stage at) noexcept {
  return at <= connection_stage::head;
}

/// A request has come and its answer is not sent: what comes waits.
[[nodiscard]] constexpr bool owes_answer(connection_stage at) noexcept {
  return at >= connection_stage::answering && at <= connection_stage::sending_noted;
}

/// The answer is complete, and its end waits for the client.
[[nodiscard]] constexpr bool sends_end(connection_stage at) noexcept {
  return at == connection_stage::sending || at == connection_stage::sending_noted;
}

/// Whatever becomes of the answer, the access log has its line.
[[nodiscard]] constexpr bool is_noted(connection_stage at) noexcept {
  return at >= connection_stage::sending_noted;
}

/// Whether the client reads as fast as we answer.
///
///                 blocked                    time is up   drained
///   keeps_up      may_be_slow (1) or stalls  -            keeps_up
///   may_be_slow   may_be_slow                stalls (2)   keeps_up
///   stalls        stalls                     -            keeps_up
///
/// (1) where a complete answer waits that could leave memory. (2) It has left it, then.
enum class client_pace : std::uint8_t {
  keeps_up,
  stalls,
  may_be_slow, ///< it stalls, and is looked at again after `limits::http_slow_client`
};

} // namespace kraken::containers
