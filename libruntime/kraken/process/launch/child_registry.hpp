// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which children of this process have an owner, and the end of those that have none: descendants
/// that outlived their container and were re-parented to the daemon. Waits for no owned child.
#pragma once

#include "kraken/base/guarded.hpp"
#include "kraken/process/launch/descriptor_plan.hpp"
#include "kraken/process/launch/launcher.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kraken::process {

/// Makes this process the one that orphans below it are re-parented to, instead of pid 1.
/// @error errc::system_error
[[nodiscard]] result<void> become_subreaper();

/// What one sweep did.
struct sweep_outcome {
  std::uint32_t reaped = 0;         ///< orphans that had ended
  std::uint32_t killed = 0;         ///< sent SIGKILL; each ends in a SIGCHLD and another sweep
  std::uint32_t unknown = 0;        ///< left alone: nothing tells of what launch they are
  std::vector<std::string> names{}; ///< of the killed, "4711 sleep"; of the first few
  bool deferred = false;            ///< a launch was under way on another thread: sweep again soon
};

/// How far a sweep goes.
enum class sweep_extent : std::uint8_t {
  dead_launches, ///< orphans whose container has ended
  all,           ///< every orphan: at the end of the daemon
};

/// Children with an owner, by pid, with their launch marks.
///
/// An orphan belongs to the launch whose mark is in its environment, or whose process group it is
/// in, or whose lineage it has. It may live as long as that launch does: a program may start others
/// in the background, but not beyond its own end. An orphan that lost all three cannot be told
/// apart and lives until a sweep for `all`.
/// @thread any; no lock is held during a launch or while /proc is read
class child_registry {
public:
  /// @param plan of this process's descriptors
  explicit child_registry(descriptor_plan plan = {}) noexcept : plan_(plan) {}

  /// As `process::launch`, and registers the child before any sweep can see it without owner.
  /// The child begins with the plan's limit of open files unless `spec` has its own.
  /// @error errc::limit_exceeded also when only those descriptors are left that the plan keeps
  /// @thread see `process::launch`
  [[nodiscard]] result<child> launch(launch_spec spec);

  [[nodiscard]] const descriptor_plan& plan() const noexcept { return plan_; }

  /// While one exists, a child may come to be that is registered only later: sweeps are deferred.
  /// @thread any; not longer than a launch takes
  class expectation {
  public:
    explicit expectation(child_registry& children);
    ~expectation();
    expectation(const expectation&) = delete;
    expectation& operator=(const expectation&) = delete;

  private:
    child_registry& children_;
  };

  /// Registers a child of this process that another child made (a template's CLONE_PARENT worker),
  /// and has it lead a process group of its own.
  /// Expect it from before it can be made until this has returned.
  /// @param mark its launch mark
  /// @error errc::not_found when it has ended and was swept already, or is no child of ours;
  ///        errc::already_exists when it has an owner
  [[nodiscard]] result<void> adopt(const pidfd& process, const std::string& mark);

  /// The owner has reaped it. Call `sweep()` soon after: what it left behind may die now.
  void ended(pid_t pid);

  /// Reaps orphans that have ended and kills those that may not live on. Call it when SIGCHLD was
  /// received and after `ended()`.
  /// @error errc::system_error without /proc
  /// @cost  reads one small file per process of the machine, some 5 us each: not for a thread that
  ///        serves requests
  [[nodiscard]] result<sweep_outcome> sweep(sweep_extent extent = sweep_extent::dead_launches);

private:
  struct table {
    std::map<pid_t, std::string> marks;
    std::uint32_t launching = 0;
  };

  descriptor_plan plan_;
  guarded<table> table_;
};

} // namespace kraken::process
