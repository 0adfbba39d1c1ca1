// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The live view: its lines for any size of the screen, and its keys.
#include "console/top_screen.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
namespace model = kraken::model;
using console::top_key;
using console::top_wish;

namespace {

model::container_status one(const std::string& path, model::phase at, std::int32_t pid = 0) {
  model::container_status c;
  c.path = path;
  const auto slash = path.rfind('/');
  c.alias = path.substr(slash + 1);
  c.parent = slash == std::string::npos ? "" : path.substr(0, slash);
  c.kind = "process";
  c.at = at;
  c.in = model::state_of(at);
  c.pid = pid;
  return c;
}

console::top_screen filled(int children = 3) {
  console::top_screen screen;
  std::vector<model::container_status> all{one("Main", model::phase::ready)};
  for (int i = 1; i <= children; ++i) {
    all.push_back(one(
        "Main/c" + std::to_string(i), i == 2 ? model::phase::backing_off : model::phase::ready, i));
  }
  screen.show(std::move(all), {}, {{1, 12.34}});
  return screen;
}

std::string text_of(console::top_screen& screen, std::size_t width = 80, std::size_t height = 24) {
  std::string out;
  for (const auto& line : screen.lines(width, height)) {
    out += (line.selected ? ">" : "") + line.text + "\n";
  }
  return out;
}

} // namespace

TEST_CASE("top: head, rows and keys in 80x24") {
  auto screen = filled();
  const auto text = text_of(screen);
  CHECK(text.starts_with("kraken top: 4 containers, 1 failed\nCONTAINER "));
  CHECK(text.find(">Main") != std::string::npos);
  CHECK(text.find("  c1       process  started  ready          0     0  12.3%") !=
        std::string::npos);
  CHECK(text.find("  c2       process  failed   backing_off") != std::string::npos);
  CHECK(text.find("q quit") != std::string::npos);
}

TEST_CASE("top: every size of the screen has as many lines, none too wide") {
  auto screen = filled(200);
  for (const std::size_t width : {0U, 1U, 10U, 80U, 300U}) {
    for (const std::size_t height : {0U, 1U, 2U, 3U, 4U, 24U, 300U}) {
      const auto lines = screen.lines(width, height);
      REQUIRE(lines.size() == height);
      for (const auto& line : lines) {
        REQUIRE(console::display_columns(line.text) <= width);
      }
    }
  }
}

TEST_CASE("top: a long name gives way to the columns that are looked at") {
  console::top_screen screen;
  const std::string deep = "Main/" + std::string(60, 'a') + "/" + std::string(60, 'b') + "-17";
  screen.show({one("Main", model::phase::ready),
               one("Main/short", model::phase::ready),
               one(deep, model::phase::backing_off)},
              {},
              {});
  const auto usual = text_of(screen);
  CHECK(usual.find("  STATE    PHASE        RST  MBOX  CPU  MEM") != std::string::npos);
  CHECK(usual.find("bb..") != std::string::npos);
  CHECK(usual.find("bb-17  process  failed   backing_off    0     0    -    -") !=
        std::string::npos);
  CHECK(usual.find("  short ") != std::string::npos);
  const auto narrow = text_of(screen, 40);
  CHECK(narrow.find("bb-17  process  failed ") != std::string::npos);
  CHECK(text_of(screen, 300).find(std::string(60, 'b') + "-17  process") != std::string::npos);
}

TEST_CASE("top: the selection moves, is always on the screen and stays with its container") {
  auto screen = filled(200);
  static_cast<void>(screen.lines(80, 10));
  static_cast<void>(screen.press(top_key::end));
  CHECK(text_of(screen, 80, 10).find(">  c200") != std::string::npos);
  static_cast<void>(screen.press(top_key::up));
  CHECK(text_of(screen, 80, 10).find(">  c199") != std::string::npos);
  static_cast<void>(screen.press(top_key::home));
  static_cast<void>(screen.press('j'));
  CHECK(text_of(screen, 80, 10).find(">  c1 ") != std::string::npos);
  screen.show({one("Main", model::phase::ready), one("Main/new", model::phase::ready)}, {}, {});
  CHECK(text_of(screen, 80, 10).find(">Main") != std::string::npos);
  screen.show({}, {}, {});
  static_cast<void>(screen.press(top_key::down));
  CHECK(screen.press('r').what == top_wish::kind::none);
}

TEST_CASE("top: filter by path, kind and state") {
  auto screen = filled();
  static_cast<void>(screen.press('/'));
  for (const char c : std::string{"failedx"}) {
    static_cast<void>(screen.press(c));
  }
  static_cast<void>(screen.press(top_key::erase));
  static_cast<void>(screen.press(top_key::enter));
  auto text = text_of(screen);
  CHECK(text.find("/failed") != std::string::npos);
  CHECK(text.find(">  c2") != std::string::npos);
  CHECK(text.find("c1") == std::string::npos);
  static_cast<void>(screen.press(top_key::escape));
  CHECK(text_of(screen).find("c1") != std::string::npos);
}

TEST_CASE("top: keys become wishes about the selected container") {
  auto screen = filled();
  static_cast<void>(screen.press(top_key::down));
  const auto [key, what] = GENERATE(table<char, top_wish::kind>({
      {'l', top_wish::kind::logs},
      {'d', top_wish::kind::describe},
  }));
  const auto wish = screen.press(key);
  CHECK(wish.what == what);
  CHECK(wish.path == "Main/c1");
  CHECK(screen.press(top_key::enter).what == top_wish::kind::describe);
  CHECK(screen.press('q').what == top_wish::kind::quit);
}

TEST_CASE("top: what interrupts service is asked for twice") {
  auto screen = filled();
  const auto [key, what, word] = GENERATE(table<char, top_wish::kind, std::string>({
      {'r', top_wish::kind::restart, "restart"},
      {'s', top_wish::kind::stop, "stop"},
  }));
  CHECK(screen.press(key).what == top_wish::kind::none);
  CHECK(text_of(screen).find(word + " Main and the ") != std::string::npos);
  SECTION("yes") {
    const auto wish = screen.press('y');
    CHECK(wish.what == what);
    CHECK(wish.path == "Main");
  }
  SECTION("no") {
    CHECK(screen.press('n').what == top_wish::kind::none);
  }
  SECTION("another key, which does nothing else") {
    CHECK(screen.press('q').what == top_wish::kind::none);
  }
  SECTION("a key that is no character") {
    CHECK(screen.press(top_key::enter).what == top_wish::kind::none);
  }
  CHECK(text_of(screen).find(word + " Main and the ") == std::string::npos);
  CHECK(screen.press('y').what == top_wish::kind::none);
  static_cast<void>(screen.press(top_key::down));
  static_cast<void>(screen.press(key));
  CHECK(text_of(screen).find(word + " Main/c1?  y: yes") != std::string::npos);
}

TEST_CASE("top: texts and help are over with any key; a fault is shown") {
  auto screen = filled();
  screen.show_text("logs c1", "one\ntwo\x1b[2J\n");
  CHECK(text_of(screen).starts_with("logs c1  (any key goes back)\none\ntwo?[2J\n"));
  CHECK(screen.press('q').what == top_wish::kind::none);
  static_cast<void>(screen.press('?'));
  CHECK(text_of(screen).starts_with("Keys\n"));
  static_cast<void>(screen.press(top_key::down));
  screen.show_fault("nobody answers");
  CHECK(text_of(screen).find("(no answer: nobody answers)") != std::string::npos);
  screen.show_silence(kraken::time_point{} + kraken::milliseconds{12'900});
  CHECK(text_of(screen).find("(no answer for 12s: nobody answers)") != std::string::npos);
  screen.show({}, {}, {});
  CHECK(text_of(screen).find("no answer") == std::string::npos);
  screen.show_silence(kraken::time_point{} + kraken::milliseconds{62'000});
  CHECK(text_of(screen).find("(no answer for 1m02s)") != std::string::npos);
}
