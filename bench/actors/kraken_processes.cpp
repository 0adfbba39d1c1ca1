// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A container in PHP, a real process: requests to it from a native one and back, and how soon its
/// death by SIGKILL is noticed and made good.
#include "behaviours.hpp"
#include "config/php_options.hpp"
#include "containers/php/php_container.hpp"
#include "kraken_tree.hpp"
#include "sides.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <poll.h>

namespace kraken::bench {

namespace {

/// What the kind `php` needs of a daemon.
class php_surroundings {
public:
  explicit php_surroundings(const std::string& source) : source_(source) {
    given_.logs = &logs_;
    given_.children = &children_;
    given_.process_ended = [] {};
    given_.package = source + "/php";
    given_.root.rights = process::superuser::allow;
    given_.knows_verb = [](std::string_view) { return false; };
  }

  [[nodiscard]] actor::kind kind() const {
    return {"php", "of a benchmark", [this](actor::host& shell) {
              return std::make_unique<containers::php_container>(shell, given_);
            }};
  }

  [[nodiscard]] model::child_spec echo() const {
    config::php_options options;
    options.autoload = source_ + "/bench/actors/php/EchoContainer.php";
    options.lookup = {"%name%Container"};
    auto made = spec("php", "php");
    made.start = {"Echo"};
    made.backoff.min = milliseconds{0};
    made.backoff.max = milliseconds{0};
    made.options = std::make_shared<config::php_spec_options>(std::move(options));
    return made;
  }

  /// Before the tree starts.
  void run_on(running_tree& tree) { given_.shards = tree.loops(); }
  void listen_to(process::exit_news* news) { given_.news = news; }

private:
  std::string source_;
  process::log_board logs_;
  process::child_registry children_;
  containers::php_environment given_;
};

/// The times of one death, in microseconds of the clock; 0: not yet.
struct death {
  std::atomic<double> noticed{0};
  std::atomic<double> started{0};
  std::atomic<double> ready{0};
};

double at_percent(std::vector<double>& all, std::size_t percent) {
  std::sort(all.begin(), all.end());
  return all[all.size() * percent / 100];
}

void print_rate(const std::string& name, std::size_t count, double took_us) {
  print(name + "_us", took_us / static_cast<double>(count));
  print(name + "s_per_second", static_cast<double>(count) / took_us * 1e6);
}

} // namespace

void kraken_php_requests(std::size_t count, std::size_t in_flight, const std::string& source) {
  php_surroundings php(source);
  std::atomic<double> began{0};
  std::atomic<double> ended{0};
  std::size_t asked = 0;
  std::size_t answered = 0;
  const auto body = std::make_shared<const std::string>("\xa4ping");
  std::function<void(actor::host&)> ask = [&](actor::host& shell) {
    ++asked;
    shell.request({.to = "Main/php", .body = body}, [&](const actor::answer& what) {
      if (what.what != actor::answer::kind::value) {
        give_up(what.why.message);
      }
      if (++answered == count) {
        ended = now_us();
        ended.notify_one();
      } else if (asked < count) {
        ask(shell);
      }
    });
  };
  const auto serve = [&](actor::host& shell) {
    began = now_us();
    for (std::size_t i = 0; i < in_flight; ++i) {
      ask(shell);
    }
  };
  auto root = spec("Main", "supervisor");
  root.children = {php.echo(), spec("asks", "asks")}; // in this order: it serves when it is asked
  running_tree on(1, {php.kind(), kind_of("asks", serve)}, std::move(root));
  php.run_on(on);
  on.start();
  ended.wait(0.0);
  print_rate(in_flight == 1 ? "php_request" : "php_request_16", count, ended - began);
}

void kraken_php_asks(std::size_t count, const std::string& source) {
  php_surroundings php(source);
  std::atomic<double> began{0};
  std::atomic<double> ended{0};
  std::size_t answered = 0;
  const auto body = std::make_shared<const std::string>(
      std::string("\xce") + static_cast<char>(count >> 24U) + static_cast<char>(count >> 16U) +
      static_cast<char>(count >> 8U) + static_cast<char>(count)); // as MessagePack
  const auto serve = [&](actor::host& shell) {
    if (!shell.send({.to = "Main/php", .body = body})) {
      give_up("the container in PHP does not serve");
    }
  };
  const auto answer = [&](actor::host&, actor::letter& what) {
    if (answered == 0) {
      began = now_us();
    }
    what.reply.value(what.body);
    if (++answered == count) {
      ended = now_us();
      ended.notify_one();
    }
  };
  auto root = spec("Main", "supervisor");
  root.children = {php.echo(), spec("answers", "answers")};
  running_tree on(1, {php.kind(), kind_of("answers", serve, answer)}, std::move(root));
  php.run_on(on);
  on.start();
  ended.wait(0.0);
  print_rate("php_ask", count, ended - began);
}

void kraken_php_deaths(std::size_t rounds, const std::string& source) {
  php_surroundings php(source);
  auto root = spec("Main", "supervisor");
  root.supervise.intensity = static_cast<std::uint32_t>(rounds) + 1;
  root.children = {php.echo()};
  running_tree on(1, {php.kind()}, std::move(root));
  php.run_on(on);
  const auto news = process::exit_news::make(*on.loops().front());
  php.listen_to(news.get());
  on.start();
  death now;
  const auto heard = on.tree().status().subscribe([&](const actor::status_event& what) {
    const auto at = now_us();
    if (what.path != "Main/php" || !what.note.empty()) {
      return;
    }
    if (what.to == model::phase::held) {
      now.noticed = at;
    } else if (what.to == model::phase::starting) {
      now.started = at;
    } else if (what.to == model::phase::ready) {
      now.ready = at;
      now.ready.notify_one();
    }
  });
  std::vector<double> torn_down; // seen by this thread: until then there is nothing to notice
  std::vector<double> noticed;
  std::vector<double> served;
  std::vector<double> booted;
  for (std::size_t i = 0; i < rounds; ++i) {
    now.ready = 0;
    const auto process = pidfd::open(on.tree().status().find("Main/php")->pid);
    const auto killed = now_us();
    if (!process || !process->send(SIGKILL)) {
      give_up("there is no process to kill");
    }
    pollfd gone{process->fd(), POLLIN, 0};
    while (::poll(&gone, 1, -1) < 0 && errno == EINTR) {
    }
    torn_down.push_back(now_us() - killed);
    now.ready.wait(0.0);
    noticed.push_back(now.noticed - killed);
    served.push_back(now.ready - killed);
    booted.push_back(now.ready - now.started);
  }
  print("killed_gone_us_p50", at_percent(torn_down, 50));
  print("killed_noticed_us_p50", at_percent(noticed, 50));
  print("killed_noticed_us_p99", at_percent(noticed, 99));
  print("killed_serving_us_p50", at_percent(served, 50));
  print("php_boot_us_p50", at_percent(booted, 50));
}

} // namespace kraken::bench
