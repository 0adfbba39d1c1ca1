// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What starting /bin/true costs from a small and from a large process, by four ways to do it.
/// Rounds are interleaved, so that a busy moment of the machine hits all of them alike; but for
/// fork, which runs last: the pages it makes shared would be paid for by whoever comes next.
///
/// Built with BOOST_POSIX_HAS_VFORK, a private macro without which Boost 1.74 on glibc declares
/// its vfork path but does not define it.
#include "kraken/process/launch/launcher.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>

namespace {

using clock_type = std::chrono::steady_clock;

kraken::pidfd open_or_exit(pid_t pid) {
  auto made = kraken::pidfd::open(pid);
  if (!made) {
    std::exit(1);
  }
  return std::move(*made);
}

kraken::pidfd by_launcher() {
  kraken::process::launch_spec spec;
  spec.argv = {"/bin/true"};
  spec.root = kraken::process::superuser::allow;
  spec.standard_output = kraken::process::output_mode::null;
  spec.standard_error = kraken::process::output_mode::null;
  auto made = kraken::process::launch(std::move(spec));
  if (!made) {
    std::fprintf(stderr, "%s\n", made.error().text().c_str());
    std::exit(1);
  }
  return std::move(made->process);
}

// No step for limits, privileges, death with the parent: posix_spawn has none.
kraken::pidfd by_posix_spawn() {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  std::array<char, 10> program{"/bin/true"};
  std::array<char*, 2> arguments{program.data(), nullptr};
  pid_t pid = -1;
  posix_spawn(&pid, program.data(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return open_or_exit(pid);
}

// The same steps as the launcher's, as a Boost handler.
void set_up_boost_child(pid_t parent) {
  ::syscall(SYS_setpgid, 0, 0);
  const int null_device = ::open("/dev/null", O_RDWR);
  ::dup2(null_device, 0);
  ::syscall(SYS_close_range, 3, ~0U, 0);
  const std::array<unsigned long, 2> zero{};
  ::syscall(SYS_prlimit64, 0, RLIMIT_CORE, zero.data(), nullptr);
  ::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::syscall(SYS_getppid) != parent) {
    ::_exit(127);
  }
  const std::array<unsigned long, 8> default_action{};
  for (int number = 1; number <= 64; ++number) {
    ::syscall(SYS_rt_sigaction, number, default_action.data(), nullptr, 8);
  }
}

kraken::pidfd by_boost_vfork() {
  namespace bp = boost::process;
  const auto parent = ::getpid();
  bp::child made{"/bin/true", bp::posix::use_vfork, bp::extend::on_exec_setup = [parent](auto&) {
                   set_up_boost_child(parent);
                 }};
  const auto pid = made.id();
  made.detach();
  return open_or_exit(pid);
}

kraken::pidfd by_boost_fork() {
  namespace bp = boost::process;
  const auto parent = ::getpid();
  bp::child made{"/bin/true",
                 bp::extend::on_exec_setup = [parent](auto&) { set_up_boost_child(parent); }};
  const auto pid = made.id();
  made.detach();
  return open_or_exit(pid);
}

struct method {
  std::string_view name;
  std::function<kraken::pidfd()> start;
  std::vector<double> call_us{};
  std::vector<double> total_us{};
};

double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

double us_since(clock_type::time_point start) {
  return std::chrono::duration<double, std::micro>(clock_type::now() - start).count();
}

void measure_once(method& one) {
  const auto start = clock_type::now();
  auto process = one.start();
  one.call_us.push_back(us_since(start));
  pollfd wait{process.fd(), POLLIN, 0};
  ::poll(&wait, 1, -1);
  if (const auto status = process.try_reap(); !status || !*status || !(*status)->clean()) {
    std::fprintf(stderr, "%s: the child did not end well\n", std::string{one.name}.c_str());
    std::exit(1);
  }
  one.total_us.push_back(us_since(start));
}

} // namespace

/// Usage: spawn_bench [MEGABYTES_TOUCHED=0] [ROUNDS=500]
int main(int argc, char** argv) {
  const auto megabytes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 0UL;
  const auto rounds = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 500UL;
  const std::vector<char> touched(megabytes << 20U, 'x');
  std::array<method, 4> methods{method{"launcher (clone VM|VFORK|PIDFD)", by_launcher},
                                method{"posix_spawn + pidfd_open", by_posix_spawn},
                                method{"Boost.Process v1, use_vfork", by_boost_vfork},
                                method{"Boost.Process v1, fork", by_boost_fork}};
  for (unsigned long round = 0; round < rounds; ++round) {
    for (auto& one : methods) {
      if (&one != &methods.back()) {
        measure_once(one);
      }
    }
  }
  for (unsigned long round = 0; round < rounds; ++round) {
    measure_once(methods.back());
  }
  std::printf("%zu MB touched, %lu rounds; us\n", touched.size() >> 20U, rounds);
  for (const auto& one : methods) {
    std::printf("%-34s call p50 %7.0f p99 %7.0f   to reaped p50 %7.0f p99 %7.0f\n",
                one.name.data(),
                percentile(one.call_us, 0.5),
                percentile(one.call_us, 0.99),
                percentile(one.total_us, 0.5),
                percentile(one.total_us, 0.99));
  }
  return 0;
}
