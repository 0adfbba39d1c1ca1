// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Starting of a worker's process with its channel, by dialect.
#include "containers/php/channel/kraken_channel.hpp"
#include "containers/php/channel/narya_channel.hpp"
#include "containers/php/worker_container.hpp"
#include "kraken/base/log.hpp"
#include "kraken/process/launch/channel_pair.hpp"

#include <charconv>
#include <string_view>
#include <utility>

namespace kraken::containers {

namespace {

// Later Narya SDKs take it; version 1.0.0 ignores it and expires when idle.
constexpr std::string_view narya_socket_timeout = "31536000";

// Narya counts the workers of a pool from 0: `Main/web/w3` is 2.
std::uint32_t narya_number(std::string_view path) {
  const auto digits = path.substr(path.find_last_not_of("0123456789") + 1);
  std::uint32_t number = 1;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number == 0 ? 0 : number - 1;
}

} // namespace

result<void> worker_container::launch() {
  process_ = std::make_unique<process::supervised_process>(
      loop_,
      *environment_.children,
      log_.all(),
      output_.of_process({.ended = [this](const exit_status& status) { process_ended(status); },
                          .drain = [this] { orderly_end(); }},
                         [this] { follow_output(); }));
  auto spec = process_spec(*made_with_, shell_.path(), shell_.generation());
  spec.argv = worker_argv(*made_with_, environment_.native_program);
  return made_with_->speaks == dialect::narya ? launch_narya(std::move(spec))
                                              : launch_kraken(std::move(spec));
}

result<void> worker_container::launch_kraken(process::launch_spec spec) {
  if (auto opened = open_channel(spec); !opened) {
    return opened;
  }
  const auto& path = shell_.path();
  auto from = std::exchange(may_fork_, false)
                  ? environment_.templates->find(path.substr(0, path.rfind('/')), *made_with_)
                  : nullptr;
  if (!from) {
    return process_->start(std::move(spec));
  }
  auto asked = process_->start_by_fork(
      std::move(from), std::move(spec), [this](const result<void>& born) { forked(born); });
  return asked ? asked : execute_instead(asked.error());
}

void worker_container::forked(const result<void>& born) {
  if (born) {
    shell_.show_pid(process_->pid());
    if (made_with_->forks == config::worker_template::app) {
      shell_.boots_no_more(); // its template has: more of them may be asked for before it is ready
    }
    return;
  }
  if (intended_) { // stopped meanwhile: there is nothing to wait for
    let_go();
    fail_with(model::cause_kind::exit_normal, {});
    shell_.ended(why_);
    return;
  }
  if (auto launched = execute_instead(born.error()); !launched) {
    let_go();
    fail_with(model::cause_kind::start_error, launched.error().text());
    shell_.ended(why_);
    return;
  }
  shell_.show_pid(process_->pid());
  watch_over();
}

// With a channel of its own: what a template has made of the other one nobody knows.
result<void> worker_container::execute_instead(const error& why) {
  log::warn("worker_not_forked",
            {{"container", shell_.path()}, {"reason", why.text()}, {"instead", "executed"}});
  let_go();
  return launch();
}

result<void> worker_container::open_channel(process::launch_spec& spec) {
  auto pair = process::make_channel_pair();
  if (!pair) {
    return fail(pair.error());
  }
  auto channel =
      std::make_unique<kraken_channel>(loop_, std::move(pair->ours), *this, *pool_, live_);
  wire::welcome_facts facts;
  facts.alias = shell_.path();
  facts.generation = shell_.generation();
  facts.request_timeout_ms = static_cast<std::uint64_t>(pool_->settings().request_timeout.count());
  if (made_with_->by_slab) {
    pool_->enlist(*channel, spec);
  }
  if (channel->seat != pool_slab::no_worker) {
    facts.slab_worker = channel->seat;
  }
  if (auto opened = channel->welcome(facts); !opened) {
    pool_->bury(*channel);
    return opened;
  }
  process::inherit_channel(spec, std::move(pair->theirs));
  letters_ = std::make_unique<bridge::letter_bridge>(
      shell_, channel->output(), [to = channel.get()] { to->letter_written(); });
  channel_ = std::move(channel);
  return {};
}

result<void> worker_container::launch_narya(process::launch_spec spec) {
  auto door = narya_door::open(loop_, environment_.socket_directory, [this](unique_fd socket) {
    auto made = std::make_unique<narya_channel>(
        loop_, std::move(socket), *this, *pool_, live_, narya_number(shell_.path()));
    auto greeted = made->greet();
    channel_ = std::move(made);
    if (!greeted) {
      channel_ended(greeted.error().text());
    }
  });
  if (!door) {
    return fail(door.error());
  }
  door_ = std::move(*door);
  spec.argv.insert(spec.argv.end(), {"--sock", door_->path()});
  if (const auto most = pool_->settings().recycle.requests; most != 0) {
    spec.argv.insert(spec.argv.end(), {"--max-requests", std::to_string(most)});
  }
  spec.argv.insert(spec.argv.end(), {"--socket-timeout", std::string{narya_socket_timeout}});
  return process_->start(std::move(spec));
}

} // namespace kraken::containers
