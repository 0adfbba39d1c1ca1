// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "carrier.hpp"

#include <algorithm>
#include <cstring>

namespace kraken::php {

void carrier::open_request(const script_place& answering) {
  const auto& request = link_.request();
  std::string scratch;
  has_request_ = true;
  body_read_ = 0;
  ++requests;
  method_.assign(request.method);
  target_.assign(request.target);
  query_.assign(request.query);
  content_type_.assign(joined_header(request.headers, "content-type", scratch));
  cookies_.assign(joined_header(request.headers, "cookie", scratch));
  authorization_.assign(joined_header(request.headers, "authorization", scratch));
  variables_.clear();
  put_server_variables(request, answering, variables_);
  answer_.begin();
}

void carrier::close_request() {
  has_request_ = false;
  link_.request_done();
}

std::size_t carrier::read_body(char* into, std::size_t most) noexcept {
  if (!has_request_) {
    return 0;
  }
  const auto rest = link_.request().body.substr(body_read_);
  const auto count = std::min(rest.size(), most);
  std::memcpy(into, rest.data(), count);
  body_read_ += count;
  return count;
}

} // namespace kraken::php
