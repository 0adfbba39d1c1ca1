// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Three kinds of locks, taken in this order: `publishing` around an event, so that subscribers see
/// events in the order of their numbers; the register of which lines there are; one per line for
/// what it says, so that who reads the whole board holds no writer up.
#include "kraken/actor/status_board.hpp"

#include "kraken/base/guarded.hpp"
#include "kraken/base/name_table.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace kraken::actor {

class status_board::line {
public:
  /// What it says: its identity changes by its name only.
  struct text {
    identity_ptr who;
    condition_ptr now; ///< null: nothing yet
  };

  explicit line(identity_ptr who) : first(std::move(who)), says(text{first, nullptr}) {}

  [[nodiscard]] const std::string& path() const noexcept { return first->path; }
  [[nodiscard]] const std::string& parent() const noexcept { return first->parent; }

  const identity_ptr first; ///< the keys of the register are views of it
  std::atomic<std::uint64_t> rank{0};
  std::size_t place = 0; ///< in its family; the register's
  guarded<text> says;
};

namespace detail {

using board_line = status_board::line;
using line_ptr = std::shared_ptr<board_line>;
using board_family = std::vector<board_line*>;

struct path_of_line {
  std::string_view operator()(const line_ptr& one) const noexcept { return one->path(); }
};

/// Which lines there are.
struct board_register {
  name_table<line_ptr, path_of_line> by_path;
  std::unordered_map<std::string, board_family> below; ///< by the parent's path

  void add(const line_ptr& one) {
    static_cast<void>(by_path.add(one));
    auto& family = below[one->parent()];
    one->place = family.size();
    family.push_back(one.get());
  }

  void remove(const board_line& one) {
    if (const auto* const found = by_path.find(one.path()); !found || found->get() != &one) {
      return;
    }
    const auto family = below.find(one.parent());
    auto& all = family->second;
    all[one.place] = all.back();
    all[one.place]->place = one.place;
    all.pop_back();
    if (all.empty()) {
      below.erase(family);
    }
    static_cast<void>(by_path.remove(one.path()));
  }

  /// Left to right.
  [[nodiscard]] std::vector<line_ptr> family_of(const std::string& parent) const {
    std::vector<line_ptr> sorted;
    const auto found = below.find(parent);
    if (found == below.end()) {
      return sorted;
    }
    // A rank may change meanwhile: each is read once.
    std::vector<std::pair<std::uint64_t, const board_line*>> ranked;
    ranked.reserve(found->second.size());
    for (const auto* one : found->second) {
      ranked.emplace_back(one->rank.load(std::memory_order_relaxed), one);
    }
    std::ranges::sort(ranked);
    sorted.reserve(ranked.size());
    for (const auto& [rank, one] : ranked) {
      sorted.push_back(*by_path.find(one->path()));
    }
    return sorted;
  }

  void collect(const std::string& parent, std::vector<line_ptr>& out) const {
    for (auto& one : family_of(parent)) {
      const auto& next = *out.emplace_back(std::move(one));
      collect(next.path(), out);
    }
  }

  /// The only one whose last segments are `alias`; null when there are none or several.
  [[nodiscard]] line_ptr only_one(std::string_view alias) const {
    std::vector<line_ptr> found;
    by_path.each([&](const line_ptr& one) {
      const auto& path = one->path();
      if (path.ends_with(alias) && path.ends_with("/" + std::string(alias))) {
        found.push_back(one);
      }
    });
    return found.size() == 1 ? found.front() : nullptr;
  }
};

/// An event; its path is its line's.
struct kept_event {
  line_ptr whose;
  status_event what;
  [[nodiscard]] status_event whole() const {
    auto made = what;
    made.path = whose->path();
    return made;
  }
};

/// The last events: number n stands at n % `kept`.
struct board_events {
  std::vector<kept_event> ring;
  std::uint64_t last_seq = 0;
};

} // namespace detail

namespace {

using detail::board_line;
using detail::board_register;
using detail::kept_event;
using detail::line_ptr;

status_event event_of(const model::container_condition& now, model::phase before) {
  status_event made;
  made.at = std::chrono::system_clock::now();
  made.from = before;
  made.to = now.at;
  made.generation = now.generation;
  made.restarts = now.restarts;
  made.next_action = now.next_action;
  made.correlation = now.last_cause->correlation;
  // Nobody is stopped for a failure that was healed before.
  const bool over = now.in == model::state::stopped || now.in == model::state::destroyed;
  if (now.last_cause->kind != model::cause_kind::none && !(over && made.correlation == 0)) {
    made.cause = now.last_cause->text();
  }
  made.next_in = std::chrono::ceil<milliseconds>(std::max(now.next_at, now.since) - now.since);
  return made;
}

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
  void remember(kept_event&& happened);

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
void status_board::content::remember(kept_event&& happened) {
  auto told = subscribers.empty() ? status_event{} : happened.whole();
  const auto seq = events.with([&](detail::board_events& all) {
    happened.what.seq = ++all.last_seq;
    const auto at = static_cast<std::size_t>((all.last_seq - 1) % events_kept);
    if (at < all.ring.size()) {
      all.ring[at] = std::move(happened);
    } else {
      all.ring.push_back(std::move(happened));
    }
    return all.last_seq;
  });
  told.seq = seq;
  for (const auto& [id, tell] : subscribers) {
    tell(told);
  }
}

status_board::status_board(std::size_t events_kept)
    : content_(std::make_unique<content>(events_kept)) {}

status_board::~status_board() = default;

std::shared_ptr<status_board::line>
status_board::publish(identity_ptr who, condition_ptr now, std::uint64_t rank) {
  auto where = content_->lines.with([&](board_register& all) -> line_ptr {
    if (const auto* const found = all.by_path.find(who->path)) {
      return *found;
    }
    if (now->at == model::phase::gone) {
      return nullptr;
    }
    auto made = std::make_shared<line>(who);
    made->rank = rank;
    all.add(made);
    return made;
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
  kept_event happened{where, event_of(*now, came_from)};
  const std::scoped_lock order(content_->publishing);
  if (now->at == model::phase::gone) {
    content_->lines.with([&](board_register& all) { all.remove(*where); });
  }
  content_->remember(std::move(happened));
}

void status_board::note(const std::shared_ptr<line>& where,
                        std::string name,
                        std::vector<std::pair<std::string, std::string>> details,
                        std::uint64_t correlation) {
  const std::scoped_lock order(content_->publishing);
  status_event made;
  made.at = std::chrono::system_clock::now();
  const auto now = where->says.with([](const line::text& says) { return says.now; });
  if (now != nullptr) {
    made.from = now->at;
    made.to = now->at;
    made.generation = now->generation;
    made.restarts = now->restarts;
  }
  made.correlation = correlation;
  made.note = std::move(name);
  made.details = std::move(details);
  content_->remember({where, std::move(made)});
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

result<status_ptr> status_board::resolve(std::string_view alias) const {
  if (auto whole = find(alias)) {
    return whole;
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
      found.push_back(
          all.ring[static_cast<std::size_t>((number - 1) % content_->events_kept)].whole());
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
