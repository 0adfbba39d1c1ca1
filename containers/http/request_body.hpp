// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A request's body while it arrives: in memory while it is small, then in a temporary file, so
/// that the daemon's memory does not grow with it (docs/decisions/0028). Knows neither framing nor
/// limits.
#pragma once

#include "kraken/base/spool_file.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/wire/byte_buffer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::containers {

/// @thread its connection's
class request_body {
public:
  /// A body begins; what was there is dropped.
  /// @param directory  for a temporary file; must outlive the body. Null: it stays in memory
  /// @param memory_max bytes that stay in memory, if there is a directory
  void begin(const std::string* directory, std::uint64_t memory_max) noexcept;

  /// @error as `spool_file::make` and `spool_file::append`; the body is of no use any more
  [[nodiscard]] result<void> append(std::string_view part);

  /// Bytes of it so far.
  [[nodiscard]] std::uint64_t size() const noexcept { return stored_bytes() + memory_.size(); }

  /// All of it is there: what is held back is written, too.
  /// @error as `append`
  [[nodiscard]] result<void> finish();

  // After `finish`.
  [[nodiscard]] bool stored() const noexcept { return file_.has_value(); }
  /// While not `stored`.
  [[nodiscard]] std::string_view view() const noexcept { return memory_.view(); }
  /// While `stored`: the file, which lives on with who takes it.
  /// @error errc::system_error
  [[nodiscard]] result<net::stored_body> store() const;

  /// Drops it; memory beyond the little that every connection keeps is given back.
  void clear() noexcept;

private:
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return file_ ? file_->size() : 0; }
  [[nodiscard]] result<void> write_memory();

  wire::byte_buffer memory_; ///< of a stored body what is not written yet
  std::optional<spool_file> file_;
  const std::string* directory_ = nullptr;
  std::uint64_t memory_max_ = 0;
};

} // namespace kraken::containers
