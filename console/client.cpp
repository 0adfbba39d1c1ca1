// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Blocking HTTP over a unix socket: poll with a deadline around the wire room's reader.
#include "console/client.hpp"

#include "console/detail/unix_connection.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/wire/http1_client.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <poll.h>

namespace kraken::console {

namespace {

using detail::clock_now;

/// Three of the daemon's 15 s heartbeats: a stream silent for longer is dead.
constexpr milliseconds stream_silence_max = seconds{45};

/// Takes the pieces of one answer: returns false when it wants no more.
using body_sink = std::function<result<verdict>(int status, std::string_view data)>;

/// Reads one answer to its end or until the sink has enough.
class answer_loop {
public:
  answer_loop(unix_connection& connection, time_point until, milliseconds silence)
      : connection_(connection), until_(until), silence_(silence) {}

  /// Even a stream that lives ends then.
  void end_at(time_point when) noexcept { end_ = when; }

  result<int> run(const body_sink& sink) {
    for (;;) {
      const auto step = reader_.next(input_);
      using kind = wire::client_response_reader::step::kind;
      switch (step.status) {
      case kind::head:
        status_ = reader_.head().status;
        break;
      case kind::data: {
        auto wanted = sink(status_, step.data);
        if (!wanted) {
          return fail(wanted.error());
        }
        if (*wanted == verdict::enough) {
          return status_;
        }
        break;
      }
      case kind::done:
        return status_;
      case kind::error:
        return fail(errc::protocol_error, "the daemon's answer: " + std::string{step.reason});
      case kind::need_more:
        break;
      }
      input_.erase(0, step.consumed);
      if (step.status == kind::need_more) {
        auto more = read_more();
        if (!more) {
          return fail(more.error());
        }
        if (*more == input_state::ended) {
          return status_;
        }
      }
    }
  }

private:
  enum class input_state : std::uint8_t { open, ended };

  result<input_state> read_more() {
    // Once a stream has begun, only silence ends it.
    const bool streaming = silence_ != milliseconds{0} && status_ == 200;
    const auto patience = streaming ? std::min(clock_now() + silence_, end_) : until_;
    auto got = connection_.receive(buffer_, patience);
    if (!got) {
      return fail(got.error());
    }
    if (*got == 0) {
      const auto end = reader_.end_of_input();
      if (end.status == wire::client_response_reader::step::kind::done) {
        return input_state::ended;
      }
      return fail(errc::unreachable, "the daemon closed the connection before its answer ended");
    }
    input_.append(buffer_.data(), *got);
    return input_state::open;
  }

  unix_connection& connection_;
  time_point until_;
  milliseconds silence_;
  time_point end_ = time_point::max();
  wire::client_response_reader reader_;
  std::string input_;
  std::array<char, 65'536> buffer_{};
  int status_ = 0;
};

result<void> send_question(unix_connection& connection,
                           const api_question& question,
                           std::string_view accept,
                           std::string_view connection_after,
                           time_point until) {
  std::array headers{wire::header_field{"accept", accept},
                     wire::header_field{"connection", connection_after},
                     wire::header_field{"content-type", "application/json"}};
  wire::client_request request;
  request.method = question.method;
  request.target = question.target;
  request.host = "kraken";
  request.headers = std::span{headers}.first(question.body.empty() ? 2 : 3);
  request.body = question.body;
  wire::byte_buffer bytes;
  if (!wire::append_request(bytes, request)) {
    return fail(errc::invalid_argument, "'" + question.target + "' cannot be asked for");
  }
  return connection.send_all(bytes.view(), until);
}

result<api_answer> ask_on(unix_connection& connection,
                          const api_question& question,
                          std::string_view connection_after,
                          time_point until) {
  if (auto sent = send_question(
          connection, question, "application/json, text/plain", connection_after, until);
      !sent) {
    return fail(sent.error());
  }
  api_answer answer;
  answer_loop loop{connection, until, milliseconds{0}};
  auto status = loop.run([&](int, std::string_view data) -> result<verdict> {
    if (answer.body.size() + data.size() > limits::admin_answer_bytes_max) {
      return fail(errc::limit_exceeded,
                  "the daemon's answer is longer than " +
                      to_string(bytes{limits::admin_answer_bytes_max}));
    }
    answer.body += data;
    return verdict::go_on;
  });
  if (!status) {
    return fail(status.error());
  }
  answer.status = *status;
  return answer;
}

} // namespace

struct unix_client::kept_connection {
  unix_connection to;
};

unix_client::unix_client(std::string socket, milliseconds timeout, int shown_on)
    : socket_(std::move(socket)),
      timeout_(timeout.count() > 0 ? timeout : milliseconds{limits::console_patience}),
      shown_on_(shown_on) {}

unix_client::~unix_client() = default;

result<api_answer> unix_client::ask(const api_question& question) {
  const time_point until = clock_now() + timeout_;
  const bool keeps = question.method == "GET";
  const std::string_view after = keeps ? "keep-alive" : "close";
  if (auto before = keeps ? std::move(kept_) : nullptr) {
    auto answer = ask_on(before->to, question, after, until);
    if (answer) {
      kept_ = std::move(before);
    }
    if (answer || answer.error().code != errc::unreachable) {
      return answer; // otherwise it was closed for being idle, or by the daemon's end
    }
  }
  auto connection = unix_connection::open(socket_);
  if (!connection) {
    return fail(connection.error());
  }
  connection->wait_with(&company_);
  auto answer = ask_on(*connection, question, after, until);
  if (answer && keeps) {
    kept_ = std::make_unique<kept_connection>(kept_connection{std::move(*connection)});
  }
  return answer;
}

result<api_answer> unix_client::follow(const api_question& question,
                                       const stream_callback& on_event) {
  const time_point until = clock_now() + timeout_;
  auto connection = unix_connection::open(socket_);
  if (!connection) {
    return fail(connection.error());
  }
  connection->wait_with(&company_);
  if (question.method == "GET") { // what was asked to be done is told even then
    connection->end_with(shown_on_);
  }
  if (auto sent = send_question(*connection, question, "text/event-stream", "close", until);
      !sent) {
    return fail(sent.error());
  }
  api_answer answer;
  stream_reader events;
  answer_loop loop{*connection, until, stream_silence_max};
  if (question.within.count() > 0) {
    loop.end_at(clock_now() + question.within);
  }
  auto status = loop.run([&](int code, std::string_view data) -> result<verdict> {
    if (code != 200) {
      answer.body += data.substr(0, stream_reader::event_bytes_max - answer.body.size());
      return verdict::go_on;
    }
    auto complete = events.take(data);
    if (!complete) {
      return fail(complete.error());
    }
    for (const stream_event& event : *complete) {
      if (on_event(event) == verdict::enough) {
        return verdict::enough;
      }
    }
    return verdict::go_on;
  });
  if (!status && status.error().code == errc::canceled) {
    return api_answer{200, {}}; // as if it had had enough
  }
  if (!status) {
    return fail(status.error());
  }
  answer.status = *status;
  return answer;
}

result<pidfd> unix_client::process() {
  return unix_connection::open(socket_).and_then(
      [](const unix_connection& connection) { return connection.peer(); });
}

result<void> wait_for_end(const pidfd& process, milliseconds within) {
  const auto until = clock_now() + within;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - clock_now()).count();
    if (within.count() > 0 && left <= 0) {
      return fail(errc::timeout, "the daemon still runs after " + kraken::to_string(within));
    }
    const auto wait = within.count() > 0 ? std::min<std::int64_t>(left, 60'000) : 60'000;
    pollfd one{process.fd(), POLLIN, 0};
    const int ended = ::poll(&one, 1, static_cast<int>(wait));
    if (ended > 0) {
      return {};
    }
    if (ended < 0 && errno != EINTR) {
      return fail(errno_error("poll"));
    }
  }
}

} // namespace kraken::console
