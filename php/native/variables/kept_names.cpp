// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kept_names.hpp"

#include "php/native/php_api.hpp"
#include "php/native/server_variables.hpp"

#include <array>

namespace kraken::php {

namespace {

constexpr std::array<std::string_view, 48> usual_names{"accept",
                                                       "accept-charset",
                                                       "accept-encoding",
                                                       "accept-language",
                                                       "authorization",
                                                       "cache-control",
                                                       "cdn-loop",
                                                       "connection",
                                                       "content-encoding",
                                                       "content-length",
                                                       "content-type",
                                                       "cookie",
                                                       "dnt",
                                                       "expect",
                                                       "forwarded",
                                                       "from",
                                                       "host",
                                                       "if-match",
                                                       "if-modified-since",
                                                       "if-none-match",
                                                       "if-range",
                                                       "if-unmodified-since",
                                                       "keep-alive",
                                                       "origin",
                                                       "pragma",
                                                       "priority",
                                                       "range",
                                                       "referer",
                                                       "sec-ch-ua",
                                                       "sec-ch-ua-mobile",
                                                       "sec-ch-ua-platform",
                                                       "sec-fetch-dest",
                                                       "sec-fetch-mode",
                                                       "sec-fetch-site",
                                                       "sec-fetch-user",
                                                       "te",
                                                       "traceparent",
                                                       "tracestate",
                                                       "upgrade-insecure-requests",
                                                       "user-agent",
                                                       "via",
                                                       "x-csrf-token",
                                                       "x-forwarded-for",
                                                       "x-forwarded-host",
                                                       "x-forwarded-port",
                                                       "x-forwarded-proto",
                                                       "x-real-ip",
                                                       "x-requested-with"};

} // namespace

_zend_string* permanent_string(std::string_view text) {
  auto* const made = zend_string_init(text.data(), text.size(), true);
  zend_string_hash_val(made);
  GC_ADD_FLAGS(made, IS_STR_INTERNED | IS_STR_PERMANENT);
  return made;
}

_zend_string* literal_string(std::string_view text) {
  auto* const made = zend_string_init_interned(text.data(), text.size(), true);
  zend_string_hash_val(made);
  return ZSTR_IS_INTERNED(made) ? made : permanent_string(text);
}

void kept_names::make_usual() {
  for (const auto field : usual_names) {
    static_cast<void>(of(field));
  }
}

kept_names::entry* kept_names::of(std::string_view field) {
  if (const auto found = all_.find(field); found != all_.end()) {
    return &*found;
  }
  if (all_.size() >= names_max || field.size() > name_bytes_max) {
    return nullptr;
  }
  kept_name made;
  if (passed_on(field)) {
    made.key = permanent_string(variable_name(field, scratch_));
  }
  return &*all_.emplace(field, made).first;
}

} // namespace kraken::php
