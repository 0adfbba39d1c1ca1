// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The steps between clone and exec, run in the child on the launching thread's memory. Makes
/// system calls only: allocates nothing, locks nothing, changes nothing but the outcome.
#pragma once

#include <cstdint>

#include <sys/types.h>

namespace kraken::process::detail {

/// Order of the enumerators is the order of the steps.
enum class setup_step : std::uint8_t {
  none,
  process_group,
  descriptors,
  limits,
  niceness,
  identity,
  directory,
  privileges,
  parent_death,
  signals, // last before exec: a blocked SIGTERM that waits ends the child here
  exec,
};

/// `from` of the parent becomes `to` of the child.
struct fd_move {
  int from = -1;
  int to = -1;
  int temporary = -1; ///< used by the child
};

struct limit_setting {
  int resource = 0; ///< RLIMIT_*
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

/// All the child needs, prepared by the parent. Pointers stay valid until the clone returns.
struct child_plan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* variables = nullptr;
  const char* directory = nullptr; ///< null: stays
  fd_move* moves = nullptr;        ///< ascending by `to`
  std::size_t move_count = 0;
  const limit_setting* limits = nullptr;
  std::size_t limit_count = 0;
  limit_setting lineage{};       ///< a mark, no limit: not every system knows it; soft 0: none
  const int* niceness = nullptr; ///< null: stays
  const uid_t* user = nullptr;   ///< null: identity stays
  const gid_t* group = nullptr;  ///< set together with `user`
  const gid_t* groups = nullptr; ///< of `user`, that one too
  std::size_t group_count = 0;
  mode_t umask = 027;
  pid_t parent = 0;

  // Outcome, read by the parent after the child has gone.
  setup_step failed_step = setup_step::none;
  int failed_errno = 0;
  std::uint64_t failed_item = 0; ///< index into moves or limits
};

/// Carries out the plan and executes the program.
/// @param plan a `child_plan`
/// @return     only on failure, with the outcome filled in; the value is the exit code
int run_child(void* plan) noexcept;

} // namespace kraken::process::detail
