// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "carrier.hpp"

#include "kraken/base/spool_file.hpp"

#include <algorithm>
#include <cstring>

namespace kraken::php {

namespace {

// As HTTP says of fields that are repeated.
void join_value(std::string& to, std::string_view between, std::string_view value) {
  if (!to.empty()) {
    to.append(between);
  }
  to.append(value);
}

} // namespace

void carrier::open_request(const script_place& answering) {
  const auto& request = link_.request();
  has_request_ = true;
  answering_ = &answering;
  filter_told = filter_lacks_query = filter_lacks_cookies = false;
  body_read_ = 0;
  ++requests;
  keep_line(request);
  content_type_.clear();
  cookies_.clear();
  authorization_.clear();
  length_said_ = false;
  for (const auto& field : request.headers) {
    if (field.name == "content-type") {
      join_value(content_type_, ", ", field.value);
    } else if (field.name == "cookie") {
      join_value(cookies_, "; ", field.value);
    } else if (field.name == "authorization") {
      join_value(authorization_, ", ", field.value);
    } else if (field.name == "content-length") {
      length_said_ = true;
    }
  }
  variables_.clear();
  answer_.begin();
}

// PHP wants a NUL behind each, and they are not where the daemon may write.
void carrier::keep_line(const php::open_request& of) {
  constexpr std::string_view get = "GET";
  line_.clear();
  char* at = line_.prepare(of.method.size() + of.target.size() + of.query.size() + 3);
  const auto keep = [&at](std::string_view text) -> std::string_view {
    char* const begin = at;
    at = std::copy(text.begin(), text.end(), begin);
    *at++ = '\0';
    return {begin, text.size()};
  };
  method_ = of.method == get ? get : keep(of.method);
  target_ = keep(of.target);
  query_ = target_.ends_with(of.query) ? target_.substr(target_.size() - of.query.size())
                                       : keep(of.query);
}

const variable_list& carrier::variables() {
  if (variables_.size() == 0) {
    put_server_variables(link_.request(), *answering_, variables_);
  }
  return variables_;
}

void carrier::close_request() {
  has_request_ = false;
  link_.request_done();
}

// In a handler of fork(): takes no lock, and touches no memory that the child has not.
void carrier::disown() {
  forked = true;
  door = nullptr;
  left = nullptr;
  body_read_ = 0;
  answer_.disown();
  link_.disown();
}

result<std::size_t> carrier::read_body(char* into, std::size_t most) {
  if (!has_request_) {
    return 0;
  }
  const auto& request = link_.request();
  if (request.file != nullptr) {
    const auto unread = request.stored_bytes - body_read_;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(unread, most));
    auto got = read_at(*request.file, body_read_, {into, wanted});
    body_read_ += got.value_or(0);
    return got;
  }
  const auto count = request.body.substr(body_read_).copy(into, most);
  body_read_ += count;
  return count;
}

} // namespace kraken::php
