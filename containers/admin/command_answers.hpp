// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands of clients that are still being carried out, and how each is answered: in one piece, or
/// as server-sent events that show meanwhile what goes on. Carries nothing out.
#pragma once

#include "console/api_json.hpp"
#include "kraken/base/reactor.hpp"
#include "kraken/net/exchange.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace kraken::containers {

enum class answer_form : std::uint8_t { whole, stream };

/// How the name of a client on the admin socket begins; the rest says who it is.
inline constexpr std::string_view console_origin = "console";

/// Who gives a command: `console uid=U pid=P`, or `api HOST:PORT` behind the token.
[[nodiscard]] std::string origin_of(const wire::request_facts& facts);

/// What a request asks for by its `accept`.
[[nodiscard]] answer_form form_of(const wire::request_facts& facts);

/// Streams are sent `progress` (`{"text":...}`) any number of times, then `reply` or `error` with
/// what would have been the whole answer's body.
/// @thread its loop's
class command_answers {
public:
  /// Names one command; answers come by number, because the client may have gone meanwhile.
  using number = std::uint64_t;
  /// What goes on about a command, one line; empty: nothing worth telling.
  using situation = std::function<std::string()>;

  explicit command_answers(reactor& loop) noexcept : loop_(loop) {}

  /// @param now asked once a second while the command lasts, for streams; may be empty
  [[nodiscard]] number begin(net::exchange& to, answer_form form, situation now);

  /// @param then called when the client goes before the answer; may be empty
  void when_abandoned(number which, std::function<void()> then);

  // Without effect when the client is gone.
  void progress(number which, std::string_view text);
  void reply(number which, const console::command_reply& what);
  void refuse(number which, const console::api_error& why);

  void abandon(const net::exchange& from);
  /// Ends every stream without an answer, so that a drain of the front can finish.
  void end_streams();

private:
  struct open_answer {
    net::exchange* to = nullptr;
    answer_form form = answer_form::whole;
    situation now;
    std::string told; ///< last
    std::function<void()> abandoned;
  };

  void finish(number which, int status, std::string_view name, const std::string& body);
  void tell(open_answer& to, std::string_view name, std::string_view data);
  void show_life();

  reactor& loop_;
  std::map<number, open_answer> open_;
  number last_ = 0;
  std::uint32_t turns_ = 0; ///< of show_life
  std::unique_ptr<reactor::waiting> pulse_;
};

} // namespace kraken::containers
