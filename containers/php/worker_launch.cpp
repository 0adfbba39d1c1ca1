// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Starting of a worker's process with its channel, by dialect.
#include "containers/php/channel/kraken_channel.hpp"
#include "containers/php/channel/narya_channel.hpp"
#include "containers/php/worker_container.hpp"
#include "kraken/process/launch/channel_pair.hpp"

#include <charconv>
#include <string_view>

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

process::launch_spec worker_container::base_spec() const {
  const auto& settings = pool_->settings();
  process::launch_spec spec;
  spec.argv = worker_argv(settings, environment_.native_program);
  spec.environment.base = settings.environment_base;
  spec.environment.set = settings.environment;
  spec.environment.set.emplace("KRAKEN_ALIAS", shell_.path());
  spec.environment.set.emplace("KRAKEN_GENERATION", std::to_string(shell_.generation()));
  spec.directory = settings.directory;
  spec.user = settings.user;
  spec.group = settings.group;
  spec.root = settings.root;
  spec.limits = settings.limits;
  spec.umask = settings.umask;
  spec.stop_signal = settings.stop_signal;
  return spec;
}

result<void> worker_container::launch() {
  process_ = std::make_unique<process::supervised_process>(
      loop_,
      *environment_.children,
      log_,
      process::supervised_process::callbacks{
          .ended = [this](const exit_status& status) { process_ended(status); },
          .drain = [this] { orderly_end(); },
          .line =
              [this](const process::captured_line& line) {
                log_line(line.from == process::output_stream::out ? "stdout" : "stderr", line.text);
              },
          .dropped =
              [this](std::uint64_t lines) {
                log::warn("output_dropped", {{"container", shell_.path()}, {"lines", lines}});
              }});
  return pool_->settings().speaks == dialect::narya ? launch_narya(base_spec())
                                                    : launch_kraken(base_spec());
}

result<void> worker_container::launch_kraken(process::launch_spec spec) {
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
  if (auto opened = channel->welcome(facts); !opened) {
    return opened;
  }
  process::inherit_channel(spec, std::move(pair->theirs));
  letters_ = std::make_unique<bridge::letter_bridge>(
      shell_, channel->output(), [to = channel.get()] { to->letter_written(); });
  channel_ = std::move(channel);
  return process_->start(std::move(spec));
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
