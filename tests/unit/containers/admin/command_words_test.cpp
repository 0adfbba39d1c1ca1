// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The framework's sentences for what commands did and why they failed.
#include "containers/admin/command_words.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
namespace containers = kraken::containers;
using kraken::errc;
using kraken::error;

TEST_CASE("command words: what was done, and what was so already") {
  const auto [command, changed, said] = GENERATE(table<const char*, bool, const char*>({
      {"process:create", true, "Process has been created."},
      {"process:create", false, "Process has been already created."},
      {"process:destroy", true, "Process has been destroyed."},
      {"process:destroy",
       false,
       "Process [T1] was not needed to be destroyed, because it had not existed."},
      {"thread:destroy",
       false,
       "Thread [T1] was not needed to be destroyed, because it had not existed."},
      {"container:stop", false, "Runtime has been already stopped."},
      {"arch:stop", false, "Part of architecture has been stopped."},
      {"project:start", false, "Project has been started."},
  }));
  CAPTURE(command, changed);
  CHECK(containers::done_sentence(*console::find_command(command), "T1", changed) == said);
}

TEST_CASE("command words: the framework's reasons") {
  const auto [command, code, said] = GENERATE(table<const char*, errc, const char*>({
      {"project:create", errc::already_exists, "Project already exists."},
      {"process:create", errc::already_exists, "Process with such alias already exists."},
      {"thread:create", errc::already_exists, "Thread with such alias already exists."},
      {"process:destroy",
       errc::refused,
       "Process [T1] could not be destroyed with force level=DESTROY_KEEP."},
      {"runtime:destroy",
       errc::refused,
       "Runtime [T1] could not be destroyed with force level=DESTROY_KEEP."},
      {"project:destroy",
       errc::refused,
       "Project could not be destroyed with force level=DESTROY_KEEP."},
      {"process:create", errc::start_failed, "as it was"},
      {"container:stop", errc::refused, "as it was"},
  }));
  CAPTURE(command);
  const error got =
      containers::worded(*console::find_command(command), "T1", error{code, "as it was"});
  CHECK(got.code == code);
  CHECK(got.context == said);
}

TEST_CASE("command words: families and kinds") {
  CHECK(containers::belongs_to("process", "process"));
  CHECK(containers::belongs_to("process", "pool"));
  CHECK_FALSE(containers::belongs_to("process", "native"));
  CHECK(containers::belongs_to("thread", "native"));
  CHECK(containers::belongs_to("thread", "fiber"));
  CHECK_FALSE(containers::belongs_to("thread", "process"));
  CHECK(containers::belongs_to("runtime", "process"));
  CHECK(containers::belongs_to("runtime", "native"));
}
