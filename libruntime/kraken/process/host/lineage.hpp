// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a process and all that comes of it carry, whatever they make of their environment, their
/// process group and their session: a number that tells their launch
/// (docs/decisions/0046-a-launch-is-known-by-a-limit.md). Ends nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sys/types.h>

namespace kraken::process {

/// A limit of time so long that it limits nothing. The kernel passes it on to every child and keeps
/// it over an exec; a program can lose it by setting that limit itself.
using lineage = std::uint64_t;

/// RLIMIT_RTTIME, its soft value only: how long a thread of the real-time classes may go without
/// a pause.
[[nodiscard]] int lineage_resource() noexcept;

/// @param mark of a launch (see `launch_mark_variable`); no two have one in all likelihood
[[nodiscard]] lineage lineage_of_launch(std::string_view mark) noexcept;

/// Has this process carry it, and what it starts from here on. Without effect where the system
/// has no such limit, or has limited it.
void carry(lineage line) noexcept;

/// The lineage in the text of /proc/PID/limits; nothing: none of ours.
[[nodiscard]] std::optional<lineage> read_lineage(std::string_view limits);

/// @return nothing: none of ours, or it has ended
/// @cost   reads one small file
[[nodiscard]] std::optional<lineage> lineage_of(pid_t pid);

} // namespace kraken::process
