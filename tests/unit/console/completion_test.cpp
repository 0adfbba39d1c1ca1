// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Completion scripts: what is in them, and what bash really offers.
#include "console/completion.hpp"

#include "console/command_table.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace console = kraken::console;

TEST_CASE("each script knows each command") {
  const auto shell = GENERATE(as<std::string>{}, "bash", "zsh", "fish");
  const auto script = console::completion_script(shell);
  REQUIRE(script);
  for (const auto& row : console::commands()) {
    INFO(row.name);
    CHECK(script->find(row.name) != std::string::npos);
  }
  CHECK(script->find("CREATE_FORCE_SOFT") != std::string::npos);
  CHECK_FALSE(console::completion_script("tcsh"));
}

namespace {

/// What bash offers for a line; the last word is being typed.
std::string bash_offers(const std::string& words, int cword) {
  char path[] = "/tmp/kraken-completion-XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  ::close(fd);
  {
    std::ofstream file{path};
    file << console::completion_script("bash").value() << "kraken() { echo Main; echo Main/web; }\n"
         << "COMP_LINE='" << words << "' COMP_WORDS=(" << words << ") COMP_CWORD=" << cword
         << "\nCOMP_WORDBREAKS=' '\n_kraken\n"
         << "echo \"${COMPREPLY[*]}\"\n";
  }
  const std::string command = "bash --norc " + std::string{path} + " 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen(command.c_str(), "r"), ::pclose};
  REQUIRE(pipe);
  std::string out;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get()) != nullptr) {
    out += buffer.data();
  }
  ::unlink(path);
  return out;
}

} // namespace

TEST_CASE("bash offers commands, containers, choices and flags") {
  CHECK(bash_offers("kraken sca", 1) == "scale\n");
  CHECK(bash_offers("kraken process:e", 1) == "process:exists\n");
  CHECK(bash_offers("kraken scale Main/w", 2) == "Main/web\n");
  CHECK(bash_offers("kraken completion z", 2) == "zsh\n");
  CHECK(bash_offers("kraken -o js", 2) == "json\n");
  CHECK(bash_offers("kraken events --f", 2) == "--follow\n");
  CHECK(bash_offers("kraken process:create Main T1 Test --flags CREATE_D", 6) ==
        "CREATE_DEFAULT\n");
  CHECK(bash_offers("kraken --socket x -o json sca", 5) == "scale\n");
  CHECK(bash_offers("kraken --output=js", 1) == "--output=json\n");
  CHECK(bash_offers("kraken inspect Main Main/", 3) == "\n");
}
