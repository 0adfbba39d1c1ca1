// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `kraken shell`: libedit reads lines, console/run carries them out. The only file that knows
/// libedit.
#include "apps/kraken/interactive.hpp"

#include "console/shell_words.hpp"
#include "kraken/base/words.hpp"

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <editline/readline.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::app {

namespace {

constexpr int history_lines_max = 1000;

// libedit calls plain functions: what they need stands here while a shell runs, in one thread.
struct completion_source {
  std::vector<std::string> containers;
  std::vector<std::string> found;
  std::size_t next = 0;
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
      const int ended = carry_out(std::move(*words));
      code = ended == 0 ? code : ended;
    }
    if (terminal_) {
      source_now() = nullptr;
      return 0;
    }
    return code;
  }

private:
  void begin_terminal() {
    source_now() = &source_;
    ::rl_initialize();
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
    const std::unique_ptr<char, decltype(&std::free)> line{::readline("kraken> "), &std::free};
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

  int carry_out(std::vector<std::string> words) {
    if (const auto* row = console::find_command(words.front());
        row != nullptr &&
        (row->runs == console::place::program || row->name == "shell" || row->name == "top")) {
      around_.err << "'" << words.front() << "' does not run inside the shell\nTry: kraken "
                  << words.front() << "\n";
      return row_of(errc::unsupported).exit_code;
    }
    if (!asked_.socket.empty()) {
      words.insert(words.end(), {"--socket", asked_.socket});
    }
    const int code = console::run(words, around_);
    around_.out << std::flush;
    return code;
  }

  const console::invocation& asked_;
  console::surroundings& around_;
  bool terminal_;
  completion_source source_;
  std::string history_ = history_file();
  std::string break_characters_ = " \t";
};

} // namespace

int run_shell(const console::invocation& asked, console::surroundings& around) {
  return shell{asked, around}.run();
}

} // namespace kraken::app
