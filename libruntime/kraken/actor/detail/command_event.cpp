// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/command_event.hpp"

#include "kraken/base/signal_name.hpp"
#include "kraken/model/alias.hpp"

#include <utility>
#include <vector>

namespace kraken::actor {

namespace {

using field_list = std::vector<std::pair<std::string, std::string>>;

field_list fields_of(model::verb verb, const std::string& origin) {
  return {{"verb", std::string(to_string(verb))}, {"origin", origin}};
}

} // namespace

std::string note_command(status_board& board, std::string_view root, const model::command& what) {
  const bool creates = what.what == model::verb::create && what.spec != nullptr;
  auto path = what.target.empty() && !creates ? std::string(root) : what.target;
  if (const auto found = board.resolve(path)) {
    path = (*found)->path;
  }
  if (creates) {
    path = model::join_path(path, what.spec->id);
  }
  auto fields = fields_of(what.what, what.origin);
  if (what.what == model::verb::scale) {
    fields.emplace_back("count", std::to_string(what.count));
  } else if (what.what == model::verb::signal) {
    fields.emplace_back("signal", std::string(signal_name(static_cast<int>(what.count))));
  }
  board.note(path, "command", std::move(fields));
  return path;
}

void note_refusal(status_board& board,
                  std::string_view path,
                  model::verb verb,
                  const std::string& origin,
                  const error& why) {
  auto fields = fields_of(verb, origin);
  fields.emplace_back("reason", why.text());
  board.note(path, "command_refused", std::move(fields));
}

} // namespace kraken::actor
