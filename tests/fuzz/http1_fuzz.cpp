// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Fuzz targets of the HTTP/1 request parser and the chunked decoder.
#include "fuzz_target.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/wire/http1_chunked.hpp"
#include "kraken/wire/http1_request.hpp"
#include "kraken/wire/http1_target.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace kraken::fuzz {

namespace {

using parse_kind = wire::parse_outcome::kind;
using chunk_kind = wire::chunked_decoder::step::kind;

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_head(const wire::request_head& head, std::string_view input) {
  KRAKEN_ASSERT(lies_within(head.target, input) && !head.target.empty());
  KRAKEN_ASSERT(lies_within(head.host, input) && lies_within(head.query, input));
  KRAKEN_ASSERT(head.field_count <= head.fields.size());
  KRAKEN_ASSERT(!(head.chunked && head.content_length));
  for (const auto& field : head.headers()) {
    KRAKEN_ASSERT(lies_within(field.name, input) && lies_within(field.value, input));
    KRAKEN_ASSERT(wire::is_token(field.name) && wire::is_safe_value(field.value));
  }
  std::string decoded(head.path.size(), '\0');
  const auto path = wire::decode_path(head.path, decoded);
  KRAKEN_ASSERT(path && (*path == "*" || path->front() == '/'));
  KRAKEN_ASSERT(!head.path_is_plain || *path == head.path);
  KRAKEN_ASSERT(path->find("/../") == std::string_view::npos && !path->ends_with("/.."));
}

struct chunked_result {
  chunk_kind last = chunk_kind::need_more;
  std::size_t consumed = 0;
  std::string body;
};

/// Decodes `input` handed over in parts of at most `part` bytes.
chunked_result decode_in_parts(std::string_view input, std::size_t part) {
  chunked_result out;
  wire::chunked_decoder decoder;
  while (out.last != chunk_kind::done && out.last != chunk_kind::error &&
         out.consumed < input.size()) {
    const auto step = decoder.next(input.substr(out.consumed, part));
    KRAKEN_ASSERT(step.consumed <= part);
    KRAKEN_ASSERT(step.consumed != 0 || step.status != chunk_kind::need_more);
    out.last = step.status;
    out.consumed += step.consumed;
    out.body += step.data;
  }
  return out;
}

} // namespace

void http1_request(std::string_view bytes) {
  const auto head = std::make_unique<wire::request_head>();
  wire::request_parser parser;
  const auto whole = parser.parse(bytes, *head);
  KRAKEN_ASSERT(whole.consumed <= bytes.size());
  if (whole.status == parse_kind::done) {
    KRAKEN_ASSERT(whole.consumed != 0);
    check_head(*head, bytes);
  }
  // A step that depends on the input, so that the fuzzer finds interesting places itself.
  const std::size_t step = bytes.empty() ? 1 : static_cast<unsigned char>(bytes.back()) % 61U + 1U;
  wire::request_parser slow;
  wire::parse_outcome split;
  for (std::size_t size = 0; split.status == parse_kind::need_more && size < bytes.size();) {
    size = std::min(bytes.size(), size + step);
    split = slow.parse(bytes.substr(0, size), *head);
  }
  KRAKEN_ASSERT(split.status == whole.status && split.consumed == whole.consumed);
  KRAKEN_ASSERT(split.http_status == whole.http_status && split.reason == whole.reason);
}

void http1_chunked(std::string_view bytes) {
  const auto whole = decode_in_parts(bytes, bytes.size());
  for (const std::size_t part : {1U, 2U, 7U}) {
    const auto split = decode_in_parts(bytes, part);
    KRAKEN_ASSERT(split.body == whole.body);
    KRAKEN_ASSERT((split.last == chunk_kind::error) == (whole.last == chunk_kind::error));
    KRAKEN_ASSERT((split.last == chunk_kind::done) == (whole.last == chunk_kind::done));
    KRAKEN_ASSERT(split.consumed == whole.consumed);
  }
}

} // namespace kraken::fuzz
