// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Two locks: `records` for the data, held for a few instructions; `publishing` around a whole
/// publication, so that subscribers see events in the order of their numbers while readers never
/// wait for a subscriber.
#include "kraken/actor/status_board.hpp"

#include "kraken/base/guarded.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

namespace kraken::actor {

namespace detail {

struct board_entry {
  status_ptr status;
  std::uint64_t rank = 0;
};

using family = std::set<std::pair<std::uint64_t, std::string>>; ///< rank, path

struct board_records {
  std::unordered_map<std::string, board_entry> by_path;
  std::unordered_map<std::string, std::set<std::string>> by_alias; ///< last segment -> paths
  std::unordered_map<std::string, family> children;                ///< parent path -> children
  std::deque<status_event> events;
  std::uint64_t last_seq = 0;
};

} // namespace detail

namespace {

using detail::board_records;

void forget(board_records& records, const model::container_status& status, std::uint64_t rank) {
  records.by_path.erase(status.path);
  if (const auto names = records.by_alias.find(status.alias); names != records.by_alias.end()) {
    names->second.erase(status.path);
    if (names->second.empty()) {
      records.by_alias.erase(names);
    }
  }
  if (const auto kids = records.children.find(status.parent); kids != records.children.end()) {
    kids->second.erase({rank, status.path});
    if (kids->second.empty()) {
      records.children.erase(kids);
    }
  }
}

void collect_tree(const board_records& records,
                  const std::string& parent,
                  std::vector<status_ptr>& out) {
  const auto kids = records.children.find(parent);
  if (kids == records.children.end()) {
    return;
  }
  for (const auto& [rank, path] : kids->second) {
    if (const auto found = records.by_path.find(path); found != records.by_path.end()) {
      out.push_back(found->second.status);
      collect_tree(records, path, out);
    }
  }
}

status_event event_of(const model::container_status& now, model::phase before) {
  status_event made;
  made.at = std::chrono::system_clock::now();
  made.path = now.path;
  made.from = before;
  made.to = now.at;
  made.generation = now.generation;
  made.restarts = now.restarts;
  made.next_action = now.next_action;
  made.correlation = now.last_cause.correlation;
  if (now.last_cause.kind != model::cause_kind::none) {
    made.cause = now.last_cause.text();
  }
  if (now.next_at > now.since) {
    made.next_in = std::chrono::ceil<milliseconds>(now.next_at - now.since);
  }
  return made;
}

} // namespace

struct status_board::content {
  explicit content(std::size_t kept) : events_kept(kept) {}

  std::size_t events_kept;
  guarded<board_records> records{};
  std::mutex publishing{};
  std::map<std::uint64_t, event_subscriber> subscribers{}; ///< under `publishing`
  std::uint64_t last_subscriber = 0;
};

status_board::status_board(std::size_t events_kept)
    : content_(std::make_unique<content>(events_kept)) {}

status_board::~status_board() = default;

void status_board::publish(model::container_status status, std::uint64_t rank) {
  const std::scoped_lock order(content_->publishing);
  const auto now = std::make_shared<const model::container_status>(std::move(status));
  const auto happened = content_->records.with([&](board_records& records) {
    const auto found = records.by_path.find(now->path);
    const auto known = found != records.by_path.end();
    const auto before = known ? found->second.status->at : model::phase::gone;
    const auto same =
        known && before == now->at && found->second.status->generation == now->generation;
    if (now->at == model::phase::gone) {
      if (known) {
        forget(records, *now, found->second.rank);
      }
    } else {
      if (known && found->second.rank != rank) {
        forget(records, *now, found->second.rank);
      }
      records.by_path.insert_or_assign(now->path, detail::board_entry{now, rank});
      records.by_alias[now->alias].insert(now->path);
      records.children[now->parent].insert({rank, now->path});
    }
    if (same || (!known && now->at == model::phase::gone)) {
      return status_event{};
    }
    auto happening = event_of(*now, before);
    happening.seq = ++records.last_seq;
    records.events.push_back(happening);
    if (records.events.size() > content_->events_kept) {
      records.events.pop_front();
    }
    return happening;
  });
  if (happened.seq != 0) {
    for (const auto& [id, tell] : content_->subscribers) {
      tell(happened);
    }
  }
}

status_ptr status_board::find(std::string_view path) const {
  return content_->records.with([&](const board_records& records) -> status_ptr {
    const auto found = records.by_path.find(std::string(path));
    return found == records.by_path.end() ? nullptr : found->second.status;
  });
}

result<status_ptr> status_board::resolve(std::string_view alias) const {
  const auto quick = content_->records.with([&](const board_records& records) -> status_ptr {
    const std::string wanted(alias);
    if (const auto whole = records.by_path.find(wanted); whole != records.by_path.end()) {
      return whole->second.status;
    }
    const auto named = records.by_alias.find(wanted);
    if (named != records.by_alias.end() && named->second.size() == 1) {
      return records.by_path.at(*named->second.begin()).status;
    }
    return nullptr;
  });
  if (quick != nullptr) {
    return quick;
  }
  // Partial paths, candidates and the nearest name: slow, and only for mistakes.
  const auto paths = content_->records.with([](const board_records& records) {
    std::vector<std::string> all;
    for (const auto& [path, entry] : records.by_path) {
      all.push_back(path);
    }
    return all;
  });
  return model::resolve(alias, paths).and_then([this](const std::string& path) {
    auto found = find(path);
    return found != nullptr ? result<status_ptr>(found)
                            : fail(errc::not_found, "no container '" + path + "' any more");
  });
}

std::vector<status_ptr> status_board::list() const {
  return content_->records.with([](const board_records& records) {
    std::vector<status_ptr> all;
    all.reserve(records.by_path.size());
    collect_tree(records, "", all);
    return all;
  });
}

std::vector<status_ptr> status_board::children_of(std::string_view path) const {
  return content_->records.with([&](const board_records& records) {
    std::vector<status_ptr> found;
    if (const auto kids = records.children.find(std::string(path));
        kids != records.children.end()) {
      for (const auto& [rank, child] : kids->second) {
        found.push_back(records.by_path.at(child).status);
      }
    }
    return found;
  });
}

std::vector<status_event> status_board::events_since(std::uint64_t seq, std::size_t most) const {
  return content_->records.with([&](const board_records& records) {
    const auto& all = records.events;
    auto first = std::partition_point(
        all.begin(), all.end(), [&](const status_event& e) { return e.seq <= seq; });
    if (const auto count = static_cast<std::size_t>(all.end() - first); count > most) {
      first += static_cast<std::ptrdiff_t>(count - most);
    }
    return std::vector<status_event>(first, all.end());
  });
}

std::uint64_t status_board::last_seq() const {
  return content_->records.with([](const board_records& records) { return records.last_seq; });
}

status_board::subscription status_board::subscribe(event_subscriber callback) {
  const std::scoped_lock order(content_->publishing);
  const auto id = ++content_->last_subscriber;
  content_->subscribers.emplace(id, std::move(callback));
  return {*this, id};
}

void status_board::unsubscribe(std::uint64_t id) noexcept {
  const std::scoped_lock order(content_->publishing);
  content_->subscribers.erase(id);
}

status_board::subscription::subscription(subscription&& other) noexcept
    : board_(std::exchange(other.board_, nullptr)), id_(other.id_) {}

status_board::subscription& status_board::subscription::operator=(subscription&& other) noexcept {
  if (this != &other) {
    reset();
    board_ = std::exchange(other.board_, nullptr);
    id_ = other.id_;
  }
  return *this;
}

status_board::subscription::~subscription() {
  reset();
}

void status_board::subscription::reset() noexcept {
  if (auto* const board = std::exchange(board_, nullptr)) {
    board->unsubscribe(id_);
  }
}

} // namespace kraken::actor
