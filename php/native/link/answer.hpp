// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The answer to the open request, as it is made: status and header fields, then a body that
/// leaves whole, or part by part once it is large or flushed. Knows frames, not PHP.
#pragma once

#include "daemon_link.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::php {

/// @thread one, its link's
class answer {
public:
  /// A body larger than this is sent while it is made.
  static constexpr std::size_t held_bytes_max = 256U << 10U;

  explicit answer(daemon_link& link) : link_(link) {}

  /// A request waits for its answer from now on.
  void begin();
  /// Somebody else gives it: nothing of it leaves this process.
  void disown() noexcept { at_ = stage::none; }

  /// A request waits for its answer, or for the rest of it.
  [[nodiscard]] bool open() const noexcept { return at_ == stage::held || at_ == stage::leaving; }
  /// Nothing has left yet: status and fields can still change.
  [[nodiscard]] bool held() const noexcept { return at_ == stage::held; }

  /// @param status one that HTTP does not know becomes 500
  void head(int status);

  /// Another status than `head` said, before anything has left.
  void restate(int status);

  /// Adds a header field. One that HTTP cannot carry is left out.
  /// @return false: it was left out
  bool field(std::string_view name, std::string_view value);

  [[nodiscard]] int status() const noexcept { return status_; }
  /// Views until the next change.
  [[nodiscard]] std::vector<wire::header_field>& fields();

  /// Drops what was written of the body, and all fields but some. Only while `held`.
  /// @param keeps `keeps(name)`
  template <class Keeps>
  void narrow(Keeps keeps) {
    body_.clear();
    const auto all = std::exchange(fields_, {});
    wire::slab_field_reader reader{all.view()};
    for (wire::header_field each; reader.next(each);) {
      if (keeps(each.name)) {
        put(each);
      }
    }
  }

  /// A part of a file in place of the body, which is empty. Only while `held`.
  void body_from(unique_fd file, const wire::file_extent& part) noexcept;

  /// Interim response 103.
  bool hints(std::span<const wire::header_field> fields);

  /// Appends to the body.
  /// @return false: nobody reads it any more
  bool write(std::string_view part);

  /// Sends what there is.
  /// @return false: nobody reads it any more
  bool flush();

  /// Sends the rest; the client has its answer, and the request goes on until `finish`.
  /// @param memory_bytes as `finish`
  void finish_early(wire::worker_after after, std::uint64_t memory_bytes);

  /// Sends the rest; the request is answered.
  /// @param memory_bytes in use by this process
  void finish(wire::worker_after after, std::uint64_t memory_bytes);

private:
  /// complete: the client has it all.
  enum class stage : std::uint8_t { none, held, leaving, complete };

  void put(const wire::header_field& field);
  bool leave();
  [[nodiscard]] bool finish_in_place(wire::worker_after after, std::uint64_t memory_bytes);
  [[nodiscard]] bool
  pass_file(wire::worker_after after, std::uint64_t memory_bytes, wire::response_part part);
  void copy_file();
  void send_rest(wire::worker_after after,
                 std::uint64_t memory_bytes,
                 wire::response_part whole,
                 wire::chunk_part last);

  daemon_link& link_;
  stage at_ = stage::none;
  bool unread_ = false; ///< nobody reads
  int status_ = 0;
  wire::byte_buffer fields_; ///< as a slab has them
  std::vector<wire::header_field> shown_;
  wire::byte_buffer body_;
  unique_fd file_; ///< in its place
  wire::file_extent extent_;
  wire::byte_buffer out_;
};

} // namespace kraken::php
