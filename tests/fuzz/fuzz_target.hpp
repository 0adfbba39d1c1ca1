// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The fuzz targets by name: each takes any bytes and aborts when something that must always hold
/// does not. libFuzzer drives them (`libfuzzer_entry.cpp`), and a unit test replays their corpora.
#pragma once

#include <array>
#include <string_view>

namespace kraken::fuzz {

/// Splitting never changes a verdict; what is parsed lies within the input.
void http1_request(std::string_view bytes);

/// Splitting never changes the body or the verdict.
void http1_chunked(std::string_view bytes);

/// Frames decode or are refused; a decoded RESPONSE survives the way there and back.
void worker_frame(std::string_view bytes);

/// Responses decode or are refused; their headers can be walked.
void narya_response(std::string_view bytes);

/// Our reader and msgpack-cxx agree; trees survive the way there and back.
void msgpack(std::string_view bytes);

/// What stands in a slab is read or refused; no field breaks a response apart.
void slab(std::string_view bytes);

struct target_row {
  std::string_view name; ///< also the folder of its corpus
  void (*run)(std::string_view);
};

inline constexpr std::array target_table{
    target_row{"http1_request", http1_request},
    target_row{"http1_chunked", http1_chunked},
    target_row{"worker_frame", worker_frame},
    target_row{"narya_response", narya_response},
    target_row{"msgpack", msgpack},
    target_row{"slab", slab},
};

} // namespace kraken::fuzz
