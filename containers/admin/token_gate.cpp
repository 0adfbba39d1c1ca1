// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Checking of tokens.
#include "containers/admin/token_gate.hpp"

#include "kraken/wire/http1_field.hpp"

namespace kraken::containers {

// In constant time for a given length: what is wrong must not show in how long it takes.
bool token_gate::right(std::string_view authorization) const noexcept {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() ||
      !wire::equals_lower(authorization.substr(0, scheme.size()), scheme)) {
    return false;
  }
  const auto given = authorization.substr(scheme.size());
  unsigned char different = given.size() == token_.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    different |= static_cast<unsigned char>(given[i] ^ token_[i % token_.size()]);
  }
  return different == 0;
}

void token_gate::submit(net::exchange& from,
                        const wire::request_facts& facts,
                        net::retry_policy retry) {
  if (right(facts.head->header("authorization"))) {
    behind_.submit(from, facts, retry);
    return;
  }
  wire::response_writer writer{from.output(), from.context()};
  writer.begin(401);
  static_cast<void>(writer.field("www-authenticate", "Bearer"));
  static_cast<void>(writer.field("content-type", "application/json"));
  writer.end_with_body(
      "{\"ok\":false,\"error\":{\"code\":\"permission_denied\",\"text\":\"a bearer "
      "token is needed\",\"hint\":\"see admin.token_file\"}}");
  from.answered(401, writer.after());
}

} // namespace kraken::containers
