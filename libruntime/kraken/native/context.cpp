// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/native/context.hpp"

#include <memory>
#include <utility>

namespace kraken::native {

void context::create(model::child_spec child, model::reply_callback done) {
  model::command what;
  what.what = model::verb::create;
  what.origin = path();
  what.spec = std::make_shared<const model::child_spec>(std::move(child));
  manage(std::move(what), std::move(done));
}

model::child_spec native_child(std::string id, std::string start) {
  model::child_spec made;
  made.id = std::move(id);
  made.kind = "native";
  made.name = start;
  made.start.push_back(std::move(start));
  return made;
}

} // namespace kraken::native
