// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the shell offers for the word under the cursor.
#include "console/shell_words.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
using texts = std::vector<std::string>;

TEST_CASE("shell words: commands, flags, choices, containers") {
  const texts containers{"Main", "Main/web", "Main/web/w1"};
  const auto [before, offered] = GENERATE(table<std::string, texts>({
      {"server:", {"server:ping"}},
      {"exi", {"exit"}},
      {"nothing ", {}},
      {"restart w", {"w1", "web"}},
      {"restart Main/w", {"Main/web", "Main/web/w1"}},
      {"restart web ", {}},
      {"process:create --fl", {"--flags"}},
      {"process:create --flags CREATE_FORCE_", {"CREATE_FORCE_HARD", "CREATE_FORCE_SOFT"}},
      {"process:stop Main w", {"w1", "web"}},
      {"ps -o js", {"json"}},
      {"logs -f --lines 3 w1", {"w1"}},
      {"help server:", {"server:ping"}},
  }));
  CAPTURE(before);
  CHECK(console::offers(before, containers) == offered);
}
