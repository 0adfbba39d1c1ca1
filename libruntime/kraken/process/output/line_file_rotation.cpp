// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Turning over of a file by its own thread, and the finding of one whose name is gone.
#include "kraken/process/output/line_file.hpp"
#include "kraken/process/output/line_place.hpp"

#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process {

namespace {

std::string numbered(const std::string& name, std::uint32_t number) {
  return number == 0 ? name : name + "." + std::to_string(number);
}

// Somebody else may have moved it meanwhile, or it is written by two.
bool is_named(const line_place& at, const struct stat& target) {
  struct stat named {};
  return ::fstatat(at.folder.get(), at.name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         named.st_dev == target.st_dev && named.st_ino == target.st_ino;
}

result<void> rename_all(const line_place& at, std::uint32_t keep) {
  const int in = at.folder.get();
  const auto exists = [&](std::uint32_t number) {
    return ::faccessat(in, numbered(at.name, number).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  };
  for (const auto& [from, to] : rotation_steps(keep, exists)) {
    const auto before = numbered(at.name, from);
    if (::renameat(in, before.c_str(), in, numbered(at.name, to).c_str()) != 0) {
      return fail(errno_error("rename '" + before + "'"));
    }
  }
  return {};
}

} // namespace

bool line_file::may_be_renamed() const {
  return regular_ && names_a_file(file_);
}

// A line that was begun belongs to the file that has its beginning.
std::string_view line_file::part_for_file(std::string_view lines) {
  struct stat info {};
  if (rules_.max_bytes == 0 || !may_be_renamed() || !finish_line() ||
      ::fstat(target_.get(), &info) != 0) {
    return lines;
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (const auto part = part_within(lines, size, rules_.max_bytes); !part.empty()) {
    return part;
  }
  const auto done = begin_anew();
  count_opening(done);
  return done ? part_within(lines, 0, rules_.max_bytes) : lines;
}

// A file that was removed takes lines for ever, and nobody sees them.
void line_file::look_for_name() {
  if (!target_) {
    return find_target();
  }
  struct stat info {};
  if (may_be_renamed() && ::fstat(target_.get(), &info) == 0 && info.st_nlink == 0) {
    give_up_line();
    count_opening(begin_anew());
  }
}

// The next one belongs to whom the last one did.
result<void> line_file::begin_anew() {
  struct stat before {};
  auto at = find_line_place(file_);
  if (!at || ::fstat(target_.get(), &before) != 0) {
    return fail(at ? errno_error("fstat") : at.error());
  }
  const bool ours = is_named(*at, before);
  if (ours && rules_.keep == 0) {
    return ::ftruncate(target_.get(), 0) == 0 ? result<void>{} : fail(errno_error("ftruncate"));
  }
  if (ours) {
    if (auto renamed = rename_all(*at, rules_.keep); !renamed) {
      return renamed;
    }
  }
  auto next = open_line_place(*at);
  if (!next) {
    return fail(next.error());
  }
  struct stat made {};
  if (ours && ::fstat(next->get(), &made) == 0 && made.st_size == 0) {
    // Who may not do the first has no reason to: it is theirs already.
    static_cast<void>(::fchown(next->get(), before.st_uid, before.st_gid) +
                      ::fchmod(next->get(), before.st_mode & ALLPERMS));
  }
  adopt(std::move(*next));
  return {};
}

// Once, until it is well again: the file grows on.
void line_file::count_opening(const result<void>& done) {
  if (done) {
    stays_ = false;
  } else if (!std::exchange(stays_, true)) {
    tell_({line_file_news::kind::not_opened,
           counters_.dropped.load(std::memory_order_relaxed),
           done.error().text()});
  }
}

} // namespace kraken::process
