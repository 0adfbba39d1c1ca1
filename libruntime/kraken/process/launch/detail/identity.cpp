// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Look-ups in the account database.
#include "kraken/process/launch/detail/identity.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace kraken::process::detail {

namespace {

constexpr std::size_t record_bytes_first = 1024;
constexpr std::size_t record_bytes_max = 1U << 20U; // groups list their members
constexpr int groups_max = 65536;                   // the kernel's own limit (NGROUPS_MAX)

template <class Id>
std::optional<Id> parse_id(const std::string& text) {
  Id number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  // -1 means "leave as it is" to the system calls.
  if (parsed.ec != std::errc{} || parsed.ptr != end || number == static_cast<Id>(-1)) {
    return std::nullopt;
  }
  return number;
}

// Runs a get..._r call with a buffer that grows until the record fits.
// `found` is called while the record's strings are alive.
template <class Record, class Lookup, class Found>
result<bool> find_record(const std::string& what, Lookup look_up, Found found) {
  std::vector<char> buffer(record_bytes_first);
  for (;;) {
    Record record{};
    Record* match = nullptr;
    const auto status = look_up(&record, buffer.data(), buffer.size(), &match);
    if (status == ERANGE && buffer.size() < record_bytes_max) {
      buffer.resize(buffer.size() * 2);
      continue;
    }
    if (status != 0 && status != ENOENT && status != ESRCH) {
      return fail(errno_error("look up " + what, status));
    }
    if (match == nullptr) {
      return false;
    }
    found(*match);
    return true;
  }
}

// As initgroups() has it.
result<std::vector<gid_t>> groups_of(const identity& who) {
  if (who.name.empty()) {
    return std::vector<gid_t>{who.gid};
  }
  int room = 64;
  while (true) {
    std::vector<gid_t> out(static_cast<std::size_t>(room));
    int count = room;
    if (::getgrouplist(who.name.c_str(), who.gid, out.data(), &count) >= 0) {
      out.resize(static_cast<std::size_t>(count));
      return out;
    }
    if (room >= groups_max) {
      return fail(errc::limit_exceeded, "user '" + who.name + "' is in too many groups");
    }
    room = std::min(std::max(count, 2 * room), groups_max);
  }
}

result<identity> find_user(const std::string& user) {
  identity out;
  const auto take = [&](const passwd& record) {
    out = identity{record.pw_uid, record.pw_gid, record.pw_name, record.pw_dir};
  };
  const auto what = "user '" + user + "'";
  const auto number = parse_id<uid_t>(user);
  auto known = number
                   ? find_record<passwd>(
                         what, [&](auto... a) { return ::getpwuid_r(*number, a...); }, take)
                   : find_record<passwd>(
                         what, [&](auto... a) { return ::getpwnam_r(user.c_str(), a...); }, take);
  if (!known) {
    return fail(known.error());
  }
  if (!*known && !number) {
    return fail(errc::not_found, "no " + what);
  }
  if (!*known) {
    out.uid = *number;
    out.gid = static_cast<gid_t>(-1);
  }
  return out;
}

result<gid_t> find_group(const std::string& group) {
  if (const auto number = parse_id<gid_t>(group)) {
    return *number;
  }
  gid_t gid = 0;
  const auto what = "group '" + group + "'";
  auto known = find_record<::group>(
      what,
      [&](auto... a) { return ::getgrnam_r(group.c_str(), a...); },
      [&](const ::group& record) { gid = record.gr_gid; });
  if (!known) {
    return fail(known.error());
  }
  if (!*known) {
    return fail(errc::not_found, "no " + what);
  }
  return gid;
}

} // namespace

result<identity> find_identity(const std::string& user, const std::string& group) {
  identity out{::geteuid(), ::getegid(), {}, {}};
  if (!user.empty()) {
    auto found = find_user(user);
    if (!found) {
      return found;
    }
    out = std::move(*found);
  }
  if (!group.empty()) {
    auto gid = find_group(group);
    if (!gid) {
      return fail(gid.error());
    }
    out.gid = *gid;
  } else if (out.gid == static_cast<gid_t>(-1)) {
    return fail(errc::not_found, "user '" + user + "' has no account: give a group, too");
  }
  if (!user.empty()) {
    auto groups = groups_of(out);
    if (!groups) {
      return fail(groups.error());
    }
    out.groups = std::move(*groups);
  }
  return out;
}

} // namespace kraken::process::detail
