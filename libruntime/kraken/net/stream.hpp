// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A connected stream socket on a loop: reads into shared memory, keeps only what its owner could
/// not use yet, sends once per batch. Knows no protocol and sets no time limits.
#pragma once

#include "kraken/base/unique_fd.hpp"
#include "kraken/net/event_loop.hpp"
#include "kraken/net/file_part.hpp"
#include "kraken/wire/byte_buffer.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace kraken::net {

/// Base of connections and worker channels.
/// @thread the loop's
class stream : private watcher, private batch_task {
public:
  stream(event_loop& loop, unique_fd socket);
  ~stream() override;

  /// Begins to watch the socket.
  /// @error errc::system_error
  [[nodiscard]] result<void> open();

  [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(socket_); }
  [[nodiscard]] event_loop& loop() noexcept { return loop_; }
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// Bytes to send; call `flush_later` after adding some.
  [[nodiscard]] wire::byte_buffer& output() noexcept { return output_; }

  /// An open descriptor goes beside the byte that is added to the output next. Unix sockets only.
  void attach(std::shared_ptr<const unique_fd> descriptor);

  /// Sends the output at the end of the batch.
  void flush_later() { loop_.at_batch_end(*this); }

  /// Sends these bytes when the output has been sent; the kernel copies them. Until `on_drained` no
  /// other may be given and nothing added to the output.
  /// SIGPIPE must be ignored.
  void send_file(file_part part);
  /// More bytes have come to its end. Only while `file_left` is not 0.
  void extend_file(std::uint64_t count) noexcept { file_.left += count; }
  [[nodiscard]] std::uint64_t file_left() const noexcept { return file_.left; }

  /// Reading stops and resumes; while paused the peer's sends fill the kernel's buffers only. When
  /// the peer is gone what it left there is offered although reading is paused.
  void pause_reading();
  void resume_reading();
  [[nodiscard]] bool reading() const noexcept { return reading_; }

  /// While reading is paused the peer's end is told, too, with bytes unread before it
  /// (`on_end_ahead`). Call before `open`.
  void hear_end_when_paused() noexcept { hears_end_ = true; }

  /// After the end: the peer went without having read all that was sent, which only a unix socket
  /// tells, or before it was sent.
  [[nodiscard]] bool left_unread() const noexcept { return left_unread_ || !output_.empty(); }

  /// The peer is known to run no more, though the kernel may not have closed its end yet: what it
  /// holds for it counts as `left_unread`. Unix sockets only.
  /// @cost one system call
  void peer_has_ended() noexcept;

  /// After the end: the `errno` of the system call that ended it; 0: the peer has gone.
  [[nodiscard]] int fault() const noexcept { return fault_; }

  /// Whether bytes are kept that the owner could not use yet. While they are being offered those
  /// it is about to use up count too.
  [[nodiscard]] bool has_unread() const noexcept { return !pending_.empty(); }

  /// Whether the peer has sent what was not read yet.
  /// @cost one system call
  [[nodiscard]] bool input_waits() const noexcept;

  /// Bytes the kernel took in all.
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }

  /// A number that grows with what the peer took, not only with what the kernel's buffer of some
  /// megabytes holds for it: whoever does not change it reads nothing.
  /// @cost one system call
  [[nodiscard]] std::uint64_t taken_by_peer() const noexcept;

  /// Offers the bytes kept back once more (after the owner became able to use them), at the
  /// end of the batch.
  void reconsider_later() {
    reconsider_ = true;
    flush_later();
  }

  /// Takes what has arrived so far without waiting for readiness: the last words of a peer
  /// that is known to have ended.
  void read_remaining();

  /// Closes at once; `on_closed` is not called.
  void close() noexcept;

  /// Sends what is left, then shuts down our sending side and reads on until the peer closes, so
  /// that it sees our last bytes and not a reset. `on_closed` follows.
  void close_after_output();
  [[nodiscard]] bool closing() const noexcept { return closing_; }

protected:
  /// recv(2), for who wants to know more of what it reads.
  [[nodiscard]] virtual ssize_t receive(std::span<char> into);

  /// New bytes, those kept back included.
  /// @return how many are used up; the rest is kept and offered again with what comes next
  [[nodiscard]] virtual std::size_t on_input(std::string_view input) = 0;

  /// The peer closed, or the socket failed; the socket is closed already. The last call.
  virtual void on_closed() = 0;

  /// The kernel takes no more for now; `on_drained` follows when everything is sent.
  virtual void on_blocked() {}

  /// Everything is sent: the output, and the file behind it.
  virtual void on_drained() {}

  /// The file has become shorter than was said, or cannot be read.
  /// @param lost bytes that will not come
  virtual void on_file_cut(std::uint64_t lost) {
    static_cast<void>(lost);
    fail_now();
  }

  /// After `close_after_output`: everything is sent, only the peer's end is awaited.
  virtual void on_shut_down() {}

  /// The peer sends no more. What was offered and not used can be asked for again with
  /// `reconsider_later`.
  /// @return true to stay open for sending
  [[nodiscard]] virtual bool on_end_of_input() { return false; }

  /// Reading is paused, and behind what was not read the peer sends no more. Told once a pause.
  virtual void on_end_ahead() {}

private:
  /// Beside a byte of the output.
  struct attachment {
    std::uint64_t at = 0; ///< as `sent` counts
    std::shared_ptr<const unique_fd> descriptor;
  };

  void on_ready(std::uint32_t what) override;
  void at_batch_end() override;
  void read_some();
  void offer_pending();
  void send_some();
  [[nodiscard]] ssize_t send_attached() noexcept;
  [[nodiscard]] bool send_file_bytes();
  void wait_for_room();
  void wait_for_others();
  void watch();
  void fail_now();
  void fail_by(int error);
  [[nodiscard]] std::uint64_t held_for_peer() const noexcept;

  event_loop& loop_;
  unique_fd socket_;
  wire::byte_buffer output_;
  file_part file_;                          ///< follows the output
  std::vector<attachment> attached_;        ///< in order; few and rare
  std::unique_ptr<reactor::waiting> retry_; ///< while the kernel passes none
  wire::byte_buffer pending_;               ///< input not used up yet
  std::size_t received_ = 0;                ///< bytes in all
  std::uint64_t sent_ = 0;
  int fault_ = 0;
  bool left_unread_ = false;
  std::uint32_t watched_ = 0;
  bool reading_ = true;
  bool blocked_ = false; ///< the kernel took less than we had
  bool closing_ = false;
  bool shut_down_ = false;
  bool ended_ = false; ///< the peer sends no more
  bool hears_end_ = false;
  bool end_told_ = false; ///< in this pause
  bool reconsider_ = false;
};

} // namespace kraken::net
