// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One HTTP/1.1 connection: requests are read, routed and answered one after the other, in
/// order (docs/decisions/0002-one-request-per-connection.md). Errors of the front are answered
/// here.
#pragma once

#include "containers/http/access/access_note.hpp"
#include "containers/http/connection_stage.hpp"
#include "containers/http/request_body.hpp"
#include "kraken/base/spool_file.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/net/stream.hpp"
#include "kraken/wire/http1_chunked.hpp"
#include "kraken/wire/http1_request.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kraken::containers {

class front;
struct front_settings;
struct route;

/// @thread its front's shard
class connection final : public net::stream, public net::exchange, private net::deadline {
public:
  /// @param local the server's address as `peer` has the client's; empty: it has none
  connection(front& owner, unique_fd socket, std::string peer, std::string_view local);
  ~connection() override;

  /// Begins to read.
  [[nodiscard]] result<void> begin();

  /// The front drains: closes now when idle, after the answer otherwise. A request that has
  /// arrived, though nobody has read it yet, is answered.
  void drain();

  /// The front has other timeouts than it had: moves the end of a wait for a request that has not
  /// begun to come.
  void times_changed(const front_settings& before);

  /// The front ends at once: the request under way is answered 503, a stream breaks off. May
  /// destroy this.
  void refuse_work();

  /// Gives up whatever is under way and closes.
  void cut();

  /// Nothing is answered, and nothing it was answered waits to be sent: it is idle, or in the
  /// middle of a request.
  [[nodiscard]] bool has_no_work() const noexcept {
    return stage_ <= stage::body && held_output() == 0;
  }

  std::size_t index = 0;    ///< place in the front's list
  std::uint64_t number = 0; ///< of all its front has had

private:
  using stage = connection_stage;

  // net::stream
  std::size_t on_input(std::string_view input) override;
  void on_closed() override;
  void on_blocked() override;
  void on_drained() override;
  void on_shut_down() override;
  bool on_end_of_input() override;
  void on_end_ahead() override;
  void on_file_cut(std::uint64_t lost) override;

  // net::exchange
  net::stored_body body() noexcept override { return std::exchange(stored_, {}); }
  wire::byte_buffer& output() noexcept override { return stream::output(); }
  wire::response_context context() noexcept override;
  void interim() override;
  void answered(int status, wire::connection_after after) override;
  void answered_with_file(int status, wire::connection_after after, net::file_part body) override;
  void failed(int status, std::string_view detail) override;
  void streaming(int status, wire::body_framing framing, wire::connection_after after) override;
  void stream_part(std::string_view part) override;
  void stream_ended() override;
  void stream_broken() override;
  [[nodiscard]] bool congested() const noexcept override;

  // net::deadline
  void expired(time_point now) override;

  // This is the way of every request: checked in builds with asserts only.
  void enter(stage to) noexcept {
    assert(may_follow(stage_, to));
    stage_ = to;
  }

  std::size_t read_head(std::string_view input);
  std::size_t take_head(std::string_view head, std::string_view rest);
  std::size_t begin_body(std::string_view head, std::string_view rest);
  [[nodiscard]] net::body_intake intake() const;
  bool keep_body(std::string_view part);
  void refuse_large_body();
  void refuse_unstored_body(const error& why);
  std::size_t read_body(std::string_view input);
  std::size_t read_counted_body(std::string_view input);
  std::size_t read_chunked_body(std::string_view input);
  void body_complete();
  bool choose_route();
  void hand_over(std::string_view body);
  void hand_over_stored();
  void answer_fixed();
  void refuse(int status, std::string_view detail);
  void finish(wire::connection_after after);
  [[nodiscard]] bool goes_to_spool() const noexcept;
  [[nodiscard]] bool begin_spool();
  void spool(std::string_view bytes);
  void end_spool() noexcept;
  [[nodiscard]] bool may_leave_memory() const noexcept;
  void leave_memory();
  [[nodiscard]] bool output_goes_on();
  void finish_when_sent();
  void output_sent();
  void begin_closing();
  void limit(time_point at);
  void count_response(int status);
  [[nodiscard]] std::uint64_t put_out() noexcept { return sent() + stream::output().size(); }
  [[nodiscard]] std::size_t held_output() const noexcept {
    return const_cast<connection*>(this)->stream::output().size();
  }
  void note_answer(int status);
  void note_end(int status, delivery how);
  void note_file(std::uint64_t unsent);
  void note_unsent();

  front& front_;
  std::string peer_;
  std::string ends_;                  ///< `peer_` and our own address
  std::unique_ptr<access_note> note_; ///< null: the front has no access log
  wire::request_limits head_limits_;  ///< the front's may change meanwhile
  wire::request_parser parser_;
  stage stage_ = stage::idle; ///< changed by `enter` only
  client_pace pace_ = client_pace::keeps_up;
  wire::body_framing framing_ = wire::body_framing::length;
  wire::connection_after after_ = wire::connection_after::keep;
  std::uint8_t version_minor_ = 1;
  bool head_request_ = false;
  bool keep_alive_ = true;
  bool chunked_ = false;
  bool paused_sink_ = false;
  bool may_spool_ = false;            ///< the stream under way
  bool input_ended_ = false;          ///< the client sends no more
  std::optional<spool_file> spool_;   ///< of what is in it the rest is being sent
  unique_fd spool_reader_;            ///< until the first bytes of it are
  wire::byte_buffer behind_;          ///< what did not fit into it; only while there is a spool
  std::uint64_t file_bytes_ = 0;      ///< of the file that is the answer's body
  std::uint64_t taken_before_ = 0;    ///< when its reading was last judged
  net::request_sink* sink_ = nullptr; ///< of the request under way
  const route* route_ = nullptr;
  std::size_t route_index_ = 0;
  wire::byte_buffer head_copy_; ///< head of a request whose body comes in pieces
  request_body body_;
  net::stored_body stored_; ///< of the request that is being handed over
  std::uint64_t body_most_ = 0;
  std::uint64_t body_expected_ = 0;
  time_point body_began_{};
  std::uint64_t body_received_ = 0;
  wire::chunked_decoder decoder_;
  time_point limit_at_ = time_point::max();
};

} // namespace kraken::containers
