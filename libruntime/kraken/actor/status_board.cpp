// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Three kinds of locks, taken in this order: `publishing` around an event, so that subscribers see
/// events in the order of their numbers; the register of which lines there are; one per line for
/// what it says, so that who reads the whole board holds no writer up.
#include "kraken/actor/status_board.hpp"

#include "kraken/actor/board/board_events.hpp"
#include "kraken/actor/board/board_register.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace kraken::actor {

namespace {

using detail::board_line;
using detail::board_register;
using detail::kept_event;
using detail::line_ptr;

status_ptr copy_of(board_line& one) {
  const auto shown = one.says.with([](const board_line::text& says) { return says; });
  static const model::container_condition nothing_yet;
  return std::make_shared<const model::container_status>(
      model::container_status{*shown.who, shown.now == nullptr ? nothing_yet : *shown.now, {}});
}

std::vector<status_ptr> copies_of(const std::vector<line_ptr>& lines) {
  std::vector<status_ptr> all(lines.size());
  std::ranges::transform(lines, all.begin(), [](const auto& one) { return copy_of(*one); });
  return all;
}

} // namespace

struct status_board::content {
  explicit content(std::size_t kept) : events_kept(std::max<std::size_t>(kept, 1)) {}
  void remember(const std::string& path, kept_event& happened);
  /// @return false, and nothing done, when somebody has to be told
  [[nodiscard]] bool remembered_unheard(const std::string& path, kept_event& happened);

  /// Null if there is none.
  [[nodiscard]] line_ptr line_at(std::string_view path) const {
    return lines.with([&](const board_register& all) -> line_ptr {
      const auto* const one = all.by_path.find(path);
      return one == nullptr ? nullptr : *one;
    });
  }

  const std::size_t events_kept;
  guarded<board_register> lines{};
  guarded<detail::board_events> events{};
  std::mutex publishing{};
  std::map<std::uint64_t, event_subscriber> subscribers{}; ///< under `publishing`
  std::uint64_t last_subscriber = 0;
};

/// Under `publishing`.
void status_board::content::remember(const std::string& path, kept_event& happened) {
  auto told = subscribers.empty() ? status_event{} : happened.whole(path);
  told.seq =
      events.with([&](detail::board_events& all) { return all.keep(path, happened, events_kept); });
  for (const auto& [id, tell] : subscribers) {
    tell(told);
  }
}

/// Who subscribes later reads what came before.
bool status_board::content::remembered_unheard(const std::string& path, kept_event& happened) {
  return events.with([&](detail::board_events& all) {
    if (all.heard) {
      return false;
    }
    all.keep(path, happened, events_kept);
    return true;
  });
}

status_board::status_board(std::size_t events_kept)
    : content_(std::make_unique<content>(events_kept)) {}

status_board::~status_board() = default;

std::shared_ptr<status_board::line>
status_board::publish(identity_ptr who, condition_ptr now, std::uint64_t rank) {
  auto where = content_->lines.with([&](board_register& all) -> line_ptr {
    if (now->at == model::phase::gone) {
      const auto* const found = all.by_path.find(who->path);
      return found == nullptr ? nullptr : *found;
    }
    const auto& one = all.at_or_made(who);
    one->rank = rank;
    return one;
  });
  if (where != nullptr) {
    publish(where, std::move(who), std::move(now), rank);
  }
  return where;
}

void status_board::expect(std::size_t more) {
  content_->lines.with(
      [more](board_register& all) { all.by_path.reserve(all.by_path.size() + more); });
}

std::shared_ptr<status_board::line> status_board::publish(const model::container_status& status,
                                                          std::uint64_t rank) {
  return publish(std::make_shared<const model::container_identity>(status),
                 std::make_shared<const model::container_condition>(status),
                 rank);
}

void status_board::publish(const std::shared_ptr<line>& where,
                           identity_ptr who,
                           condition_ptr now,
                           std::uint64_t rank) {
  where->rank.store(rank, std::memory_order_relaxed);
  const auto before = where->says.with([&](line::text& says) {
    says.who = std::move(who);
    return std::exchange(says.now, now);
  });
  const auto came_from = before == nullptr ? model::phase::gone : before->at;
  if (now->at == came_from && (before == nullptr || now->generation == before->generation)) {
    return;
  }
  // A line has one writer: whoever else publishes can not come between its events.
  auto happened = kept_event::of_change(*now, came_from);
  if (now->at != model::phase::gone && content_->remembered_unheard(where->path(), happened)) {
    return;
  }
  lock_briefly(content_->publishing);
  const std::scoped_lock order(std::adopt_lock, content_->publishing);
  if (now->at == model::phase::gone) {
    content_->lines.with([&](board_register& all) { all.remove(*where); });
  }
  content_->remember(where->path(), happened);
}

void status_board::note(const std::shared_ptr<line>& where,
                        std::string name,
                        std::vector<std::pair<std::string, std::string>> details,
                        std::uint64_t correlation) {
  const std::scoped_lock order(content_->publishing);
  kept_event happened;
  const auto now = where->says.with([](const line::text& says) { return says.now; });
  if (now != nullptr) {
    happened.from = now->at;
    happened.to = now->at;
    happened.generation = now->generation;
    happened.restarts = now->restarts;
  }
  status_event made;
  made.correlation = correlation;
  made.note = std::move(name);
  made.details = std::move(details);
  happened.rest = std::make_unique<const status_event>(std::move(made));
  content_->remember(where->path(), happened);
}

void status_board::note(std::string_view path,
                        std::string name,
                        std::vector<std::pair<std::string, std::string>> details) {
  auto where = content_->line_at(path);
  if (where == nullptr) { // an event has a line, be it one that is on no board
    auto who = std::make_shared<model::container_identity>();
    who->path = path;
    where = std::make_shared<line>(std::move(who));
  }
  note(where, std::move(name), std::move(details), 0);
}

status_ptr status_board::find(std::string_view path) const {
  const auto one = content_->line_at(path);
  return one == nullptr ? nullptr : copy_of(*one);
}

result<status_ptr> status_board::resolve(std::string_view alias, std::string_view asker) const {
  for (const auto& path : model::paths_meant_first(alias, asker)) {
    if (auto near = find(path)) {
      return near;
    }
  }
  const auto meant = [&](const auto& all) { return alias.empty() ? nullptr : all.only_one(alias); };
  if (const auto only = content_->lines.with(meant)) {
    return copy_of(*only);
  }
  // Candidates and the nearest name: only for mistakes.
  const auto paths = content_->lines.with([](const board_register& all) {
    std::vector<std::string> every;
    every.reserve(all.by_path.size());
    all.by_path.each([&](const line_ptr& one) { every.emplace_back(one->path()); });
    return every;
  });
  return model::resolve(alias, paths).and_then([this](const std::string& path) {
    auto found = find(path);
    return found != nullptr ? result<status_ptr>(found)
                            : fail(errc::not_found, "no container '" + path + "' any more");
  });
}

std::vector<status_ptr> status_board::list() const {
  return copies_of(content_->lines.with([](const board_register& all) {
    std::vector<line_ptr> found;
    all.collect("", found);
    return found;
  }));
}

std::vector<status_ptr> status_board::children_of(std::string_view path) const {
  return copies_of(content_->lines.with(
      [&](const board_register& all) { return all.family_of(std::string(path)); }));
}

std::vector<status_event> status_board::events_since(std::uint64_t seq, std::size_t most) const {
  return content_->events.with([&](const detail::board_events& all) {
    const auto size = static_cast<std::uint64_t>(all.ring.size());
    const auto count = std::min(
        {all.last_seq - std::min(seq, all.last_seq), size, static_cast<std::uint64_t>(most)});
    std::vector<status_event> found;
    found.reserve(static_cast<std::size_t>(count));
    for (auto number = all.last_seq - count + 1; number <= all.last_seq; ++number) {
      const auto& one = all.ring[static_cast<std::size_t>((number - 1) % content_->events_kept)];
      found.push_back(one.what.whole(one.path));
    }
    return found;
  });
}

std::uint64_t status_board::last_seq() const {
  return content_->events.with([](const detail::board_events& all) { return all.last_seq; });
}

status_board::subscription status_board::subscribe(event_subscriber callback) {
  const std::scoped_lock order(content_->publishing);
  const auto id = ++content_->last_subscriber;
  content_->subscribers.emplace(id, std::move(callback));
  content_->events.with([](detail::board_events& all) { all.heard = true; });
  return {*this, id};
}

void status_board::unsubscribe(std::uint64_t id) noexcept {
  const std::scoped_lock order(content_->publishing);
  content_->subscribers.erase(id);
  const bool heard = !content_->subscribers.empty();
  content_->events.with([heard](detail::board_events& all) { all.heard = heard; });
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
