// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "template_door.hpp"

#include "kraken/process/launch/descriptor_message.hpp"
#include "kraken/process/launch/launcher.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::php {

namespace {

// Where the C library keeps the thread's own id: the child's is another one.
void* place_of_thread_id() {
  void* place = nullptr;
  return ::prctl(PR_GET_TID_ADDRESS, &place, 0, 0, 0) == 0 ? place : nullptr;
}

// The kernel shows the environment a process began with, at the place where it was: the sweep for
// orphans reads this child's mark there, and that of whatever it forks without an exec.
void overwrite_mark(const char* shown, std::string_view variable) {
  const auto equals = variable.find('=');
  if (shown == nullptr || variable.substr(0, equals) != process::launch_mark_variable) {
    return;
  }
  const auto value = variable.substr(equals + 1);
  if (std::strlen(shown) == value.size()) {
    std::memcpy(const_cast<char*>(shown), value.data(), value.size()); // this process's own memory
  }
}

result<void> place_descriptors(received_order& order) {
  // None of them is a target: those numbers were taken when they came.
  for (std::size_t i = 0; i < order.descriptors.size(); ++i) {
    if (::dup2(order.descriptors[i].get(), order.what.targets[i]) < 0) {
      return fail(errno_error("give descriptor " + std::to_string(order.what.targets[i])));
    }
  }
  order.descriptors.clear();
  return {};
}

void lay_environment(const process::fork_order& order) {
  // No other thread exists.
  const std::string mark_name{process::launch_mark_variable};
  const char* const shown = std::getenv(mark_name.c_str()); // NOLINT(concurrency-mt-unsafe)
  for (const auto& each : order.variables) {
    const auto equals = each.find('=');
    overwrite_mark(shown, each);
    ::setenv(each.substr(0, equals).c_str(), // NOLINT(concurrency-mt-unsafe)
             each.c_str() + equals + 1,
             1);
  }
}

} // namespace

template_door::template_door(unique_fd socket) : socket_(std::move(socket)) {
  while (true) {
    unique_fd next{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    if (!next || next.get() > process::fork_target_max) {
      return;
    }
    kept_free_.push_back(std::move(next));
  }
}

bool template_door::say(process::template_word what, std::string_view text) const {
  const auto bytes = process::write_template_message(what, text);
  return process::send_message(socket_.get(), bytes).has_value();
}

std::optional<received_order> template_door::wait() const {
  while (true) {
    auto came = process::receive_message(socket_.get(), process::patience::wait);
    if (!came && came.error().code == errc::protocol_error) {
      continue; // its descriptors are closed, its sender sees the end of the answer
    }
    if (!came || came->text.empty()) {
      return std::nullopt;
    }
    if (came->descriptors.empty()) {
      continue;
    }
    received_order out;
    out.answer = std::move(came->descriptors.back());
    came->descriptors.pop_back();
    auto what = process::read_fork_order(came->text);
    if (what && what->targets.size() == came->descriptors.size()) {
      out.what = std::move(*what);
      out.descriptors = std::move(came->descriptors);
      return out;
    }
    const auto why = what ? std::string{"descriptors are missing"} : what.error().text();
    const auto bytes = process::write_template_message(process::template_word::failed, why);
    static_cast<void>(process::send_message(out.answer.get(), bytes));
  }
}

bool fork_for(received_order& order) {
  int process = -1;
  clone_args how{};
  // As the sibling it becomes: the exit signal is the template's own, SIGCHLD to the daemon.
  how.flags = CLONE_PARENT | CLONE_PIDFD;
  how.pidfd = reinterpret_cast<std::uintptr_t>(&process);
  if (auto* const place = place_of_thread_id()) {
    how.flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    how.child_tid = reinterpret_cast<std::uintptr_t>(place);
  }
  const auto pid = ::syscall(SYS_clone3, &how, sizeof how);
  const int number = errno;
  if (pid == 0) {
    order.answer.reset();
    return true;
  }
  // An answer that cannot be given: the daemon is gone, or has stopped waiting and sees the end.
  if (pid < 0) {
    const auto bytes = process::write_template_message(process::template_word::failed,
                                                       errno_error("clone3", number).context);
    static_cast<void>(process::send_message(order.answer.get(), bytes));
    return false;
  }
  const unique_fd owned{process};
  const std::array<int, 1> descriptors{process};
  const auto bytes = process::write_template_message(process::template_word::forked);
  static_cast<void>(process::send_message(order.answer.get(), bytes, descriptors));
  return false;
}

result<void> template_door::leave(received_order& order, pid_t daemon) {
  static_cast<void>(::setpgid(0, 0)); // the daemon does it as well
  // Not inherited from the template.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    return fail(errno_error("tie to the daemon's life"));
  }
  // The daemon may have died before: then nobody sends the signal any more.
  if (::getppid() != daemon) {
    return fail(errc::unreachable, "the daemon is gone");
  }
  socket_.reset();
  kept_free_.clear(); // from here on these numbers are the child's own
  lay_environment(order.what);
  return place_descriptors(order);
}

} // namespace kraken::php
