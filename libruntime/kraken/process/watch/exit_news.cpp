// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Generic netlink by hand: three messages are all that is wanted of it.
#include "kraken/process/watch/exit_news.hpp"

#include "kraken/process/launch/detail/own_children.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace kraken::process {

namespace {

// The kernel's answers come at once; this is for one that has none.
constexpr timeval answer_patience{.tv_sec = 0, .tv_usec = 200'000};

// More than the kernel puts into one message here.
constexpr std::size_t message_bytes_max = 8U << 10U;

// Where a message of one thread's end has `taskstats`: behind the headers of netlink, of generic
// netlink, of both together (AGGR_PID), of the pid with it, and its own.
constexpr std::size_t stats_at =
    NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + NLA_HDRLEN + 4 + NLA_HDRLEN;

template <class Plain>
Plain plain_at(std::string_view bytes, std::size_t at) {
  Plain out{};
  if (at + sizeof out <= bytes.size()) {
    std::memcpy(&out, bytes.data() + at, sizeof out);
  }
  return out;
}

template <class Plain>
std::string_view bytes_of(const Plain& what) {
  return {reinterpret_cast<const char*>(&what), sizeof what};
}

/// The first attribute of a kind. @return empty: there is none
std::string_view attribute(std::string_view from, std::uint16_t kind) {
  while (from.size() >= NLA_HDRLEN) {
    const auto head = plain_at<nlattr>(from, 0);
    if (head.nla_len < NLA_HDRLEN || head.nla_len > from.size()) {
      return {};
    }
    if ((head.nla_type & NLA_TYPE_MASK) == kind) {
      return from.substr(NLA_HDRLEN, head.nla_len - NLA_HDRLEN);
    }
    from.remove_prefix(std::min<std::size_t>(from.size(), NLA_ALIGN(head.nla_len)));
  }
  return {};
}

/// A command with one attribute of text.
bool ask(const unique_fd& socket,
         std::uint16_t family,
         std::uint8_t command,
         std::uint16_t kind,
         const std::string& text) {
  const auto value = static_cast<std::uint16_t>(NLA_HDRLEN + text.size() + 1);
  const nlattr attribute{.nla_len = value, .nla_type = kind};
  const genlmsghdr what{.cmd = command, .version = 1, .reserved = 0};
  const nlmsghdr head{.nlmsg_len =
                          static_cast<std::uint32_t>(NLMSG_HDRLEN + GENL_HDRLEN + NLA_ALIGN(value)),
                      .nlmsg_type = family,
                      .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
                      .nlmsg_seq = 1,
                      .nlmsg_pid = 0};
  std::string bytes;
  bytes.append(bytes_of(head)).append(bytes_of(what)).append(bytes_of(attribute)).append(text);
  bytes.resize(head.nlmsg_len);
  return ::send(socket.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

/// @return empty: none came
std::string_view
receive(const unique_fd& socket, std::array<char, message_bytes_max>& room, int flags = 0) {
  ssize_t got = -1;
  do {
    got = ::recv(socket.get(), room.data(), room.size(), flags);
  } while (got < 0 && errno == EINTR);
  return {room.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

bool is_error(std::string_view message) {
  return plain_at<nlmsghdr>(message, 0).nlmsg_type == NLMSG_ERROR;
}

/// @return 0: this kernel has no such family
std::uint16_t family_number(const unique_fd& socket) {
  std::array<char, message_bytes_max> room; // NOLINT: filled by recv
  if (!ask(socket, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME)) {
    return 0;
  }
  const auto answer = receive(socket, room);
  if (answer.size() < NLMSG_HDRLEN + GENL_HDRLEN || is_error(answer)) {
    return 0;
  }
  const auto number = plain_at<std::uint16_t>(
      attribute(answer.substr(NLMSG_HDRLEN + GENL_HDRLEN), CTRL_ATTR_FAMILY_ID), 0);
  std::array<char, message_bytes_max> rest; // NOLINT: filled by recv
  static_cast<void>(receive(socket, rest)); // the acknowledgement
  return number;
}

bool listen_to_all_cpus(const unique_fd& socket, std::uint16_t family) {
  auto cpus = detail::read_proc_file("/sys/devices/system/cpu/possible");
  if (!cpus) {
    return false;
  }
  while (!cpus->empty() && cpus->back() == '\n') {
    cpus->pop_back();
  }
  std::array<char, message_bytes_max> room; // NOLINT: filled by recv
  if (!ask(socket, family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, *cpus)) {
    return false;
  }
  // The end of somebody may come between.
  std::string_view answer;
  do {
    answer = receive(socket, room);
  } while (!answer.empty() && !is_error(answer));
  return !answer.empty() && plain_at<nlmsgerr>(answer, NLMSG_HDRLEN).error == 0;
}

// All others of this machine end without waking us.
bool take_own_children_only(const unique_fd& socket) {
  constexpr auto parent_at = static_cast<std::uint32_t>(stats_at + offsetof(taskstats, ac_ppid));
  const auto own = htonl(static_cast<std::uint32_t>(::getpid()));
  std::array<sock_filter, 4> steps{{{BPF_LD | BPF_W | BPF_ABS, 0, 0, parent_at},
                                    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, own},
                                    {BPF_RET | BPF_K, 0, 0, message_bytes_max},
                                    {BPF_RET | BPF_K, 0, 0, 0}}};
  const sock_fprog program{.len = steps.size(), .filter = steps.data()};
  return ::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

unique_fd open_socket() {
  unique_fd socket{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC)};
  sockaddr_nl anywhere{};
  anywhere.nl_family = AF_NETLINK;
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&anywhere), sizeof anywhere) != 0 ||
      ::setsockopt(
          socket.get(), SOL_SOCKET, SO_RCVTIMEO, &answer_patience, sizeof answer_patience) != 0) {
    return {};
  }
  return socket;
}

} // namespace

std::unique_ptr<exit_news> exit_news::make(reactor& loop) {
  auto socket = open_socket();
  const auto family = socket ? family_number(socket) : std::uint16_t{0};
  if (family == 0 || !listen_to_all_cpus(socket, family) || !take_own_children_only(socket)) {
    return nullptr;
  }
  std::unique_ptr<exit_news> made{new exit_news{std::move(socket)}}; // NOLINT: private constructor
  made->readable_ = loop.when_readable(made->socket_.get(), [news = made.get()] { news->read(); });
  return made->readable_ ? std::move(made) : nullptr;
}

exit_news::place::~place() {
  among_->with([this](auto& all) { all.erase(child_); });
}

std::unique_ptr<exit_news::place> exit_news::add(pid_t child, std::function<void()> told) {
  const bool fresh =
      listeners_->with([&](auto& all) { return all.emplace(child, std::move(told)).second; });
  return fresh ? std::make_unique<place>(listeners_, child) : nullptr;
}

// What is lost because the socket's buffer was full is told by the pidfd.
void exit_news::read() {
  std::array<char, message_bytes_max> room; // NOLINT: filled by recv
  const auto message = receive(socket_, room, MSG_DONTWAIT);
  if (message.size() < NLMSG_HDRLEN + GENL_HDRLEN) {
    return;
  }
  const auto both = attribute(message.substr(NLMSG_HDRLEN + GENL_HDRLEN), TASKSTATS_TYPE_AGGR_PID);
  const auto pid = plain_at<pid_t>(attribute(both, TASKSTATS_TYPE_PID), 0);
  listeners_->with([pid](auto& all) {
    if (const auto found = all.find(pid); found != all.end()) {
      found->second();
    }
  });
}

} // namespace kraken::process
