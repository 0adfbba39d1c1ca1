// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The console's connection to a daemon: one request, one answer or one stream, over a unix socket
/// with a deadline. Blocking by design: a console has nothing else to do; a terminal that has is
/// company to the wait.
#pragma once

#include "console/event_stream.hpp"

#include "kraken/base/clock.hpp"
#include "kraken/base/pidfd.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace kraken::console {

struct api_question {
  std::string method = "GET";
  std::string target = "/";
  std::string body;       ///< JSON; empty: none
  milliseconds within{0}; ///< longest life of a stream; 0: as long as it shows signs of life
};

struct api_answer {
  int status = 0;
  std::string body;
};

/// Whether a stream is wanted any longer.
enum class verdict : std::uint8_t { go_on, enough };

using stream_callback = std::function<verdict(const stream_event&)>;

/// Who is looked after while an answer does not come: a terminal with its keys.
struct waiting_company {
  int input = -1;                  ///< there is something to read: it is called
  milliseconds every{1000};        ///< and as often, and at every signal
  std::function<verdict()> call{}; ///< `enough`: nobody waits any longer, errc::canceled
};

/// Asks a daemon; an interface, so that commands are tested without one.
class api_transport {
public:
  virtual ~api_transport() = default;

  /// @return the answer whatever its status
  /// @error errc::unreachable, permission_denied, timeout, protocol_error, limit_exceeded
  [[nodiscard]] virtual result<api_answer> ask(const api_question& question) = 0;

  /// Has company while it waits for answers, from now on.
  virtual void wait_with(waiting_company /*company*/) {}

  /// The process behind the door; keep it before asking for its end.
  /// @error errc::unsupported when there is none to be seen
  [[nodiscard]] virtual result<pidfd> process() {
    return fail(errc::unsupported, "the daemon's process cannot be seen from here");
  }

  /// The door, for hints; empty: it has no name.
  [[nodiscard]] virtual std::string_view socket() const noexcept { return {}; }

  /// Asks for server-sent events and hands them over until the daemon ends the stream or
  /// `on_event` has enough.
  /// @return the answer; its body is empty unless its status is not 200
  [[nodiscard]] virtual result<api_answer> follow(const api_question& question,
                                                  const stream_callback& on_event) = 0;
};

/// A daemon behind a unix socket. Questions that only read (GET) share a connection, which is
/// opened anew when the daemon has closed it; all others have one each.
class unix_client final : public api_transport {
public:
  /// @param socket   path of the admin socket
  /// @param timeout  for a whole answer; for a stream: until its head. 0: limits::console_patience
  /// @param shown_on descriptor that a stream is shown on: when nobody reads it any more, the
  ///                 stream has ended. -1: none
  unix_client(std::string socket, milliseconds timeout, int shown_on = -1);
  ~unix_client() override;
  unix_client(const unix_client&) = delete; // its connection knows its company
  unix_client& operator=(const unix_client&) = delete;

  [[nodiscard]] result<api_answer> ask(const api_question& question) override;
  [[nodiscard]] result<api_answer> follow(const api_question& question,
                                          const stream_callback& on_event) override;
  void wait_with(waiting_company company) override { company_ = std::move(company); }
  [[nodiscard]] result<pidfd> process() override;
  [[nodiscard]] std::string_view socket() const noexcept override { return socket_; }

private:
  struct kept_connection;

  std::string socket_;
  milliseconds timeout_;
  int shown_on_;
  waiting_company company_;
  std::unique_ptr<kept_connection> kept_;
};

/// Waits for the end of a process.
/// @param within 0: as long as it takes
/// @error errc::timeout when it still runs then; errc::system_error
[[nodiscard]] result<void> wait_for_end(const pidfd& process, milliseconds within);

} // namespace kraken::console
