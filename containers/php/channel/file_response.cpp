// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/channel/file_response.hpp"

#include "kraken/base/regular_file.hpp"
#include "kraken/wire/http1_response.hpp"

#include <utility>

namespace kraken::containers {

std::string
answer_with_passed(net::exchange*& to, const wire::worker_response& response, unique_fd passed) {
  const auto extent = wire::decode_file_extent(response.body);
  if (!extent) {
    return extent.error().text();
  }
  const auto fail_with = [&to](int status, std::string_view detail) {
    if (auto* const waited = std::exchange(to, nullptr)) {
      waited->failed(status, detail);
    }
    return std::string{};
  };
  if (!passed) {
    return fail_with(503, "the daemon has no file descriptor left");
  }
  auto file = as_regular(std::move(passed));
  if (!file) {
    return "an answer with " + file.error().context;
  }
  if (to == nullptr) {
    return {};
  }
  if (extent->first > file->size || extent->count > file->size - extent->first) {
    return fail_with(500, "the file has become shorter"); // since the worker looked at it
  }
  wire::response_writer writer{to->output(), to->context()};
  writer.begin(response.status);
  for (const auto field : response.headers) {
    if (writer.field(field.name, field.value) == wire::response_writer::verdict::refused) {
      writer.abandon();
      return "a header field that would break the response apart";
    }
  }
  const auto framing = writer.end_with_length(extent->count);
  auto& waited = *std::exchange(to, nullptr);
  if (framing == wire::body_framing::none) {
    waited.answered(response.status, writer.after());
  } else {
    waited.answered_with_file(
        response.status, writer.after(), {std::move(file->fd), extent->first, extent->count});
  }
  return {};
}

} // namespace kraken::containers
