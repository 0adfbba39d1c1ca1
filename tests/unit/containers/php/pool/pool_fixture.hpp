// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A pool on one or more real loops, with workers that are the test itself: it reads what they are
/// sent and writes what they say, frame by frame. No process is started.
#pragma once

#include "../../fake_exchange.hpp"
#include "containers/php/channel/kraken_channel.hpp"
#include "containers/php/pool/pool_shard.hpp"
#include "kraken/base/passed_descriptors.hpp"
#include "kraken/base/spool_file.hpp"
#include "kraken/wire/worker_side_frame.hpp"
#include "support/loop_thread.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kraken::containers::test {

using test_support::loop_thread;
using test_support::patience;

/// The container of a worker, as its channel sees it.
class fake_owner final : public channel_owner {
public:
  int ready = 0;
  int overdue = 0;
  std::vector<std::string> ended;
  std::vector<std::string> said;
  int answered = 0;
  std::uint64_t memory = 0;
  bool takes_more = true;
  bool asked_to_recycle = false;

  void worker_ready() override {
    ++ready;
    when_ready();
  }

  void channel_ended(std::string why) override { ended.push_back(std::move(why)); }
  void request_overdue() override { ++overdue; }

  bool request_answered(std::uint64_t memory_bytes, bool wants_recycle) override {
    ++answered;
    memory = memory_bytes;
    asked_to_recycle = asked_to_recycle || wants_recycle;
    return takes_more && !wants_recycle;
  }

  void worker_said(std::string_view level, std::string_view message) override {
    said.push_back(std::string{level} + ": " + std::string{message});
  }

  void worker_failed(std::string type,
                     std::string message,
                     std::string place,
                     std::vector<std::string>) override {
    said.push_back(type + ": " + message + " at " + place);
  }

  std::function<void()> when_ready = [] {};
};

/// A frame that a worker got, its bytes owned.
struct got_frame {
  wire::frame_type type = wire::frame_type::ping;
  std::uint32_t stream = 0;
  std::string payload;
};

/// The worker's end of a channel, blocking, with a deadline.
class worker_end {
public:
  explicit worker_end(unique_fd socket) : socket_(std::move(socket)) {}

  void write(std::string_view raw) {
    static_cast<void>(::send(socket_.get(), raw.data(), raw.size(), MSG_NOSIGNAL));
  }

  void write(const wire::byte_buffer& raw) { write(raw.view()); }

  void pass(std::string_view raw, int descriptor) {
    static_cast<void>(send_with_descriptors(socket_.get(), raw, {&descriptor, 1}, 0));
  }

  void answer(std::uint32_t stream, std::string_view body, int status = 200) {
    wire::byte_buffer out;
    wire::append_response(out, stream, status, {}, body);
    write(out);
  }

  void begin_stream(std::uint32_t stream, std::string_view body = {}) {
    wire::byte_buffer out;
    wire::append_response(out, stream, 200, {}, body, std::nullopt, wire::response_part::first);
    write(out);
  }

  void chunk(std::uint32_t stream,
             std::string_view body,
             wire::chunk_part which = wire::chunk_part::more) {
    wire::byte_buffer out;
    wire::append_chunk_frame(out, stream, body, which);
    write(out);
  }

  /// Nothing once the channel is closed or in time.
  std::optional<got_frame> read() {
    while (true) {
      wire::worker_frame frame;
      const auto split = wire::split_frame(held_, frame);
      if (split.status == wire::split_outcome::kind::done) {
        got_frame out{frame.type, frame.stream, std::string{frame.payload}};
        held_.erase(0, split.consumed);
        return out;
      }
      pollfd one{socket_.get(), POLLIN, 0};
      const auto ms = static_cast<int>(std::chrono::milliseconds{patience}.count());
      char part[65536];
      const auto count =
          ::poll(&one, 1, ms) == 1
              ? receive_with_descriptors(socket_.get(), part, 0, passed, passed_descriptors_max)
                    .count
              : -1;
      if (count <= 0) {
        return std::nullopt;
      }
      held_.append(part, static_cast<std::size_t>(count));
    }
  }

  /// The path of the next request, empty if none comes; `stream()` is its number.
  std::string request() {
    const auto frame = read();
    if (!frame || frame->type != wire::frame_type::request) {
      return {};
    }
    stream_ = frame->stream;
    const auto request = wire::decode_request(frame->payload);
    return request ? std::string{request->path} : std::string{};
  }

  /// Like `request`, of one whose body is in a file.
  /// @return that body; empty: there is none, or not with its descriptor
  std::string stored_body() {
    const auto frame = read();
    const auto request = frame ? wire::decode_request(frame->payload)
                               : result<wire::worker_request>{fail(errc::timeout, "no frame")};
    if (!request || request->stored_bytes == 0 || passed.size() != 1) {
      return {};
    }
    stream_ = frame->stream;
    std::string out(request->stored_bytes, '?');
    const auto got = read_at(passed.front(), 0, out);
    passed.clear();
    return got && *got == out.size() ? out : std::string{};
  }

  [[nodiscard]] std::uint32_t stream() const { return stream_; }

  [[nodiscard]] bool has_input() const {
    pollfd one{socket_.get(), POLLIN, 0};
    return !held_.empty() || ::poll(&one, 1, 0) == 1;
  }

  [[nodiscard]] int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }

  std::vector<unique_fd> passed; ///< beside the frames read so far

private:
  unique_fd socket_;
  std::string held_;
  std::uint32_t stream_ = 0;
};

/// A body in a file, as a front has it.
inline net::stored_body body_in_file(std::string_view text) {
  auto file = spool_file::make("/tmp");
  if (!file || !file->append(text)) {
    return {};
  }
  auto reader = file->reader();
  return reader
             ? net::stored_body{std::make_shared<const unique_fd>(std::move(*reader)), text.size()}
             : net::stored_body{};
}

/// A channel with both its ends.
struct scripted_worker {
  fake_owner owner;
  std::unique_ptr<worker_channel> channel;
  std::unique_ptr<worker_end> end;
};

inline void make_sockets(unique_fd& ours, unique_fd& theirs) {
  int ends[2] = {-1, -1};
  static_cast<void>(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
  ours.reset(ends[0]);
  theirs.reset(ends[1]);
}

/// One shard of a pool on its loop.
class shard_fixture {
public:
  shard_fixture(std::uint32_t index,
                const std::shared_ptr<pool_group>& group,
                const pool_settings& settings)
      : on(index) {
    on.call([&] {
      pool = std::make_shared<pool_shard>(on.loop(),
                                          std::make_shared<const pool_settings>(settings),
                                          group,
                                          std::make_shared<model::gauges>());
      group->line(index).loop = &on.loop();
      group->line(index).pool = pool;
    });
    counters = pool->counters();
  }

  /// A ready worker.
  scripted_worker& add_worker() {
    auto& made = make_worker();
    on.call([&] { pool->add(*made.channel); });
    return made;
  }

  scripted_worker& make_worker() {
    auto& made = *workers.emplace_back(std::make_unique<scripted_worker>());
    unique_fd ours;
    unique_fd theirs;
    make_sockets(ours, theirs);
    made.end = std::make_unique<worker_end>(std::move(theirs));
    on.call([&] {
      auto channel = std::make_unique<kraken_channel>(
          on.loop(), std::move(ours), made.owner, *pool, std::make_shared<model::gauges>());
      static_cast<void>(channel->open());
      made.channel = std::move(channel);
    });
    return made;
  }

  /// A request for `path`; `from` must live until it ends or is abandoned.
  void submit(fake_exchange& from,
              std::string_view path,
              net::retry_policy retry = net::retry_policy::none) {
    on.call([&] { submit_here(from, path, retry); });
  }

  /// @thread the loop's
  void submit_here(fake_exchange& from,
                   std::string_view path,
                   net::retry_policy retry = net::retry_policy::none) {
    wire::request_head head;
    head.method = wire::http_method::get;
    head.method = wire::http_method::get;
    head.method_name = "GET";
    head.target = path;
    head.path = path;
    wire::request_facts facts;
    facts.head = &head;
    facts.path = path;
    facts.stored_bytes = from.stored.bytes;
    pool->submit(from, facts, retry);
  }

  void abandon(fake_exchange& from) {
    on.call([&] {
      from.gone = true;
      pool->abandon(from);
    });
  }

  [[nodiscard]] bool ended(const fake_exchange& which) {
    return on.eventually([&] { return which.ends != 0; });
  }

  /// Lets at least `time` pass on the loop.
  [[nodiscard]] bool pass(milliseconds time) {
    const auto until = on.call([&] { return on.loop().now(); }) + time;
    return on.eventually([&] { return on.loop().now() > until; });
  }

  void tear_down() {
    on.call([&] {
      for (auto& each : workers) {
        if (each->channel) {
          pool->lost(*each->channel);
          each->channel.reset();
        }
      }
      pool.reset();
    });
  }

  [[nodiscard]] static std::int64_t ends(const pool_counters& c) {
    return c.answered.get() + c.crashed.get() + c.timed_out.get() + c.queue_full.get() +
           c.queue_expired.get() + c.abandoned.get() + c.refused.get();
  }

  loop_thread on;
  std::shared_ptr<pool_shard> pool;
  std::shared_ptr<const pool_counters> counters;
  std::vector<std::unique_ptr<scripted_worker>> workers;
};

/// A pool with one shard.
class pool_fixture : public shard_fixture {
public:
  explicit pool_fixture(const pool_settings& settings = {})
      : shard_fixture(0, std::make_shared<pool_group>(1), settings) {}

  ~pool_fixture() { tear_down(); }
};

} // namespace kraken::containers::test
