// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "apps/kraken/machine.hpp"

#include "console/client.hpp"
#include "kraken/base/pidfd.hpp"
#include "kraken/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kraken::app {

namespace {

constexpr std::size_t output_bytes_max = 65'536;
constexpr std::chrono::seconds patience{10};

// Read as `name=value` lines.
constexpr const char* questions =
    "printf(\"version=%s\\nopcache=%d\\nenabled=%d\\njit=%d\\nmsgpack=%d\\nxdebug=%d\\n\","
    " PHP_VERSION, extension_loaded('Zend OPcache'), (int) ini_get('opcache.enable'),"
    " (int) ini_get('opcache.jit_buffer_size') > 0"
    " && !in_array(ini_get('opcache.jit'), ['0', 'off', 'disable']),"
    " extension_loaded('msgpack'), extension_loaded('xdebug'));"
    // The command line has a time limit of its own, whatever the files say.
    " foreach ([php_ini_loaded_file(), ...explode(',', (string) php_ini_scanned_files())] as $file)"
    " { $said = $file ? @parse_ini_file(trim($file), false, INI_SCANNER_RAW) : [];"
    " $limit = $said['max_execution_time'] ?? $limit ?? ''; }"
    " echo \"time_limit=$limit\n\";";

struct ended_program {
  int code = -1; ///< -1: by a signal, or after too long
  std::string output;
};

/// What a program writes to a pipe until it ends, up to a limit and for a limited time.
std::string read_all(int from) {
  using clock = std::chrono::steady_clock;
  const auto deadline = clock::now() + patience;
  std::string out;
  std::array<char, 4096> part{};
  while (out.size() < output_bytes_max) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    pollfd waiting{.fd = from, .events = POLLIN, .revents = 0};
    if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) {
      break;
    }
    const auto count = ::read(from, part.data(), part.size());
    if (count <= 0) {
      break;
    }
    out.append(part.data(), static_cast<std::size_t>(count));
  }
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& each : words) {
    out.push_back(each.data());
  }
  out.push_back(nullptr);
  return out;
}

/// @param added one more variable of its environment; empty: none
/// @return nothing when there is no such program
std::optional<ended_program> run(std::vector<std::string> words, const std::string& added) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  const unique_fd out{ends[0]};
  unique_fd in{ends[1]};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, in.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, in.get(), STDERR_FILENO);
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    variables.emplace_back(*each);
  }
  if (!added.empty()) {
    variables.push_back(added);
  }
  auto arguments = pointers_to(words);
  auto environment = pointers_to(variables);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(
      &pid, words.front().c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return std::nullopt;
  }
  in.reset();
  ended_program done{-1, read_all(out.get())};
  if (const auto child = pidfd::open(pid)) { // has ended, or has been waited for long enough
    static_cast<void>(child->send(SIGKILL));
  }
  int status = 0;
  if (::waitpid(pid, &status, 0) == pid && WIFEXITED(status)) {
    done.code = WEXITSTATUS(status);
  }
  return done;
}

std::optional<console::php_facts> ask_php(std::vector<std::string> words,
                                          const std::string& added) {
  words.insert(words.end(), {"-r", questions});
  const auto done = run(std::move(words), added);
  if (!done) {
    return std::nullopt;
  }
  console::php_facts out;
  std::istringstream lines{done->output};
  for (std::string line; std::getline(lines, line);) {
    const auto sign = line.find('=');
    const auto name = line.substr(0, sign);
    const auto value = sign == std::string::npos ? std::string{} : line.substr(sign + 1);
    const bool yes = value == "1";
    if (name == "version") {
      out.version = value;
    } else if (name == "opcache") {
      out.opcache = yes;
    } else if (name == "enabled") {
      out.opcache_enabled = yes;
    } else if (name == "jit") {
      out.jit = yes;
    } else if (name == "msgpack") {
      out.msgpack = yes;
    } else if (name == "xdebug") {
      out.xdebug = yes;
    } else if (name == "time_limit") {
      out.time_limit = value;
    }
  }
  return out.version.empty() ? std::nullopt : std::optional{out};
}

void ask_native(const std::string& native, console::machine_facts& out) {
  const auto done = run({native, "--version"}, {});
  if (!done) {
    return;
  }
  constexpr std::string_view mark = "(PHP ";
  const auto from = done->output.find(mark);
  if (done->code != 0 || from == std::string::npos) {
    out.native_failure = done->output.substr(0, done->output.find('\n'));
    if (out.native_failure.empty()) {
      out.native_failure = "it says nothing";
    }
    return;
  }
  const auto start = from + mark.size();
  out.native_version = done->output.substr(start, done->output.find(')', start) - start);
  // The settings of the one, read by the other: only a worker can be asked, and it needs a daemon.
  const auto minor = out.native_version.substr(0, out.native_version.rfind('.'));
  const auto folder = "/etc/php/" + minor + "/embed";
  out.native_php =
      ask_php({"php" + minor, "-c", folder + "/php.ini"}, "PHP_INI_SCAN_DIR=" + folder + "/conf.d");
}

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void look_at_cgroup(console::machine_facts& out) {
  out.cgroup_unified = ::access("/sys/fs/cgroup/cgroup.controllers", R_OK) == 0;
  std::istringstream lines{text_of("/proc/self/cgroup")};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) {
      const auto folder = "/sys/fs/cgroup" + line.substr(3);
      out.cgroup_memory =
          (" " + text_of(folder + "/cgroup.controllers")).find(" memory") != std::string::npos;
      out.cgroup_writable = ::access((folder + "/cgroup.procs").c_str(), W_OK) == 0 &&
                            ::access(folder.c_str(), W_OK) == 0;
    }
  }
}

void look_at_kernel(console::machine_facts& out) {
  const unique_fd own{static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0))};
  out.pidfd = own.get() >= 0;
  // Refused for its size, if it is known at all.
  out.clone3 = ::syscall(SYS_clone3, nullptr, 0) == -1 && errno == EINVAL;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    out.open_files = files.rlim_max;
  }
  std::istringstream{text_of("/proc/sys/net/core/somaxconn")} >> out.somaxconn;
}

/// Whether a daemon is there that answers this user, as each answers root.
bool answers(const std::string& socket) {
  constexpr milliseconds soon{2'000};
  return console::unix_client{socket, soon}.ask({"GET", "/livez", {}}).has_value();
}

void look_at_directory(const std::string& socket, console::machine_facts& out) {
  out.socket_directory = socket.substr(0, socket.rfind('/'));
  struct stat seen {};
  if (::lstat(out.socket_directory.c_str(), &seen) != 0) {
    return;
  }
  const bool others = (seen.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  const bool sticky = (seen.st_mode & S_ISVTX) != 0;
  out.socket_state =
      others && sticky ? console::directory_state::shared
      : seen.st_uid != ::geteuid()
          ? answers(socket) ? console::directory_state::served : console::directory_state::foreign
      : others ? console::directory_state::open
               : console::directory_state::ours;
}

} // namespace

console::machine_facts look_at_machine(const std::string& native, const std::string& socket) {
  console::machine_facts out;
  out.php = ask_php({"php"}, {});
  ask_native(native, out);
  look_at_kernel(out);
  look_at_cgroup(out);
  look_at_directory(socket, out);
  out.root = ::geteuid() == 0;
  return out;
}

} // namespace kraken::app
