// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Tells when files that somebody means have changed: below directories, those made later too, many
/// changes at once. What is to be done about it is not its affair.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/reactor.hpp"
#include "kraken/base/result.hpp"
#include "kraken/process/watch/directory_events.hpp"
#include "kraken/process/watch/file_pattern.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::process {

/// Changes that belong together: between them was less than `limits::watch_settles`.
struct changed_files {
  std::vector<std::string> some; ///< each once, the first `limits::watch_names_kept`; absolute
  bool more = false;             ///< there were others
};

struct watch_limits {
  std::size_t directories_max = limits::watched_directories_max;
  std::size_t entries_per_turn = limits::watch_entries_per_turn;
};

/// Watches while it exists. A file has changed when it was closed after writing, made, renamed or
/// removed; an editor that writes another file and renames it makes one change. Symbolic links to
/// directories are not followed, except on the way to the first directory of a pattern, where they
/// may lead to further ones: when one of these comes to lead elsewhere that is a change, and what
/// it leads to is watched. A directory that is not there, or goes away, is waited for. Where the
/// kernel loses count all is looked at anew, which is told as a change without names.
/// @thread its loop's
class file_watch {
public:
  struct callbacks {
    std::function<void(const changed_files&)> changed; ///< may destroy the watch
    /// Not everything is watched: told once, with the first reason.
    std::function<void(const error&)> incomplete;
  };

  /// @param loop outlives the watch
  file_watch(reactor& loop,
             std::vector<file_pattern> patterns,
             callbacks told,
             watch_limits allowed = {});
  ~file_watch();
  file_watch(const file_watch&) = delete;
  file_watch& operator=(const file_watch&) = delete;

  /// Begins. Directories are looked through a part in each turn of the loop.
  /// @error errc::system_error: nothing is watched
  [[nodiscard]] result<void> start();

  /// Directories that are watched now.
  [[nodiscard]] std::size_t directories() const noexcept { return watched_.size(); }
  /// Whether all directories have been looked through.
  [[nodiscard]] bool settled() const noexcept { return to_look_at_.empty(); }

private:
  enum class content : std::uint8_t { known, is_new };

  /// A directory that is being looked through.
  struct look {
    std::string path;
    content files = content::known;
    std::filesystem::directory_iterator at{};
    bool begun = false;
  };

  void anchor(const file_pattern& which);
  void anchor_links(const std::string& path);
  bool watch(const std::string& directory, content files);
  void forget_below(std::string_view directory);
  void ended(int watch);
  void look_on();
  bool look_at_some(look& now, std::size_t& left);
  void hear();
  void take(const directory_event& event);
  void take_directory(const directory_event& event, const std::string& path);
  void note(const std::string& file);
  void tell_when_settled();
  void begin_anew();
  void not_all(const error& why);
  [[nodiscard]] bool is_on_the_way(std::string_view path) const;
  [[nodiscard]] bool wanted(std::string_view directory) const;
  [[nodiscard]] bool meant(std::string_view file) const;

  reactor& loop_;
  std::vector<file_pattern> patterns_;
  callbacks told_;
  watch_limits allowed_;
  std::optional<directory_events> events_;
  std::unique_ptr<reactor::waiting> readable_;
  std::unique_ptr<reactor::waiting> next_look_;
  std::unique_ptr<reactor::waiting> quiet_;
  std::map<int, std::string> watched_;                       ///< paths by number
  std::map<std::string, int, std::less<>> numbers_;          ///< the reverse
  std::set<std::pair<int, std::string>, std::less<>> links_; ///< directories' numbers, and names
  std::deque<look> to_look_at_;
  changed_files changes_;
  std::optional<time_point> changing_since_;
  bool noted_ = false;      ///< in the batch that is read
  bool lost_ = false;       ///< likewise
  bool incomplete_ = false; ///< and told so
};

} // namespace kraken::process
