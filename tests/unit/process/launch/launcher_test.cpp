// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Real programs are launched: what they see, how launching fails, what is left behind.
#include "kraken/process/launch/launcher.hpp"

#include "unit/process/running_child.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace kraken::process {

namespace {

using test::program;
using test::read_line;
using test::reap;
using test::run;
using test::shell;

std::set<std::string> own_descriptors() {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone; // the iterator's own descriptor
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (!gone && target.string().find("/proc/") == std::string::npos) {
      out.insert(entry.path().filename().string());
    }
  }
  return out;
}

bool lives(pid_t pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(status, line);
  const auto state = line.rfind(')');
  return state != std::string::npos && line.at(state + 2) != 'Z';
}

bool no_child_left() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

} // namespace

TEST_CASE("a program runs with its arguments and without a shell") {
  const auto done = run(program({"printf", "<%s>", "a b", "$HOME;*"}));
  CHECK(done.status.clean());
  CHECK(done.out == "<a b><$HOME;*>");
  CHECK(done.err.empty());
  CHECK(no_child_left());
}

TEST_CASE("exit codes and signals arrive as they were") {
  CHECK(run(shell("exit 255")).status.value == 255);
  const auto killed = run(shell("kill -SEGV $$")).status;
  CHECK(killed.by_signal);
  CHECK(killed.value == SIGSEGV);
  CHECK_FALSE(killed.core_dumped); // limit core is 0 unless asked for
}

TEST_CASE("standard error is a pipe of its own, standard input is empty") {
  const auto done = run(shell("cat; echo out; echo err >&2"));
  CHECK(done.out == "out\n");
  CHECK(done.err == "err\n");
}

TEST_CASE("output to nowhere needs no pipe") {
  auto spec = shell("echo x; echo y >&2; readlink /proc/self/fd/2 >&3");
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  unique_fd reading{ends[0]};
  spec.standard_output = output_mode::null;
  spec.standard_error = output_mode::null;
  spec.inherit.push_back({unique_fd{ends[1]}, 3});
  auto started = launch(std::move(spec));
  REQUIRE(started);
  CHECK_FALSE(started->standard_output);
  CHECK_FALSE(started->standard_error);
  CHECK(test::read_all(reading.get()) == "/dev/null\n");
  CHECK(reap(started->process).clean());
}

TEST_CASE("what cannot be launched is said by name and place, and leaves nothing") {
  struct failing {
    const char* what;
    void (*change)(launch_spec&);
    errc code;
    const char* says;
  };
  const auto bad = GENERATE(
      failing{"no such program",
              [](launch_spec& s) { s.argv = {"no-such-program"}; },
              errc::not_found,
              "launch 'no-such-program': no program 'no-such-program' in PATH"},
      failing{"no such path",
              [](launch_spec& s) { s.argv = {"/no/such/program"}; },
              errc::not_found,
              "execute '/no/such/program': No such file"},
      failing{"not executable",
              [](launch_spec& s) { s.argv = {"/etc/passwd"}; },
              errc::permission_denied,
              "execute '/etc/passwd': Permission denied"},
      failing{"a directory",
              [](launch_spec& s) { s.argv = {"/etc"}; },
              errc::permission_denied,
              "execute '/etc'"},
      failing{"bad directory",
              [](launch_spec& s) { s.directory = "/no/such/dir"; },
              errc::not_found,
              "change to directory '/no/such/dir'"},
      failing{"directory is a file",
              [](launch_spec& s) { s.directory = "/etc/passwd"; },
              errc::not_found,
              "change to directory '/etc/passwd': Not a directory"},
      failing{"unknown user",
              [](launch_spec& s) { s.user = "no-such-user"; },
              errc::not_found,
              "no user 'no-such-user'"},
      failing{"unknown group",
              [](launch_spec& s) { s.group = "no-such-group"; },
              errc::not_found,
              "no group 'no-such-group'"},
      failing{
          "empty", [](launch_spec& s) { s.argv.clear(); }, errc::invalid_argument, "no program"},
      failing{"NUL in argument",
              [](launch_spec& s) {
                s.argv.push_back(std::string{"a\0b", 3});
              },
              errc::invalid_argument,
              "NUL"},
      failing{"bad variable",
              [](launch_spec& s) { s.environment.set["A=B"] = "c"; },
              errc::invalid_argument,
              "'A=B'"},
      failing{"closed descriptor",
              [](launch_spec& s) {
                s.inherit.push_back({unique_fd{}, 3});
              },
              errc::invalid_argument,
              "inherited descriptor -1 as 3"},
      failing{"too long",
              [](launch_spec& s) { s.argv.push_back(std::string(4U << 20U, 'x')); },
              errc::system_error,
              "Argument list too long"});
  const auto before = own_descriptors();
  auto spec = program({"/bin/true"});
  bad.change(spec);
  const auto made = launch(std::move(spec));
  INFO(bad.what);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == bad.code);
  CHECK_THAT(made.error().context, Catch::Contains(bad.says));
  CHECK(own_descriptors() == before);
  CHECK(no_child_left());
}

TEST_CASE("a script whose interpreter is missing is not called missing itself") {
  const auto script =
      std::filesystem::temp_directory_path() / ("kraken-script-" + std::to_string(::getpid()));
  std::ofstream{script} << "#!/no/such/interpreter\n";
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const auto made = launch(program({script.string()}));
  std::filesystem::remove(script);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::not_found);
  CHECK_THAT(made.error().context, Catch::Contains("interpreter is missing"));
}

TEST_CASE("root is refused unless allowed") {
  if (::geteuid() != 0) {
    WARN("needs root");
    return;
  }
  auto spec = program({"/bin/true"});
  spec.root = superuser::refuse;
  auto made = launch(std::move(spec));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::permission_denied);
  CHECK_THAT(made.error().context, Catch::Contains("root"));

  spec = program({"/bin/true"});
  spec.root = superuser::refuse;
  spec.user = "0";
  CHECK_FALSE(launch(std::move(spec)));
}

TEST_CASE("a user is become for good: ids, no groups, own HOME") {
  if (::geteuid() != 0) {
    WARN("needs root");
    return;
  }
  auto spec = shell("id -u; id -g; id -G; echo $HOME $USER $LOGNAME; "
                    "grep -E '^(NoNewPrivs|CapEff|CapPrm)' /proc/self/status");
  spec.user = "nobody";
  spec.directory = "/";
  spec.root = superuser::refuse;
  const auto done = run(std::move(spec));
  CHECK_THAT(done.out,
             Catch::Matches("65534\n65534\n65534\n/nonexistent nobody nobody\n"
                            "CapPrm:\t0+\nCapEff:\t0+\nNoNewPrivs:\t1\n"));
}

TEST_CASE("a user comes with all the groups of its account") {
  if (::geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const auto* member = static_cast<const char*>(nullptr);
  const ::group* of = nullptr;
  ::setgrent();
  while (member == nullptr && (of = ::getgrent()) != nullptr) {
    const auto* const first = of->gr_mem[0];
    member = first != nullptr && ::getpwnam(first) != nullptr ? first : nullptr;
  }
  if (member == nullptr) {
    WARN("needs an account that is in a group");
    return;
  }
  auto spec = shell("id -G; id -G $USER");
  spec.user = member;
  spec.directory = "/";
  const auto done = run(std::move(spec));
  const auto half = done.out.size() / 2;
  CHECK(done.out.find(' ') != std::string::npos);
  CHECK(done.out.substr(0, half) == done.out.substr(half));
  ::endgrent();
}

TEST_CASE("a directory the new user may not enter is an error") {
  if (::geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const auto closed =
      std::filesystem::temp_directory_path() / ("kraken-closed-" + std::to_string(::getpid()));
  std::filesystem::create_directory(closed);
  std::filesystem::permissions(closed, std::filesystem::perms::owner_all);
  auto spec = program({"/bin/true"});
  spec.user = "nobody";
  spec.directory = closed.string();
  const auto made = launch(std::move(spec));
  std::filesystem::remove(closed);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::permission_denied);
}

TEST_CASE("the environment is the allowlist, what was set, and the launch mark") {
  ::setenv("SECRET_TOKEN", "do not tell", 1);
  ::setenv("KRAKEN_ADMIN_TOKEN_FILE", "do not tell", 1);
  ::setenv("KRAKEN_DEBUG", "1", 1);
  auto spec = program({"/usr/bin/env"});
  spec.environment.set["A"] = "1=2";
  auto started = launch(std::move(spec));
  REQUIRE(started);
  const auto text = test::read_all(started->standard_output.get());
  CHECK(reap(started->process).clean());
  CHECK_THAT(text, Catch::Contains("A=1=2\n"));
  CHECK_THAT(text, Catch::Contains("KRAKEN_DEBUG=1\n"));
  CHECK_THAT(text, !Catch::Contains("do not tell"));
  CHECK_THAT(text, Catch::Contains("KRAKEN_LAUNCH=" + started->mark + "\n"));
  CHECK_THAT(text, Catch::Contains("PATH="));
  CHECK_THAT(text, !Catch::Contains("SECRET_TOKEN"));

  spec = program({"/usr/bin/env"});
  spec.environment.base = environment_base::inherit;
  const auto all = test::run(std::move(spec)).out;
  CHECK_THAT(all, Catch::Contains("SECRET_TOKEN"));
  CHECK_THAT(all, Catch::Contains("KRAKEN_DEBUG=1\n"));
  CHECK_THAT(all, !Catch::Contains("KRAKEN_ADMIN_TOKEN_FILE"));
  ::unsetenv("SECRET_TOKEN");
  ::unsetenv("KRAKEN_ADMIN_TOKEN_FILE");
  ::unsetenv("KRAKEN_DEBUG");
}

TEST_CASE("what a service manager says of the daemon's sockets is told to no child") {
  const std::vector<const char*> names{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
  for (const auto* each : names) {
    ::setenv(each, "3", 1);
  }
  auto spec = program({"/usr/bin/env"});
  spec.environment.base = environment_base::inherit;
  CHECK_THAT(test::run(std::move(spec)).out, !Catch::Contains("LISTEN_"));
  spec = program({"/usr/bin/env"});
  spec.environment.set["LISTEN_FDS"] = "1"; // meant for it
  CHECK_THAT(test::run(std::move(spec)).out, Catch::Contains("LISTEN_FDS=1\n"));
  for (const auto* each : names) {
    ::unsetenv(each);
  }
}

TEST_CASE("directory, limits, umask and niceness are the child's") {
  auto spec = shell("pwd; umask; ulimit -n; ulimit -c; nice; ulimit -v");
  spec.directory = "/usr";
  spec.umask = 077;
  spec.nice = 5;
  spec.limits.open_files = 77;
  spec.limits.address_space = bytes{1ULL << 30U};
  const auto done = run(std::move(spec));
  CHECK(done.out == "/usr\n0077\n77\n0\n5\n1048576\n");
}

TEST_CASE("the child has exactly the descriptors it was given") {
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  unique_fd ours{pair[0]};
  unique_fd theirs{pair[1]};
  // Neither close-on-exec nor the child's business.
  unique_fd stray{::open("/dev/zero", O_RDONLY)};
  unique_fd far{::fcntl(stray.get(), F_DUPFD, 700)};
  REQUIRE(far);
  const auto before = own_descriptors();

  auto spec = shell("echo hello >&3; exec ls -1 /proc/self/fd");
  spec.inherit.push_back({std::move(theirs), 3});
  const auto done = run(std::move(spec));
  CHECK(done.out == "0\n1\n2\n3\n4\n"); // 4, the first free: the directory that ls reads
  CHECK(read_line(ours.get()) == "hello");

  auto after = before;
  after.erase(std::to_string(pair[1])); // consumed
  CHECK(own_descriptors() == after);
}

TEST_CASE("inherited descriptors may swap numbers and replace the standard streams") {
  int first[2];
  int second[2];
  REQUIRE(::pipe2(first, O_CLOEXEC) == 0);
  REQUIRE(::pipe2(second, O_CLOEXEC) == 0);
  unique_fd read_first{first[0]};
  unique_fd read_second{second[0]};
  auto spec = shell("echo one >&" + std::to_string(second[1]) + "; echo two >&" +
                    std::to_string(first[1]) + "; echo three");
  unique_fd output{::fcntl(first[1], F_DUPFD_CLOEXEC, 100)};
  // A shell takes one digit in `>&n`.
  REQUIRE(second[1] < 10);
  spec.inherit.push_back({unique_fd{first[1]}, second[1]});
  spec.inherit.push_back({unique_fd{second[1]}, first[1]});
  spec.inherit.push_back({std::move(output), 1});
  auto started = launch(std::move(spec));
  REQUIRE(started);
  CHECK_FALSE(started->standard_output);
  CHECK(test::read_all(read_first.get()) == "one\nthree\n");
  CHECK(test::read_all(read_second.get()) == "two\n");
  CHECK(reap(started->process).clean());
}

TEST_CASE("ignored and blocked signals of the daemon are not the child's") {
  ::signal(SIGHUP, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto done = run(program({"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}));
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  ::signal(SIGHUP, SIG_DFL);
  CHECK(done.out == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  CHECK(::sigismember(&after, SIGTERM) == 1); // launching changed nothing here
  CHECK(::sigismember(&after, SIGHUP) == 0);
}

TEST_CASE("a group is killed with its leader, grandchildren included") {
  auto started = launch(shell("sleep 1000 & echo $!; wait"));
  REQUIRE(started);
  const auto grandchild = std::stoi(read_line(started->standard_output.get()));
  CHECK(lives(grandchild));
  CHECK(::getpgid(grandchild) == started->process.pid());
  REQUIRE(started->process.send_group(SIGKILL));
  // The pipe ends when the last holder of its writing end is gone: leader and grandchild.
  CHECK(test::read_all(started->standard_output.get()).empty());
  CHECK(reap(started->process).value == SIGKILL);
}

TEST_CASE("reaping a leader kills what is left of its group") {
  auto started = launch(shell("sleep 1000 & echo $!"));
  REQUIRE(started);
  const auto grandchild = std::stoi(read_line(started->standard_output.get()));
  REQUIRE(test::wait_readable(started->process.fd()));
  CHECK(lives(grandchild));
  auto peeked = started->process.peek();
  REQUIRE((peeked && *peeked));
  CHECK((*peeked)->clean());
  CHECK_FALSE(started->process.reaped());
  const auto status = reap(started->process);
  CHECK(status.clean());
  CHECK(started->process.reaped());
  CHECK(test::read_all(started->standard_output.get()).empty()); // grandchild has ended
}

TEST_CASE("a stopped child can be killed") {
  auto started = launch(shell("echo up; kill -STOP $$; sleep 1000"));
  REQUIRE(started);
  CHECK(read_line(started->standard_output.get()) == "up");
  REQUIRE(started->process.send_group(SIGKILL));
  CHECK(reap(started->process).value == SIGKILL);
}

TEST_CASE("a child dies with the thread that launched it") {
  result<child> started = fail(errc::internal);
  std::thread launching{[&] {
    started = launch(shell("echo up; sleep 1000"));
    if (started) {
      read_line(started->standard_output.get());
    }
  }};
  launching.join();
  REQUIRE(started);
  const auto status = reap(started->process);
  CHECK(status.by_signal);
  CHECK(status.value == SIGKILL);
}

TEST_CASE("a child dies with the daemon, also as another user") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  unique_fd reading{ends[0]};
  unique_fd writing{ends[1]};
  const auto daemon = ::fork();
  REQUIRE(daemon >= 0);
  if (daemon == 0) {
    auto spec = shell("echo up >&3; exec sleep 1000");
    if (::geteuid() == 0) {
      spec.user = "nobody";
      spec.directory = "/";
    }
    spec.standard_output = output_mode::null;
    spec.standard_error = output_mode::null;
    spec.inherit.push_back({std::move(writing), 3});
    const auto started = launch(std::move(spec));
    ::pause();
    ::_exit(started ? 0 : 1);
  }
  writing.reset();
  CHECK(read_line(reading.get()) == "up");
  ::kill(daemon, SIGKILL);
  CHECK(::waitpid(daemon, nullptr, 0) == daemon);
  // Only the orphan could still hold the writing end.
  CHECK(test::read_all(reading.get()).empty());
}

TEST_CASE("running out of descriptors is an error that leaks nothing") {
  const auto before = own_descriptors();
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const auto highest =
      std::stoul(*std::max_element(before.begin(), before.end(), [](const auto& a, const auto& b) {
        return stoi(a) < stoi(b);
      }));
  bool ran = false;
  for (auto allowed = highest + 1; allowed < highest + 40 && !ran; ++allowed) {
    const rlimit tight{allowed, limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    auto started = launch(program({"/bin/true"}));
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ran = started.has_value();
    if (started) {
      CHECK(reap(started->process).clean());
    } else {
      INFO(started.error().text());
      CHECK(started.error().code == errc::limit_exceeded);
      CHECK(own_descriptors() == before);
    }
    CHECK(no_child_left());
  }
  CHECK(ran);
}

} // namespace kraken::process
