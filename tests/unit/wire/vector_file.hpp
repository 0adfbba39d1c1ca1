// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading of the text files in `tests/support/vectors`, whose formats their own comments explain.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::test {

/// A row of `http1_requests.txt`.
struct http1_row {
  std::string name;
  std::vector<int> statuses;
  bool keep = false;
  std::string bytes;
};

[[nodiscard]] std::vector<http1_row> read_http1_rows();

/// Frames of `worker_frames.txt` by name.
[[nodiscard]] std::map<std::string, std::string> read_worker_frames();

[[nodiscard]] std::string from_hex(std::string_view hex);
[[nodiscard]] std::string to_hex(std::string_view bytes);

/// The bytes of a file; the test fails if there is none.
[[nodiscard]] std::string read_file(const std::string& path);

} // namespace kraken::test
