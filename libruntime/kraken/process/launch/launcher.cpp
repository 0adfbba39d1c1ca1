// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The parent's side of a launch: everything that may allocate, block or fail for a plain reason
/// is done here before the clone; the child only makes system calls (detail/child_setup).
#include "kraken/process/launch/launcher.hpp"

#include "kraken/process/host/lineage.hpp"
#include "kraken/process/launch/detail/child_environment.hpp"
#include "kraken/process/launch/detail/child_setup.hpp"
#include "kraken/process/launch/detail/identity.hpp"
#include "kraken/process/launch/detail/launch_mark.hpp"
#include "kraken/process/launch/detail/output_pipe.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kraken::process {

namespace {

constexpr int target_fd_max = 1023;
constexpr std::size_t child_stack_bytes = 64U << 10U; // run_child needs well under 4 KiB

// What the plan's pointers point to.
struct prepared_launch {
  std::string program;
  std::vector<std::string> variables;
  std::vector<char*> argument_pointers;
  std::vector<char*> variable_pointers;
  std::vector<detail::fd_move> moves;
  std::vector<detail::limit_setting> limits;
  std::optional<detail::identity> identity;
  unique_fd null_device;
  unique_fd output_end; ///< the child's, closed after the clone
  unique_fd error_end;
  child made;
};

errc code_of_failure(int number) {
  switch (number) {
  case ENOENT:
  case ENOTDIR:
    return errc::not_found;
  case EACCES:
  case EPERM:
    return errc::permission_denied;
  case EAGAIN:
  case EMFILE:
  case ENFILE:
  case ENOMEM:
    return errc::limit_exceeded;
  default:
    return errc::system_error;
  }
}

// `errno` of the parent's or the child's step as an error naming the step.
error step_error(std::string step, int number) {
  return error{code_of_failure(number), errno_error(std::move(step), number).context};
}

result<void> check_launch_spec(const launch_spec& spec) {
  if (spec.argv.empty() || spec.argv.front().empty()) {
    return fail(errc::invalid_argument, "no program to launch");
  }
  for (const auto& argument : spec.argv) {
    if (argument.find('\0') != std::string::npos) {
      return fail(errc::invalid_argument, "an argument has a NUL byte");
    }
  }
  std::vector<int> targets;
  for (const auto& one : spec.inherit) {
    if (!one.fd || one.target < 0 || one.target > target_fd_max) {
      return fail(errc::invalid_argument,
                  "inherited descriptor " + std::to_string(one.fd.get()) + " as " +
                      std::to_string(one.target));
    }
    targets.push_back(one.target);
  }
  std::sort(targets.begin(), targets.end());
  if (const auto twice = std::adjacent_find(targets.begin(), targets.end());
      twice != targets.end()) {
    return fail(errc::invalid_argument, "two inherited descriptors as " + std::to_string(*twice));
  }
  return {};
}

result<void> prepare_identity(const launch_spec& spec, prepared_launch& ready) {
  if (!spec.user.empty() || !spec.group.empty()) {
    auto found = detail::find_identity(spec.user, spec.group);
    if (!found) {
      return fail(found.error());
    }
    // One's own identity needs no change, which only root may make.
    if (::geteuid() == 0 || found->uid != ::geteuid() || found->gid != ::getegid()) {
      ready.identity = std::move(*found);
    }
  }
  const auto uid = ready.identity ? ready.identity->uid : ::geteuid();
  if (uid == 0 && spec.root == superuser::refuse) {
    return fail(errc::permission_denied, "would run as root: give a user, or allow root");
  }
  return {};
}

result<void> prepare_program(const launch_spec& spec, prepared_launch& ready) {
  detail::variable_map defaults;
  if (ready.identity && !ready.identity->name.empty()) {
    defaults = {{"HOME", ready.identity->home},
                {"USER", ready.identity->name},
                {"LOGNAME", ready.identity->name}};
  }
  auto variables = detail::child_environment(spec.environment, ::environ, defaults);
  if (!variables) {
    return fail(variables.error());
  }
  variables->insert_or_assign(std::string{launch_mark_variable}, ready.made.mark);
  auto program = detail::find_program(spec.argv.front(), detail::search_path(*variables));
  if (!program) {
    return fail(program.error());
  }
  ready.program = std::move(*program);
  for (const auto& [name, value] : *variables) {
    ready.variables.push_back(name + "=" + value);
  }
  // execve() takes pointers to non-const for history's sake and changes nothing.
  for (const auto& argument : spec.argv) {
    ready.argument_pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  for (const auto& variable : ready.variables) {
    ready.variable_pointers.push_back(const_cast<char*>(variable.c_str()));
  }
  ready.argument_pointers.push_back(nullptr);
  ready.variable_pointers.push_back(nullptr);
  return {};
}

void prepare_limits(const resource_limits& wanted, prepared_launch& ready) {
  const auto add = [&](int resource, std::uint64_t value) {
    ready.limits.push_back({resource, value, value});
  };
  if (wanted.core) {
    add(RLIMIT_CORE, wanted.core->value);
  }
  if (wanted.address_space) {
    add(RLIMIT_AS, wanted.address_space->value);
  }
  if (wanted.open_files) {
    add(RLIMIT_NOFILE, *wanted.open_files);
  } else if (rlimit own{}; wanted.open_files_soft && ::getrlimit(RLIMIT_NOFILE, &own) == 0) {
    const auto soft = std::min<std::uint64_t>(*wanted.open_files_soft, own.rlim_max);
    ready.limits.push_back({RLIMIT_NOFILE, soft, own.rlim_max});
  }
  if (wanted.processes) {
    add(RLIMIT_NPROC, *wanted.processes);
  }
}

result<int> prepare_output(output_mode mode,
                           int standard,
                           prepared_launch& ready,
                           unique_fd& child_end,
                           unique_fd& reading_end) {
  if (mode == output_mode::inherit && ::fcntl(standard, F_GETFD) >= 0) {
    return standard;
  }
  if (mode != output_mode::pipe) {
    return ready.null_device.get(); // also for a daemon whose own output is closed
  }
  if (!detail::open_output_pipe(reading_end, child_end)) {
    return fail(step_error("pipe for output", errno));
  }
  return child_end.get();
}

result<void> prepare_descriptors(const launch_spec& spec, prepared_launch& ready) {
  ready.null_device.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!ready.null_device) {
    return fail(step_error("open /dev/null", errno));
  }
  std::array<int, 3> standard{ready.null_device.get(), -1, -1};
  for (const auto& one : spec.inherit) {
    ready.moves.push_back({one.fd.get(), one.target, -1});
  }
  const auto replaced = [&](int number) {
    return std::any_of(spec.inherit.begin(), spec.inherit.end(), [&](const inherited_fd& one) {
      return one.target == number;
    });
  };
  if (!replaced(STDOUT_FILENO)) {
    auto source = prepare_output(
        spec.standard_output, STDOUT_FILENO, ready, ready.output_end, ready.made.standard_output);
    if (!source) {
      return fail(source.error());
    }
    standard[STDOUT_FILENO] = *source;
  }
  if (!replaced(STDERR_FILENO)) {
    auto source = prepare_output(
        spec.standard_error, STDERR_FILENO, ready, ready.error_end, ready.made.standard_error);
    if (!source) {
      return fail(source.error());
    }
    standard[STDERR_FILENO] = *source;
  }
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
    if (!replaced(number)) {
      ready.moves.push_back({standard[static_cast<std::size_t>(number)], number, -1});
    }
  }
  std::sort(ready.moves.begin(), ready.moves.end(), [](const auto& a, const auto& b) {
    return a.to < b.to;
  });
  return {};
}

std::string limit_name(int resource) {
  switch (resource) {
  case RLIMIT_CORE:
    return "core";
  case RLIMIT_AS:
    return "address space";
  case RLIMIT_NOFILE:
    return "open files";
  case RLIMIT_NPROC:
    return "processes";
  default:
    return std::to_string(resource);
  }
}

std::string describe_step(const detail::child_plan& plan, const launch_spec& spec) {
  using detail::setup_step;
  switch (plan.failed_step) {
  case setup_step::process_group:
    return "make a process group";
  case setup_step::descriptors:
    return "give descriptor " + std::to_string(plan.moves[plan.failed_item].to);
  case setup_step::limits: {
    const auto& limit = plan.limits[plan.failed_item];
    return "limit " + limit_name(limit.resource) + " to " + std::to_string(limit.soft);
  }
  case setup_step::niceness:
    return "set nice " + std::to_string(spec.nice.value_or(0));
  case setup_step::identity:
    return "become user '" + spec.user + "' group '" + spec.group + "'";
  case setup_step::directory:
    return "change to directory '" + spec.directory + "'";
  case setup_step::privileges:
    return "give up privileges";
  case setup_step::parent_death:
    return "tie to the daemon's life";
  case setup_step::signals:
    return "reset signals";
  case setup_step::exec: {
    const bool there = plan.failed_errno == ENOENT && ::access(plan.program, F_OK) == 0;
    return std::string{"execute '"} + plan.program +
           (there ? "' (its interpreter is missing)" : "'");
  }
  case setup_step::none:
    break;
  }
  return "launch";
}

// Clones on a stack of its own inside this frame: this thread is suspended until the child has
// left it by exec or exit. That, and sharing the memory, is what makes it cheap in a large daemon.
result<pidfd> clone_and_exec(detail::child_plan& plan) {
  alignas(16) std::array<std::byte, child_stack_bytes> stack;
  int descriptor = -1;
  const std::uint64_t everything = ~std::uint64_t{0};
  std::uint64_t before = 0;
  constexpr auto kernel_set_bytes = sizeof(everything);
  // All signals, libc's internal ones included: a handler of ours must not run in the child.
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &everything, &before, kernel_set_bytes);
  const auto pid = ::clone(detail::run_child,
                           stack.data() + stack.size(),
                           CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
                           &plan,
                           &descriptor);
  const int number = errno;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, nullptr, kernel_set_bytes);
  if (pid < 0) {
    // The kernel's own word for it, "temporarily unavailable", helps nobody.
    return fail(step_error(
        number == EAGAIN ? "clone: no more processes (ulimit -u, TasksMax=, pids.max)" : "clone",
        number));
  }
  return pidfd{unique_fd{descriptor}, pid};
}

result<child> start_prepared(const launch_spec& spec, prepared_launch& ready) {
  detail::child_plan plan;
  plan.program = ready.program.c_str();
  plan.arguments = ready.argument_pointers.data();
  plan.variables = ready.variable_pointers.data();
  plan.directory = spec.directory.empty() ? nullptr : spec.directory.c_str();
  plan.moves = ready.moves.data();
  plan.move_count = ready.moves.size();
  plan.limits = ready.limits.data();
  plan.limit_count = ready.limits.size();
  const auto line = lineage_of_launch(ready.made.mark);
  if (rlimit own{}; ::getrlimit(RLIMIT_RTTIME, &own) == 0 && own.rlim_max > line) {
    plan.lineage = {lineage_resource(), line, own.rlim_max};
  }
  plan.niceness = spec.nice ? &*spec.nice : nullptr;
  plan.user = ready.identity ? &ready.identity->uid : nullptr;
  plan.group = ready.identity ? &ready.identity->gid : nullptr;
  if (ready.identity) {
    plan.groups = ready.identity->groups.data();
    plan.group_count = ready.identity->groups.size();
  }
  plan.umask = spec.umask;
  plan.parent = ::getpid();

  auto process = clone_and_exec(plan);
  if (!process) {
    return fail(process.error());
  }
  if (plan.failed_step != detail::setup_step::none) {
    // It has left our memory by exiting: the wait is for the kernel to finish that, no more.
    siginfo_t ignored{};
    while (::waitid(P_PIDFD, static_cast<id_t>(process->fd()), &ignored, WEXITED) != 0 &&
           errno == EINTR) {
    }
    return fail(step_error(describe_step(plan, spec), plan.failed_errno));
  }
  ready.made.process = std::move(*process);
  return std::move(ready.made);
}

} // namespace

result<child> launch(launch_spec spec) {
  const auto named = [&](const error& e) {
    const auto& program = spec.argv.empty() ? std::string{} : spec.argv.front();
    return error{e.code, "launch '" + program + "': " + e.context};
  };
  prepared_launch ready;
  ready.made.mark = detail::new_launch_mark();
  return check_launch_spec(spec)
      .and_then([&] { return prepare_identity(spec, ready); })
      .and_then([&] { return prepare_program(spec, ready); })
      .and_then([&] { return prepare_descriptors(spec, ready); })
      .and_then([&] {
        prepare_limits(spec.limits, ready);
        return start_prepared(spec, ready);
      })
      .map_error(named);
}

} // namespace kraken::process
