// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Limits of descriptors in a process of their own, and what children begin with.
#include "kraken/process/launch/descriptor_plan.hpp"

#include "kraken/process/launch/child_registry.hpp"
#include "unit/process/in_fork.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>

namespace kraken::process {

TEST_CASE("nothing is refused without a limit") {
  CHECK(descriptor_plan{}.admit(1'000'000'000, "all"));
}

TEST_CASE("the soft limit is raised and children begin with the old one") {
  CHECK(test::in_fork([] {
          const rlimit given{64, 200};
          ::setrlimit(RLIMIT_NOFILE, &given);
          const auto plan = plan_descriptors();
          rlimit now{};
          ::getrlimit(RLIMIT_NOFILE, &now);
          if (now.rlim_cur != 200 || plan.limit != 200 || plan.for_children != 64 ||
              plan.kept != 25) {
            return 1;
          }
          child_registry children{plan};
          auto made = children.launch(test::shell("ulimit -Sn; ulimit -Hn"));
          if (!made || test::read_all(made->standard_output.get()) != "64\n200\n") {
            return 2;
          }
          auto spec = test::shell("ulimit -Sn; ulimit -Hn");
          spec.limits.open_files = 50;
          made = children.launch(std::move(spec));
          return made && test::read_all(made->standard_output.get()) == "50\n50\n" ? 0 : 3;
        }) == 0);
}

TEST_CASE("there is room for many before there are threads, and no descriptor is taken for it") {
  CHECK(test::in_fork([] {
          const int before = ::dup(0);
          const auto plan = plan_descriptors();
          if (::dup(0) != before + 1) {
            return 1;
          }
          std::ifstream status{"/proc/self/status"};
          std::string word;
          while (word != "FDSize:" && status >> word) {
          }
          std::uint64_t room = 0;
          status >> room;
          return room >= std::min<std::uint64_t>(plan.limit, 16'384) ? 0 : 2;
        }) == 0);
}

TEST_CASE("the last descriptors are not for programs") {
  CHECK(test::in_fork([] {
          const rlimit given{80, 80};
          ::setrlimit(RLIMIT_NOFILE, &given);
          const auto plan = plan_descriptors();
          if (plan.kept != 10 || !plan.admit(7, "launch")) {
            return 1;
          }
          int last = 0;
          while (plan.admit(7, "launch")) {
            last = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
          }
          if (last + 7 + 10 < 79) {
            return 2;
          }
          const auto refused = plan.admit(7, "30 workers");
          if (refused || refused.error().code != errc::limit_exceeded ||
              refused.error().context.find("30 workers: 7 more") == std::string::npos) {
            return 3;
          }
          child_registry children{plan};
          if (const auto made = children.launch(test::shell("exit 0")); made) {
            return 4;
          }
          while (::open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
          }
          return plan.admit(0, "none left") ? 5 : 0;
        }) == 0);
}

} // namespace kraken::process
