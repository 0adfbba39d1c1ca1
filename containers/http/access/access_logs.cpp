// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Keeping of access logs until their threads have ended, so that nobody ever waits for one.
#include "containers/http/access/access_logs.hpp"

#include "kraken/base/log.hpp"

namespace kraken::containers {

result<std::shared_ptr<access_log>> access_logs::open(std::string container, std::string file) {
  using process::line_file;
  auto made = access_log::open(container, file, line_file::unopened::fails);
  if (!made) {
    const bool known = proven_.with([&](const auto& proven) {
      const auto found = proven.find(container);
      return found != proven.end() && found->second == file;
    });
    if (!known) {
      return made;
    }
    log::error("access_log_not_opened",
               {{"container", container}, {"reason", made.error().text()}});
    made = access_log::open(container, file, line_file::unopened::loses_lines);
    if (!made) {
      return made;
    }
  }
  proven_.with([&](auto& proven) { proven[container] = file; });
  all_.with([&](list& all) {
    std::erase_if(all, [](const auto& each) { return each->ended(milliseconds{0}); });
    all.push_back(*made);
  });
  // The handle only says that it is over: its holder, a shard, must not wait for the thread.
  return std::shared_ptr<access_log>(made->get(), [kept = *made](access_log* log) { log->end(); });
}

access_logs::list access_logs::snapshot() const {
  return all_.with([](const list& all) { return all; });
}

void access_logs::reopen_all() {
  for (const auto& each : snapshot()) {
    if (auto reopened = each->reopen(); !reopened) {
      log::error("access_log_not_reopened",
                 {{"container", each->container()}, {"reason", reopened.error().text()}});
    }
  }
}

void access_logs::end_all(milliseconds within) {
  std::vector<std::shared_ptr<process::line_file>> all;
  for (const auto& each : snapshot()) {
    all.push_back(each->lines());
  }
  process::end_all(all, within);
}

} // namespace kraken::containers
