// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A tree of watched directories, followed as it grows and shrinks.
#include "kraken/process/watch/file_watch.hpp"

#include "kraken/process/watch/link_chain.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace kraken::process {

namespace {

constexpr milliseconds next_turn{1};

bool is_below(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

/// The nearest directory at or above a path that is there.
std::string nearest_directory(std::string path) {
  std::error_code none;
  while (!path.empty() && !std::filesystem::is_directory(path, none)) {
    path.resize(path.rfind('/'));
  }
  return path;
}

// One that is made by open() is told again when it is closed; a link has no such end.
bool is_complete(const std::string& path) {
  std::error_code gone;
  const auto kind = std::filesystem::symlink_status(path, gone).type();
  if (kind == std::filesystem::file_type::symlink) {
    return true;
  }
  return kind == std::filesystem::file_type::regular &&
         std::filesystem::hard_link_count(path, gone) > 1 && !gone;
}

} // namespace

file_watch::file_watch(reactor& loop,
                       std::vector<file_pattern> patterns,
                       callbacks told,
                       watch_limits allowed)
    : loop_(loop), patterns_(std::move(patterns)), told_(std::move(told)), allowed_(allowed) {}

file_watch::~file_watch() = default;

result<void> file_watch::start() {
  auto opened = directory_events::open();
  if (!opened) {
    return fail(opened.error());
  }
  readable_.reset(); // of the one before
  events_.emplace(std::move(*opened));
  readable_ = loop_.when_readable(events_->fd(), [this] { hear(); });
  if (!readable_) {
    return fail(errc::system_error, "the descriptor of inotify cannot be waited for");
  }
  for (const auto& each : patterns_) {
    anchor(each);
  }
  // After all of them: a directory goes by the first name that it is watched by.
  links_.clear();
  const std::string* before = nullptr; // most patterns have the base of their neighbour
  for (const auto& each : patterns_) {
    if (before == nullptr || *before != each.base) {
      anchor_links(each.base);
    }
    before = &each.base;
  }
  look_on();
  return {};
}

/// Where the base is, or would be made; and where a link on the way to it is, which may come to
/// lead elsewhere.
void file_watch::anchor(const file_pattern& which) {
  for (auto end = which.base.find('/', 1); !which.base.empty();
       end = which.base.find('/', end + 1)) {
    const auto part = which.base.substr(0, end);
    std::error_code gone;
    if (std::filesystem::is_symlink(part, gone)) {
      static_cast<void>(watch(part.substr(0, part.rfind('/')), content::known));
    }
    if (end == std::string::npos) {
      break;
    }
  }
  auto there = nearest_directory(which.base);
  while (watch(there, content::known)) {
    auto now = nearest_directory(which.base); // more of it may have been made meanwhile
    if (now.size() <= there.size()) {
      return;
    }
    there = std::move(now);
  }
}

void file_watch::anchor_links(const std::string& path) {
  for (auto& each : link_chain(path)) {
    if (!watch(each.directory, content::known)) {
      continue;
    }
    if (const auto number = events_->add(each.directory)) { // as it may go by another name
      links_.emplace(*number, std::move(each.name));
    }
  }
}

/// @return false when it is not watched
bool file_watch::watch(const std::string& directory, content files) {
  if (numbers_.contains(directory)) {
    return true;
  }
  if (watched_.size() >= allowed_.directories_max) {
    not_all(error{errc::limit_exceeded,
                  "there are more than " + std::to_string(allowed_.directories_max) +
                      " directories, beginning with '" + directory + "'"});
    return false;
  }
  const auto number = events_->add(directory);
  if (!number) {
    if (number.error().code != errc::not_found) {
      not_all(number.error());
    }
    return false;
  }
  if (!watched_.emplace(*number, directory).second) {
    return true; // by another name
  }
  numbers_.emplace(directory, *number);
  to_look_at_.push_back({directory, files});
  return true;
}

void file_watch::not_all(const error& why) {
  if (!std::exchange(incomplete_, true)) {
    told_.incomplete(why);
  }
}

void file_watch::forget_below(std::string_view directory) {
  for (auto at = watched_.begin(); at != watched_.end();) {
    if (!is_below(at->second, directory)) {
      ++at;
      continue;
    }
    events_->remove(at->first);
    numbers_.erase(at->second);
    at = watched_.erase(at);
  }
  std::erase_if(to_look_at_, [&](const look& each) { return is_below(each.path, directory); });
}

void file_watch::ended(int watch) {
  const auto found = watched_.find(watch);
  if (found == watched_.end()) {
    return;
  }
  const auto link = links_.lower_bound({watch, {}});
  if (link != links_.end() && link->first == watch) {
    note(found->second);
    lost_ = true;
    return;
  }
  const auto path = found->second;
  forget_below(path);
  for (const auto& each : patterns_) {
    if (is_below(each.base, path)) {
      anchor(each);
    }
  }
}

void file_watch::look_on() {
  auto left = allowed_.entries_per_turn;
  while (!to_look_at_.empty() && left > 0) {
    if (look_at_some(to_look_at_.front(), left)) {
      to_look_at_.pop_front();
    }
  }
  next_look_ = to_look_at_.empty() ? nullptr : loop_.after(next_turn, [this] { look_on(); });
  tell_when_settled();
}

/// @return true when it has been looked through
bool file_watch::look_at_some(look& now, std::size_t& left) {
  std::error_code failed;
  --left;
  if (!std::exchange(now.begun, true)) {
    now.at = std::filesystem::directory_iterator{now.path.empty() ? "/" : now.path, failed};
  }
  const auto files = now.files;
  for (; !failed && now.at != std::filesystem::directory_iterator{}; now.at.increment(failed)) {
    if (left == 0) {
      return false;
    }
    --left;
    const auto path = now.path + "/" + now.at->path().filename().string();
    std::error_code gone;
    if (!now.at->is_symlink(gone) && now.at->is_directory(gone)) {
      if (wanted(path)) {
        static_cast<void>(watch(path, files));
      }
    } else if (files == content::is_new && meant(path)) {
      note(path);
    }
  }
  return true;
}

void file_watch::hear() {
  events_->read([this](const directory_event& each) { take(each); });
  if (std::exchange(lost_, false)) {
    return begin_anew();
  }
  look_on();
}

void file_watch::take(const directory_event& event) {
  using what = directory_event::what;
  if (event.happened == what::lost) {
    lost_ = true;
    return;
  }
  if (event.happened == what::ended) {
    return ended(event.watch);
  }
  const auto found = watched_.find(event.watch);
  if (found == watched_.end()) {
    return; // forgotten in between
  }
  const auto path = found->second + "/" + std::string{event.name};
  const bool is_link = links_.contains({event.watch, std::string{event.name}});
  if (is_link || (!event.is_directory && is_on_the_way(path))) { // what is watched is where it led
    note(path);
    lost_ = true;
    return;
  }
  if (event.is_directory) {
    return take_directory(event, path);
  }
  const bool counts = event.happened != what::appeared || event.moved || is_complete(path);
  if (counts && meant(path)) {
    note(path);
  }
}

void file_watch::take_directory(const directory_event& event, const std::string& path) {
  if (event.happened == directory_event::what::vanished) {
    const bool watched = numbers_.contains(path);
    forget_below(path);
    if (watched) {
      note(path);
    }
  } else if (wanted(path)) {
    static_cast<void>(watch(path, content::is_new));
  }
}

void file_watch::note(const std::string& file) {
  noted_ = true;
  if (std::ranges::find(changes_.some, file) != changes_.some.end()) {
    return;
  }
  if (changes_.some.size() < limits::watch_names_kept) {
    changes_.some.push_back(file);
  } else {
    changes_.more = true;
  }
}

// Each change puts it off, as far as the first one allows.
void file_watch::tell_when_settled() {
  if (!std::exchange(noted_, false)) {
    return;
  }
  const auto now = loop_.now();
  changing_since_ = changing_since_.value_or(now);
  const auto latest =
      std::chrono::duration_cast<milliseconds>(*changing_since_ + limits::watch_waits_max - now);
  quiet_ = loop_.after(std::clamp(latest, next_turn, limits::watch_settles), [this] {
    changing_since_.reset();
    const auto tell = told_.changed; // it may end this watch
    tell(std::exchange(changes_, {}));
  });
}

void file_watch::begin_anew() {
  readable_.reset();
  next_look_.reset();
  to_look_at_.clear();
  watched_.clear();
  numbers_.clear();
  if (auto started = start(); !started) {
    not_all(started.error());
  }
  changes_.more = true;
  noted_ = true;
  tell_when_settled();
}

bool file_watch::is_on_the_way(std::string_view path) const {
  return std::ranges::any_of(patterns_,
                             [&](const file_pattern& each) { return is_below(each.base, path); });
}

bool file_watch::wanted(std::string_view directory) const {
  return std::ranges::any_of(patterns_,
                             [&](const file_pattern& each) { return leads_to(each, directory); });
}

bool file_watch::meant(std::string_view file) const {
  return std::ranges::any_of(patterns_,
                             [&](const file_pattern& each) { return means(each, file); });
}

} // namespace kraken::process
