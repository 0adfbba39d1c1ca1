// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/model/identity.hpp"

#include <string_view>
#include <utility>

namespace kraken::model {

namespace {

tl::unexpected<error>
foreign_identity(std::string_view what, const std::string& asked, const std::string& creator) {
  std::string why{what};
  why += " '" + asked + "': what a container makes runs as its creator, ";
  if (creator.empty()) {
    why += "whose definition names none";
  } else {
    why += "'" + creator + "' here";
  }
  return fail(errc::permission_denied, std::move(why));
}

} // namespace

result<identity> inherit(const identity& creator, const identity& asked) {
  if (!asked.user.empty() && asked.user != creator.user) {
    return foreign_identity("user", asked.user, creator.user);
  }
  if (!asked.group.empty() && asked.group != creator.group) {
    return foreign_identity("group", asked.group, creator.group);
  }
  return creator;
}

} // namespace kraken::model
