// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The console program: what the process has (arguments, environment, terminal, clock) handed to
/// the console room. No CAF, no configuration: it starts in milliseconds.
#include "apps/kraken/interactive.hpp"
#include "apps/kraken/machine.hpp"
#include "console/lost_socket.hpp"
#include "console/run.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

namespace {

std::string environment(const char* name) {
  // Nothing here changes the environment and there is one thread.
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string{} : std::string{value};
}

bool utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = environment(name);
    if (!value.empty()) {
      return value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos;
    }
  }
  return false;
}

kraken::console::style terminal_style() {
  kraken::console::style look;
  if (::isatty(STDOUT_FILENO) == 0) {
    return look;
  }
  winsize size{};
  look.width = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  if (utf8_locale()) {
    look.chars = kraken::console::charset::utf8;
  }
  if (environment("NO_COLOR").empty() && environment("TERM") != "dumb") {
    look.colours = kraken::console::paint::ansi;
  }
  return look;
}

kraken::seconds local_utc_offset() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  return ::localtime_r(&now, &local) == nullptr ? kraken::seconds{0}
                                                : kraken::seconds{local.tm_gmtoff};
}

/// The program of this name beside this one; empty when this program's path is not known.
std::string sibling(std::string_view name) {
  std::array<char, PATH_MAX> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0 || static_cast<std::size_t>(length) == path.size()) {
    return {};
  }
  const std::string_view self{path.data(), static_cast<std::size_t>(length)};
  return std::string{self.substr(0, self.rfind('/') + 1)}.append(name);
}

kraken::error become_runtime(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"kraken-runtime"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  std::cout.flush();
  if (const std::string beside = sibling("kraken-runtime"); !beside.empty()) {
    ::execv(beside.c_str(), pointers.data());
    if (errno != ENOENT) {
      return kraken::errno_error("run '" + beside + "'");
    }
  }
  ::execvp(pointers.front(), pointers.data());
  return kraken::errno_error("run 'kraken-runtime' (neither beside kraken nor on the PATH)");
}

std::string socket_of(const kraken::console::invocation& asked) {
  return kraken::console::find_socket(
      asked.socket, environment("KRAKEN_SOCKET"), ::geteuid(), environment("XDG_RUNTIME_DIR"));
}

std::unique_ptr<kraken::console::api_transport>
connect_to_daemon(const kraken::console::invocation& asked) {
  return std::make_unique<kraken::console::unix_client>(
      socket_of(asked), asked.timeout, STDOUT_FILENO);
}

kraken::console::machine_facts examine_machine(const kraken::console::invocation& asked) {
  return kraken::app::look_at_machine(sibling("kraken-php"), socket_of(asked));
}

// One line, written over; only where somebody looks.
std::function<void(std::string_view)> progress_on_terminal() {
  if (::isatty(STDERR_FILENO) == 0) {
    return {};
  }
  return [](std::string_view text) { std::cerr << "\r\x1b[K" << text << std::flush; };
}

int interact(const kraken::console::invocation& asked, kraken::console::surroundings& around) {
  if (asked.command->name == "shell") {
    return kraken::app::run_shell(asked, around);
  }
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    around.err << "kraken top needs a terminal.\nTry: kraken ps\n";
    return kraken::row_of(kraken::errc::unsupported).exit_code;
  }
  return kraken::app::run_top(asked, around);
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const kraken::steady_monotonic_clock clock;
  kraken::console::surroundings around{std::cout,
                                       std::cerr,
                                       terminal_style(),
                                       local_utc_offset(),
                                       KRAKEN_VERSION,
                                       clock,
                                       connect_to_daemon,
                                       become_runtime,
                                       progress_on_terminal(),
                                       interact,
                                       examine_machine};
  const int exit_code = kraken::console::run(words, around);
  std::cout.flush();
  return std::cout.good() ? exit_code : 1;
}
