// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Worker mode: PHP's output layer, begun and ended with each request, while what costs most of
/// that stays: the stack of handlers and the buffer of `output_buffering`. Knows no request.
#pragma once

#include <cstdint>

namespace kraken::php {

/// Nothing was sent, and nobody has gone.
void start_output();

/// Opens the buffer or the handler that the settings ask for.
void start_output_handlers();

/// Whether the script goes on, and may want to know where output began.
enum class script_part : std::uint8_t { goes_on, is_over };

/// Closes all buffers and handlers; what is in them leaves.
void end_output(script_part script);

/// After `end_output`.
void stop_output();

} // namespace kraken::php
