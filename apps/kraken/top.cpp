// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `kraken top` on a terminal: ncurses draws what console/top_screen says. The only file that
/// knows ncurses.
#include "apps/kraken/interactive.hpp"

#include "console/request.hpp"
#include "console/top_screen.hpp"

#include <array>
#include <clocale>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include <ncurses.h>
#include <unistd.h>

namespace kraken::app {

namespace {

using console::top_key;
using console::top_screen;
using console::top_wish;

constexpr int look_every_ms = 1000;

volatile std::sig_atomic_t ended_by_signal = 0;

void note_end(int) {
  ended_by_signal = 1;
}

/// The terminal is given back however this is left.
class terminal {
public:
  terminal() {
    std::setlocale(LC_ALL, "");
    ::set_escdelay(25);
    ::initscr();
    ::cbreak();
    ::noecho();
    ::curs_set(0);
    ::keypad(stdscr, TRUE);
    ::wtimeout(stdscr, look_every_ms);
    if (::has_colors()) {
      ::start_color();
      ::use_default_colors();
      for (const auto& [pair, colour] : {std::pair{1, COLOR_GREEN},
                                         std::pair{2, COLOR_YELLOW},
                                         std::pair{3, COLOR_RED},
                                         std::pair{4, COLOR_CYAN}}) {
        ::init_pair(static_cast<short>(pair), static_cast<short>(colour), -1);
      }
    }
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
      struct sigaction how {};
      how.sa_handler = note_end; // no SA_RESTART: the wait for a key ends
      static_cast<void>(::sigaction(number, &how, nullptr));
    }
  }
  ~terminal() { ::endwin(); }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  static void draw(top_screen& screen) {
    ::werase(stdscr);
    int y = 0;
    for (const auto& line :
         screen.lines(static_cast<std::size_t>(COLS), static_cast<std::size_t>(LINES))) {
      const auto look = (line.selected ? A_REVERSE : A_NORMAL) | colour_of(line) |
                        (y == 0 || y == LINES - 1 ? A_BOLD : A_NORMAL);
      wattrset(stdscr, static_cast<int>(look));
      mvwaddnstr(stdscr, y++, 0, line.text.c_str(), static_cast<int>(line.text.size()));
    }
    wattrset(stdscr, A_NORMAL);
    ::wrefresh(stdscr);
  }

private:
  static chtype colour_of(const console::top_line& line) {
    if (!line.in || !::has_colors()) {
      return A_NORMAL;
    }
    switch (*line.in) {
    case model::state::started:
      return COLOR_PAIR(1);
    case model::state::stopped:
      return COLOR_PAIR(2);
    case model::state::failed:
      return COLOR_PAIR(3);
    case model::state::created:
    case model::state::destroyed:
      return COLOR_PAIR(4);
    }
    return A_NORMAL;
  }
};

/// CPU time of processes between two looks.
class cpu_meter {
public:
  std::map<std::int32_t, double> percents(const std::vector<model::container_status>& all,
                                          time_point now) {
    std::map<std::int32_t, double> out;
    std::map<std::int32_t, std::uint64_t> ticks;
    const double passed = std::chrono::duration<double>(now - before_).count();
    const double second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    for (const auto& each : all) {
      const auto used = each.pid == 0 ? 0 : ticks_of(each.pid);
      if (used == 0) {
        continue;
      }
      ticks[each.pid] = used;
      const auto found = ticks_.find(each.pid);
      if (found != ticks_.end() && passed > 0) {
        out[each.pid] = 100.0 * static_cast<double>(used - found->second) / second / passed;
      }
    }
    ticks_ = std::move(ticks);
    before_ = now;
    return out;
  }

private:
  static std::uint64_t ticks_of(std::int32_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string text;
    std::getline(file, text);
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) {
      return 0;
    }
    std::istringstream rest{text.substr(name_end + 1)};
    std::string skipped;
    constexpr int fields_before_utime = 11;
    for (int i = 0; i < fields_before_utime; ++i) {
      rest >> skipped;
    }
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    rest >> user >> system;
    return user + system + 1; // 0 means: not known
  }

  std::map<std::int32_t, std::uint64_t> ticks_;
  time_point before_{};
};

class top {
public:
  top(const console::invocation& asked, console::surroundings& around)
      : asked_(asked), around_(around) {}
  top(const top&) = delete; // it is the company of its own questions
  top& operator=(const top&) = delete;

  int run() {
    // The first look decides whether there is anything to show, before the screen is taken.
    auto first = look();
    if (!first) {
      around_.err << "kraken top: " << first.error().context << "\nTry: kraken serve\n";
      return row_of(first.error().code).exit_code;
    }
    const terminal screen;
    daemon_->wait_with(company());
    while (goes_on()) {
      terminal::draw(screen_);
      if (const int key = ::wgetch(stdscr); key == ERR) {
        refresh();
      } else {
        take(key);
      }
      while (goes_on() && wish_.what != top_wish::kind::none) {
        carry_out(std::exchange(wish_, {}));
      }
    }
    return 0;
  }

private:
  [[nodiscard]] bool goes_on() const {
    return ended_by_signal == 0 && wish_.what != top_wish::kind::quit;
  }

  void take(int key) {
    if (key != KEY_RESIZE) {
      wish_ = pressed(key);
    }
  }

  void refresh() {
    if (auto seen = look(); !seen && seen.error().code != errc::canceled) {
      screen_.show_fault(seen.error().context);
      screen_.show_silence(around_.clock.now());
    }
  }

  console::waiting_company company() {
    return {STDIN_FILENO, milliseconds{look_every_ms}, [this] { return meanwhile(); }};
  }

  /// What a command does meanwhile is looked at, by a connection of its own.
  console::waiting_company company_of_command() {
    return {STDIN_FILENO, milliseconds{look_every_ms}, [this] {
              refresh();
              return meanwhile();
            }};
  }

  /// A daemon that does not answer keeps neither the screen nor the keys. What asks it something
  /// else takes the place of the question that is open.
  console::verdict meanwhile() {
    ::wtimeout(stdscr, 0);
    for (int key = 0; key != ERR && wish_.what == top_wish::kind::none;) {
      key = ::wgetch(stdscr);
      take(key);
    }
    ::wtimeout(stdscr, look_every_ms);
    screen_.show_silence(around_.clock.now());
    terminal::draw(screen_);
    return goes_on() && wish_.what == top_wish::kind::none ? console::verdict::go_on
                                                           : console::verdict::enough;
  }

  // Asked for anew: requests, memory and mailboxes change without an event on a stream.
  result<void> look() {
    auto answer = daemon_->ask({"GET", "/api/v1/containers", {}});
    if (!answer) {
      return fail(answer.error());
    }
    const auto now = around_.clock.now();
    auto list = console::read_containers(answer->body, now);
    if (!list) {
      return fail(list.error());
    }
    auto percents = meter_.percents(*list, now);
    screen_.show(std::move(*list), now, std::move(percents));
    return {};
  }

  top_wish pressed(int key) {
    switch (key) {
    case KEY_UP:
      return screen_.press(top_key::up);
    case KEY_DOWN:
      return screen_.press(top_key::down);
    case KEY_PPAGE:
      return screen_.press(top_key::page_up);
    case KEY_NPAGE:
      return screen_.press(top_key::page_down);
    case KEY_HOME:
      return screen_.press(top_key::home);
    case KEY_END:
      return screen_.press(top_key::end);
    case KEY_ENTER:
    case '\n':
    case '\r':
      return screen_.press(top_key::enter);
    case 27: // Esc
      return screen_.press(top_key::escape);
    case KEY_BACKSPACE:
    case 127:
    case '\b':
      return screen_.press(top_key::erase);
    default:
      return key >= 0x20 && key < 0x7F ? screen_.press(static_cast<char>(key)) : top_wish{};
    }
  }

  /// What the same words would say on a command line.
  std::string said(const std::vector<std::string>& words) {
    std::ostringstream out;
    console::surroundings inner{out,
                                out,
                                {},
                                around_.utc_offset,
                                around_.version,
                                around_.clock,
                                [this](const console::invocation& what) {
                                  auto daemon = around_.connect(what);
                                  daemon->wait_with(company_of_command());
                                  return daemon;
                                },
                                around_.become_program,
                                {}};
    auto all = words;
    all.insert(all.end(), {"--timeout", "30s"}); // the screen must live on
    if (!asked_.socket.empty()) {
      all.insert(all.end(), {"--socket", asked_.socket});
    }
    static_cast<void>(console::run(all, inner));
    return out.str();
  }

  void carry_out(const top_wish& wish) {
    switch (wish.what) {
    case top_wish::kind::none:
    case top_wish::kind::quit:
      return;
    case top_wish::kind::logs:
      return screen_.show_text("logs " + wish.path, said({"logs", wish.path}));
    case top_wish::kind::describe:
      return screen_.show_text("inspect " + wish.path, said({"inspect", wish.path}));
    case top_wish::kind::restart:
      return screen_.show_text("restart " + wish.path, said({"container:restart", wish.path}));
    case top_wish::kind::stop:
      return screen_.show_text("stop " + wish.path, said({"container:stop", wish.path}));
    }
  }

  const console::invocation& asked_;
  console::surroundings& around_;
  std::unique_ptr<console::api_transport> daemon_ = around_.connect(asked_); ///< for all looks
  top_screen screen_;
  top_wish wish_; ///< what a key has asked for
  cpu_meter meter_;
};

} // namespace

int run_top(const console::invocation& asked, console::surroundings& around) {
  return top{asked, around}.run();
}

} // namespace kraken::app
