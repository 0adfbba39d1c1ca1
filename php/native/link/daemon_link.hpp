// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The connection of this process to the daemon: whole frames in, whole frames out, and requests
/// by shared memory where the daemon offers it; waiting where there is nothing to do. Knows
/// requests and control frames, nothing of PHP.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/wire/worker_side_frame.hpp"
#include "rehearsal.hpp"
#include "slab_seat.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace kraken::php {

/// A request, however it came. Names of header fields are in lower case. A large body is in a file,
/// and `body` is empty.
struct open_request {
  std::string_view method, target, path, query, version, scheme, host;
  std::string_view ends;  ///< of the connection, as `wire::request_facts` has them; or the client's
  std::string_view local; ///< the server's, if it is not among them
  std::span<const wire::header_field> headers;
  std::string_view body;
  std::uint64_t stored_bytes = 0;
  const unique_fd* file = nullptr;
  std::string_view folders{}; ///< whose files the answer may name, each ended by a NUL

  [[nodiscard]] std::uint64_t body_bytes() const noexcept {
    return file != nullptr ? stored_bytes : body.size();
  }
};

/// @thread one: the process has no other
class daemon_link {
public:
  enum class event : std::uint8_t {
    request, ///< `request()` is there until `request_done`
    drain,   ///< the daemon wants this process to finish and end
    gone,    ///< the connection has ended, or what came over it made no sense
  };

  /// @param socket connected and blocking
  explicit daemon_link(unique_fd socket) : socket_(std::move(socket)) {}

  /// Says HELLO and waits for the answer.
  /// @param sdk what this program is, with its version
  /// @error errc::protocol_error, errc::unreachable
  [[nodiscard]] result<wire::worker_welcome> greet(std::string_view sdk);

  /// Without a daemon: what is sent goes to `ear`.
  /// @param ear outlives this link, or the one put in its place
  void tell(rehearsal& ear) noexcept { ear_ = &ear; }

  /// Without a daemon: the next request of `from` is there for `wait` or `receive`, and what is
  /// sent goes to it. Not while a request is open.
  /// @param from outlives this link, or the one put in its place
  void rehearse(rehearsal& from);

  /// Says that requests can be taken.
  bool ready();

  /// What is read of a request in the slab before it is open.
  enum class reading : std::uint8_t { now, later };

  /// Waits for something to do. Not to be called while a request is open.
  /// @param how later: `unread()` is for the caller to read, and `request()` is empty
  [[nodiscard]] event wait(reading how = reading::now);

  /// The open request as it stands in the slab, where others may scribble: what counts is a copy.
  /// @return empty: it came as a frame, and `request()` has it
  [[nodiscard]] std::string_view unread() const noexcept;
  /// What `unread` gave makes no sense: the connection is given up.
  void refuse_slab();

  /// `then` is called once, before `wait` next sleeps; at once where requests are no matter of a
  /// slab.
  void before_rest(std::function<void()> then);

  /// The open request; its views are valid until `request_done`.
  [[nodiscard]] const open_request& request() const noexcept { return request_; }
  [[nodiscard]] std::uint32_t stream() const noexcept { return stream_; }
  /// The REQUEST frame as it came, its header included.
  [[nodiscard]] std::string_view frame() const noexcept { return input_.view(); }
  /// The same with a body that came in a file. Only while a frame's request is open.
  /// @return empty: it is too large and was answered 413
  [[nodiscard]] std::string_view whole_frame();

  void request_done();

  /// In a child that this process has forked: the connection, the slab and the request are its
  /// parent's. For the child the daemon is gone.
  void disown() noexcept;

  /// Where a whole answer may be put instead of a frame; empty: only a frame will do.
  [[nodiscard]] std::span<char> answer_room() const noexcept;
  /// The answer stands there.
  void answered_in_place();

  /// Looks, without waiting, whether the open request was taken back or the daemon has gone.
  [[nodiscard]] bool abandoned();

  /// The next whole frame, for a script that speaks the protocol itself; valid until the next call.
  /// Waits for it. It is as it came, but for a body in a file, which no script can take: what fits
  /// into a frame stands in it, what does not is answered 413 here.
  /// @return empty: the daemon is gone
  [[nodiscard]] std::string_view receive();
  /// Whether `receive` would find bytes, or the end, without waiting.
  [[nodiscard]] bool readable();

  /// Writes everything, waiting while the daemon is slow, and clears `out`.
  /// @return false: the daemon is gone
  bool send(wire::byte_buffer& out);
  bool send(std::string_view bytes);
  /// The same with a descriptor beside the first byte.
  /// @return false: descriptors cannot be passed now; nothing was sent, `out` is as it was
  [[nodiscard]] bool send_with(wire::byte_buffer& out, int descriptor);

  [[nodiscard]] bool draining() const noexcept { return draining_; }
  /// What was wrong with what came, for the log; empty: nothing, or the daemon has hung up.
  [[nodiscard]] std::string_view complaint() const noexcept { return complaint_; }
  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
  enum class patience : std::uint8_t { wait, look };

  // One large upload must not cost memory for the rest of the process's life.
  static constexpr std::size_t input_kept_bytes = 1U << 20U;
  static constexpr std::string_view bad_length = "a frame came whose length can not be";
  static constexpr std::string_view bad_request =
      "a request came that can not be read, or without its body";

  void give_up(std::string_view complaint);
  [[nodiscard]] bool fill(wire::byte_buffer& into, std::size_t wanted, patience how);
  void take_control(const wire::worker_frame& frame);
  [[nodiscard]] std::string_view with_body(const wire::worker_frame& frame, const unique_fd& file);
  [[nodiscard]] unique_fd take_passed();
  [[nodiscard]] bool take_request(const wire::worker_frame& frame, std::size_t bytes);
  [[nodiscard]] event wait_for_frame();
  [[nodiscard]] event wait_at_slab(reading how);
  [[nodiscard]] bool take_slab_request();
  void read_letters(wire::byte_buffer& from);

  unique_fd socket_;
  rehearsal* ear_ = nullptr; ///< instead
  wire::byte_buffer input_;  ///< the open request, or what came after the last one
  wire::byte_buffer ahead_;  ///< what comes while a request is open
  wire::byte_buffer reply_;
  wire::byte_buffer whole_;         ///< a request that `receive` has put together
  std::vector<unique_fd> passed_;   ///< beside frames that are not taken yet
  unique_fd body_;                  ///< of the open request
  std::unique_ptr<slab_seat> seat_; ///< null: all requests come as frames
  open_request request_;
  std::vector<wire::header_field> headers_;
  std::uint32_t stream_ = 0;
  std::size_t received_ = 0; ///< bytes of `input_` that `receive` has shown
  bool slab_open_ = false;   ///< the open request stands in the slab, not in `input_`
  bool spoke_ = false;       ///< on the socket, since the request was taken
  bool asked_ = false;       ///< for the frame of a request that is ours already
  bool draining_ = false;
  bool cancelled_ = false;
  bool gone_ = false;
  std::string_view complaint_; ///< a literal
};

} // namespace kraken::php
