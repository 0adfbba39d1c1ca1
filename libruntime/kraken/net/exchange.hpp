// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One request on its way to whoever answers it, and the way back: the seam between HTTP fronts
/// and pools. Bytes go straight from the worker's frame into the connection's output; nothing
/// is allocated and no actor is involved.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"
#include "kraken/net/file_part.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/http1_response.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kraken::net {

class request_sink;

/// Whether a request that was in a crashed worker may be tried once more.
enum class retry_policy : std::uint8_t { none, idempotent };

/// A request's body that is too large for memory: in a file without a name. Nobody uses the file's
/// position, so that it can be read by several, and from the beginning again.
struct stored_body {
  std::shared_ptr<const unique_fd> file; ///< to be read only; null: the body is no file
  std::uint64_t bytes = 0;
};

/// What a sink takes as a request's body.
struct body_intake {
  std::uint64_t most = limits::frame_bytes_max; ///< bytes; more is refused, 413
  bool as_file = false;                         ///< a large one as a `stored_body`
};

/// A request that waits for its answer, as its sink sees it. Lives in the front's connection.
/// Exactly one of `failed`, `answered`, `answered_with_file` or (`streaming` ... `stream_ended`)
/// ends it; afterwards the sink must not touch it. When the client goes first, the front calls
/// `request_sink::abandon`.
/// @thread the front's shard
class exchange {
public:
  virtual ~exchange() = default;

  /// The body, when `request_facts::stored_bytes` says that it is in a file. During `submit`, once.
  [[nodiscard]] virtual stored_body body() noexcept { return {}; }

  /// Where the response is written: construct a `wire::response_writer` on it with `context()`.
  [[nodiscard]] virtual wire::byte_buffer& output() noexcept = 0;
  [[nodiscard]] virtual wire::response_context context() noexcept = 0;

  /// An interim response (103) stands whole in the output; what ends the request is still to come.
  virtual void interim() = 0;

  /// The response stands whole in the output.
  virtual void answered(int status, wire::connection_after after) = 0;

  /// The head stands in the output and says how long the body is: these bytes of a file, which
  /// whoever is behind this sends on its own. Ends the request as `answered` does.
  /// @param body at least one byte
  virtual void answered_with_file(int status, wire::connection_after after, file_part body) = 0;

  /// An error response of ours instead: nothing was written.
  /// @param status 500 502 503 504
  virtual void failed(int status, std::string_view detail) = 0;

  /// The head stands in the output; parts follow.
  virtual void streaming(int status, wire::body_framing framing, wire::connection_after after) = 0;
  virtual void stream_part(std::string_view part) = 0;
  virtual void stream_ended() = 0;
  /// The stream breaks off: the client must see that it is not complete. Not from inside `submit`.
  virtual void stream_broken() = 0;

  /// True while the client takes less than is sent: pause, until `request_sink::resume`.
  [[nodiscard]] virtual bool congested() const noexcept = 0;

  /// For the sink's use: where it keeps what belongs to this exchange.
  std::uint32_t slot = 0;
  std::uint32_t slot_round = 0;
};

/// Takes requests and sees to their answers: a pool, as far as one shard is concerned.
/// @thread its shard
class request_sink {
public:
  virtual ~request_sink() = default;

  /// Takes a request. May answer at once. What `facts` points to is valid during the call only.
  virtual void submit(exchange& from, const wire::request_facts& facts, retry_policy retry) = 0;

  /// The client is gone: `from` is not to be touched any more.
  virtual void abandon(exchange& from) = 0;

  /// `from` is no longer congested.
  virtual void resume(exchange& from) = 0;

  /// Asked while a body arrives. What comes all the same is answered 413.
  [[nodiscard]] virtual body_intake intake() const noexcept { return {}; }
};

/// The sinks of one shard by name. Entries stay at their place for ever, so that routes can
/// point at them while pools come and go.
/// @thread its shard
class sink_directory {
public:
  struct entry {
    request_sink* live = nullptr; ///< null while there is no such pool
  };

  [[nodiscard]] entry& at(const std::string& name) { return entries_[name]; }

private:
  std::unordered_map<std::string, entry> entries_; // node-based: addresses are stable
};

} // namespace kraken::net
