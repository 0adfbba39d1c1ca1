// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A channel that speaks docs/reference/worker-protocol.md.
#pragma once

#include "containers/php/pool/worker_channel.hpp"
#include "kraken/wire/slab_answer.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

/// @thread its shard's
class kraken_channel final : public worker_channel {
public:
  using worker_channel::worker_channel;

  /// Opens the channel and greets the worker.
  [[nodiscard]] result<void> welcome(const wire::welcome_facts& facts);

  /// Bytes that belong to no request were added to the output.
  void letter_written();

  void abandoned() override;
  void drain() override;

private:
  ssize_t receive(std::span<char> into) override;
  std::size_t on_input(std::string_view input) override;
  void on_drained() override;
  void on_blocked() override;
  void answered_in_slab(std::string_view area) override;
  [[nodiscard]] std::string take_ready(const wire::worker_frame& frame);
  [[nodiscard]] std::string_view write_answer(const wire::slab_answer& answer);

  /// @return empty, or why the worker cannot be understood
  [[nodiscard]] std::string take(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_response(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_file(const wire::worker_frame& frame,
                                      const wire::worker_response& response);
  [[nodiscard]] std::string take_chunk(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_report(const wire::worker_frame& frame);
  [[nodiscard]] std::string take_letter(const wire::worker_frame& frame);
  [[nodiscard]] bool write_response(const wire::worker_frame& frame,
                                    const wire::worker_response& response);
  [[nodiscard]] bool write_hints(const wire::worker_response& hints);
  void extend_time();

  bool ready_told_ = false;
  bool too_many_passed_ = false;
  std::vector<unique_fd> passed_; ///< by the worker, beside a frame that is not whole yet
  wire::byte_buffer copy_;        ///< of what stands in the slab
};

} // namespace kraken::containers
