// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `kraken shell`: libedit reads lines, console/run carries them out. The only file that knows
/// libedit.
#include "apps/kraken/interactive.hpp"

#include "console/shell_words.hpp"
#include "kraken/base/words.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <editline/readline.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace kraken::app {

namespace {

constexpr std::string_view shell_help =
    "exit, quit or Ctrl-D leave the shell. Every other line is a command without `kraken` before "
    "it;\n`list` shows them all, `help COMMAND` one of them, # begins a comment.\n";

constexpr int history_lines_max = 1000;
constexpr int interrupt_key = 'C' - '@';
constexpr int ended_by_signal = 128; ///< and its number: the exit code shells use

// libedit calls plain functions: what they need stands here while a shell runs, in one thread.
struct completion_source {
  std::vector<std::string> containers;
  std::vector<std::string> found;
  std::size_t next = 0;
  bool abandoned = false; ///< the line that is typed
};

completion_source*& source_now() {
  static completion_source* now = nullptr;
  return now;
}

char* next_offer(const char* /*word*/, int again) {
  auto& source = *source_now();
  source.next = again == 0 ? 0 : source.next;
  return source.next < source.found.size() ? ::strdup(source.found[source.next++].c_str())
                                           : nullptr;
}

char** offer(const char* word, int /*begin*/, int /*end*/) {
  auto& source = *source_now();
  source.found = console::offers(
      std::string_view{rl_line_buffer}.substr(0, static_cast<std::size_t>(rl_point)),
      source.containers);
  rl_attempted_completion_over = 1; // no names of files
  return ::rl_completion_matches(word, next_offer);
}

int abandon(int /*count*/, int /*key*/) {
  source_now()->abandoned = true;
  rl_done = 1;
  return 0;
}

/// The terminal as it was found, and so that Ctrl-C is a key while a line is typed: libedit would
/// end the program at the signal.
class interrupt_character {
public:
  interrupt_character() : known_(::tcgetattr(STDIN_FILENO, &usual_) == 0), plain_(usual_) {
    plain_.c_cc[VINTR] = _POSIX_VDISABLE;
    be_a_key();
  }

  ~interrupt_character() { be_a_signal(); }
  interrupt_character(const interrupt_character&) = delete;
  interrupt_character& operator=(const interrupt_character&) = delete;

  void be_a_key() const { set(plain_); }
  void be_a_signal() const { set(usual_); }

private:
  void set(const termios& what) const {
    if (known_) {
      static_cast<void>(::tcsetattr(STDIN_FILENO, TCSADRAIN, &what));
    }
  }

  termios usual_{};
  bool known_;
  termios plain_;
};

std::string history_file() {
  // Nothing here changes the environment and there is one thread.
  const char* home = std::getenv("HOME"); // NOLINT(concurrency-mt-unsafe)
  return home == nullptr ? std::string{} : std::string{home} + "/.kraken_history";
}

class shell {
public:
  shell(const console::invocation& asked, console::surroundings& around)
      : asked_(asked), around_(around), terminal_(::isatty(STDIN_FILENO) != 0) {}

  int run() {
    if (terminal_) {
      begin_terminal();
    }
    int code = 0;
    while (auto line = next_line()) {
      auto words = split_words(*line);
      if (!words) {
        around_.err << words.error().context << "\n";
        code = row_of(words.error().code).exit_code;
        continue;
      }
      if (words->empty() || words->front().starts_with('#')) {
        continue;
      }
      if (words->front() == "exit" || words->front() == "quit") {
        break;
      }
      if (about_the_shell(*words)) {
        around_.out << shell_help << std::flush;
        continue;
      }
      const int ended = terminal_ ? apart(std::move(*words)) : carry_out(std::move(*words));
      code = ended == 0 ? code : ended;
    }
    if (terminal_) {
      source_now() = nullptr;
      interrupt_.reset();
      return 0;
    }
    return code;
  }

private:
  void begin_terminal() {
    source_now() = &source_;
    interrupt_.emplace();
    ::rl_initialize();
    ::rl_add_defun("abandon-line", abandon, interrupt_key);
    rl_attempted_completion_function = offer;
    rl_completer_word_break_characters = break_characters_.data();
    ::using_history();
    ::stifle_history(history_lines_max);
    if (!history_.empty()) {
      static_cast<void>(::read_history(history_.c_str()));
    }
  }

  std::optional<std::string> next_line() {
    if (!terminal_) {
      std::string line;
      return std::getline(std::cin, line) ? std::optional{line} : std::nullopt;
    }
    look_at_containers();
    rl_done = 0;
    const std::unique_ptr<char, decltype(&std::free)> line{::readline("kraken> "), &std::free};
    if (std::exchange(source_.abandoned, false)) {
      around_.out << "^C\n" << std::flush;
      return std::string{};
    }
    if (!line) {
      around_.out << "\n";
      return std::nullopt;
    }
    if (*line != '\0') {
      ::add_history(line.get());
      if (!history_.empty()) {
        const auto before = ::umask(077); // lines may have secrets in them
        static_cast<void>(::write_history(history_.c_str()));
        ::umask(before);
      }
    }
    return std::string{line.get()};
  }

  /// For completion; a daemon that does not answer offers nothing.
  void look_at_containers() {
    auto answer = around_.connect(asked_)->ask({"GET", "/api/v1/containers", {}});
    source_.containers.clear();
    if (!answer || answer->status != 200) {
      return;
    }
    if (const auto list = console::read_containers(answer->body, around_.clock.now())) {
      for (const auto& each : *list) {
        source_.containers.push_back(each.path);
      }
    }
  }

  /// In a process of its own, as every shell does it: Ctrl-C ends the command (`events -f`) and
  /// leaves the shell.
  int apart(std::vector<std::string> words) {
    if (!runs_here(words)) {
      return row_of(errc::unsupported).exit_code;
    }
    around_.out << std::flush;
    words.insert(words.begin(), "kraken");
    std::vector<char*> pointers;
    for (auto& word : words) {
      pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t interrupt;
    ::sigemptyset(&interrupt);
    ::sigaddset(&interrupt, SIGINT);
    ::posix_spawnattr_setsigdefault(&attributes, &interrupt);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    interrupt_->be_a_signal();
    const auto before = std::signal(SIGINT, SIG_IGN);
    pid_t child = 0;
    int status = 0;
    const int failed =
        ::posix_spawn(&child, "/proc/self/exe", nullptr, &attributes, pointers.data(), environ);
    while (failed == 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    std::signal(SIGINT, before);
    interrupt_->be_a_key();
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) {
      around_.err << "no process for the command: " << std::generic_category().message(failed)
                  << "\n";
      return row_of(errc::system_error).exit_code;
    }
    if (WIFSIGNALED(status)) {
      around_.out << "\n" << std::flush;
      return ended_by_signal + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
  }

  /// What only the shell knows no command of the console explains.
  static bool about_the_shell(const std::vector<std::string>& words) {
    return words.size() == 2 && words.front() == "help" &&
           (words.back() == "exit" || words.back() == "quit" || words.back() == "shell");
  }

  /// Whether it may; if so, for the daemon of the shell.
  bool runs_here(std::vector<std::string>& words) {
    const auto* row = console::find_command(words.front());
    if (row != nullptr && row->name == "shell") {
      around_.err << "this is the shell already\nTry: exit\n";
      return false;
    }
    if (row != nullptr && (row->runs == console::place::program || row->name == "top")) {
      around_.err << "'" << words.front() << "' does not run inside the shell\nTry: exit, then "
                  << "kraken " << words.front() << "\n";
      return false;
    }
    if (!asked_.socket.empty()) {
      words.insert(words.end(), {"--socket", asked_.socket});
    }
    return true;
  }

  int carry_out(std::vector<std::string> words) {
    if (!runs_here(words)) {
      return row_of(errc::unsupported).exit_code;
    }
    const int code = console::run(words, around_);
    around_.out << std::flush;
    return code;
  }

  const console::invocation& asked_;
  console::surroundings& around_;
  bool terminal_;
  completion_source source_;
  std::optional<interrupt_character> interrupt_; ///< on a terminal
  std::string history_ = history_file();
  std::string break_characters_ = " \t";
};

} // namespace

int run_shell(const console::invocation& asked, console::surroundings& around) {
  return shell{asked, around}.run();
}

} // namespace kraken::app
