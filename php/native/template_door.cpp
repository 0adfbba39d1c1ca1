// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "template_door.hpp"

#include "kraken/process/host/lineage.hpp"
#include "kraken/process/launch/descriptor_message.hpp"
#include "kraken/process/launch/launcher.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::php {

namespace {

// What a child that was made ahead tells its template.
constexpr char ordered = 'o';  // it has an order: the next one is not for it
constexpr char has_time = 't'; // another may be made

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
    if (equals == mark_name.size() && each.starts_with(mark_name)) {
      process::carry(process::lineage_of_launch(std::string_view{each}.substr(equals + 1)));
    }
    ::setenv(each.substr(0, equals).c_str(), // NOLINT(concurrency-mt-unsafe)
             each.c_str() + equals + 1,
             1);
  }
}

// Makes a child of the daemon that goes on where this process is. @return as fork()
pid_t clone_sibling() {
  clone_args how{};
  // As the sibling it becomes: the exit signal is the template's own, SIGCHLD to the daemon.
  how.flags = CLONE_PARENT;
  if (auto* const place = place_of_thread_id()) {
    how.flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    how.child_tid = reinterpret_cast<std::uintptr_t>(place);
  }
  return static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
}

// In a child: not inherited from the template, and not sent when the daemon has died before.
bool tie_to(pid_t daemon) {
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == daemon;
}

void refuse_order(const received_order& order, std::string_view why) {
  const auto bytes = process::write_template_message(process::template_word::failed, why);
  static_cast<void>(process::send_message(order.answer.get(), bytes));
}

// @return false: nobody knows this child, so it must not live on
bool answer_order(received_order& order) {
  const unique_fd self{static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0))};
  if (!self) {
    refuse_order(order, errno_error("pidfd_open").context);
    return false;
  }
  const std::array<int, 1> descriptors{self.get()};
  const auto bytes = process::write_template_message(process::template_word::forked);
  const auto sent = process::send_message(order.answer.get(), bytes, descriptors);
  order.answer.reset();
  return sent.has_value();
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
    refuse_order(out, why);
  }
}

bool template_door::needs_another(const unique_fd& child) const {
  bool has_order = false; // before, an order that comes is for the child
  while (true) {
    std::array<pollfd, 2> both{
        pollfd{child.get(), POLLIN, 0},
        pollfd{socket_.get(), has_order ? static_cast<short>(POLLIN) : short{0}, 0}};
    if (::poll(both.data(), both.size(), -1) < 0) {
      continue; // interrupted
    }
    if ((both[1].revents & (POLLHUP | POLLERR)) != 0) {
      return false;
    }
    if ((both[1].revents & POLLIN) != 0) {
      return true; // somebody waits: sooner than the child would have it
    }
    char said = 0;
    if (::read(child.get(), &said, 1) != 1) {
      return has_order;
    }
    if (said != ordered) {
      return true;
    }
    has_order = true;
  }
}

std::optional<received_order> template_door::live_as_child(std::optional<received_order> order) {
  if (!order) {
    order = wait();
    tell_template(ordered);
  }
  if (order && !answer_order(*order)) {
    order.reset();
  }
  return order;
}

std::optional<received_order> template_door::serve(pid_t daemon, void (*make_ready)()) {
  while (true) {
    std::array<int, 2> ends{-1, -1};
    const bool piped = ::pipe2(ends.data(), O_CLOEXEC) == 0;
    const unique_fd child{ends[0]};
    to_template_.reset(ends[1]);
    const auto ahead = piped ? clone_sibling() : -1;
    if (ahead == 0) {
      if (!tie_to(daemon)) {
        return std::nullopt;
      }
      make_ready();
      return live_as_child(std::nullopt);
    }
    to_template_.reset();
    if (ahead > 0 && needs_another(child)) {
      continue;
    }
    auto order = wait();
    if (!order) {
      return order;
    }
    const auto made = clone_sibling();
    if (made == 0) {
      return tie_to(daemon) ? live_as_child(std::move(order)) : std::nullopt;
    }
    if (made < 0) {
      refuse_order(*order, errno_error("clone3").context);
    }
  }
}

result<void> template_door::leave(received_order& order) {
  static_cast<void>(::setpgid(0, 0)); // the daemon does it as well
  socket_.reset();
  kept_free_.clear(); // from here on these numbers are the child's own
  lay_environment(order.what);
  return place_descriptors(order);
}

void template_door::ask_for_another() noexcept {
  tell_template(has_time);
  to_template_.reset();
}

void template_door::tell_template(char what) const noexcept {
  if (to_template_) {
    static_cast<void>(::write(to_template_.get(), &what, 1) < 0); // a dead one makes no other
  }
}

} // namespace kraken::php
