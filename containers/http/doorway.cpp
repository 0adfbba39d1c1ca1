// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Binding of what is not held, and forgetting of what nobody holds any more.
#include "containers/http/doorway.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kraken::containers {

doorway::doorway(std::string path, std::size_t shards, counter_board<front_counters>& board)
    : path_(std::move(path)), board_(board) {
  for (std::size_t i = 0; i < shards; ++i) {
    counters_.push_back(std::make_shared<front_counters>());
    counters_.back()->open_in_all = counters_.front()->open_in_all;
    board_.add(path_, static_cast<std::uint32_t>(i), counters_.back());
  }
}

doorway::~doorway() {
  board_.remove(path_);
}

bool doorway::has_port(std::uint16_t port) const {
  return port != 0 && std::ranges::any_of(doors_, [port](const auto& each) {
           const auto held = each.second.lock();
           return held != nullptr && held->front().bound.port == port;
         });
}

// All sockets are bound before any shard accepts: an address in use is found while nothing has
// changed yet.
result<std::shared_ptr<const door>> doorway::at(const std::string& address) {
  std::erase_if(doors_, [](const auto& each) { return each.second.expired(); });
  if (const auto held = doors_.find(address); held != doors_.end()) {
    auto shared = held->second.lock();
    if (shared->front().can_be_found()) {
      return shared;
    }
    doors_.erase(held);
  }
  const auto where = net::address::parse(address);
  if (!where) {
    return fail(where.error());
  }
  auto first = has_port(where->port) ? net::listen_beside(*where) : net::listen_on(*where);
  if (!first) {
    return fail(first.error());
  }
  door made;
  made.push_back(std::move(*first));
  while (made.size() < counters_.size()) {
    auto more = made.front().another();
    if (!more) {
      return fail(more.error());
    }
    made.push_back(std::move(*more));
  }
  auto shared = std::make_shared<const door>(std::move(made));
  doors_.emplace(address, shared);
  return shared;
}

result<std::shared_ptr<access_log>> doorway::log_to(const std::string& file, access_logs& logs) {
  if (auto held = log_.lock(); held != nullptr && file == log_file_) {
    return held;
  }
  auto opened = logs.open(path_, file);
  if (opened) {
    log_file_ = file;
    log_ = *opened;
  }
  return opened;
}

void doorways::when_asked(const std::string& path, std::function<void()> look) {
  looks_.with([&](auto& all) { all.insert_or_assign(path, std::move(look)); });
}

void doorways::look_for_files() const {
  looks_.with([](const auto& all) {
    for (const auto& each : all) {
      each.second();
    }
  });
}

std::shared_ptr<doorway> doorways::of(const std::string& path, std::size_t shards) {
  return all_.with([&](auto& all) {
    std::erase_if(all, [](const auto& each) { return each.second.expired(); });
    auto& entry = all[path];
    auto there = entry.lock();
    if (there == nullptr) {
      there = std::make_shared<doorway>(path, shards, board_);
      entry = there;
    }
    return there;
  });
}

} // namespace kraken::containers
