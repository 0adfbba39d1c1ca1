// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/process/exec_probe.hpp"

#include "containers/program/silence_watch.hpp"
#include "kraken/base/signal_name.hpp"
#include "kraken/process/launch/supervised_process.hpp"

#include <utility>

namespace kraken::containers {

namespace {

constexpr std::size_t probe_tail_bytes = 200;

class command_probe final : public probe {
public:
  command_probe(reactor& loop,
                process::child_registry& children,
                process::launch_spec spec,
                milliseconds timeout,
                probe_done done)
      : log_(std::make_shared<process::container_log>()), done_(std::move(done)),
        process_(loop,
                 children,
                 log_,
                 process::supervised_process::callbacks{
                     .ended = [this](const exit_status& status) { ended(status); },
                     .drain = {},
                     .line = [](const process::captured_line&) {}}) {
    if (auto started = process_.start(std::move(spec)); !started) {
      soon_ = loop.after(milliseconds{0}, [this, why = started.error()] { finish(fail(why)); });
      return;
    }
    deadline_ = std::make_unique<silence_watch>(loop, timeout, [this, timeout] {
      late_ = "no answer within " + to_string(timeout);
      process_.kill(); // its end follows
    });
  }

private:
  void ended(const exit_status& status) {
    if (!late_.empty()) {
      return finish(fail(errc::timeout, late_));
    }
    if (!status.by_signal && status.value == 0) {
      return finish({});
    }
    std::string text = status.by_signal
                           ? "ended by signal " + std::string{signal_name(status.value)}
                           : "exit code " + std::to_string(status.value);
    auto line = log_->tail(probe_tail_bytes);
    line.erase(line.find_last_not_of('\n') + 1);
    line.erase(0, line.rfind('\n') + 1); // a cause is one line; what is said last is why
    finish(fail(errc::refused, line.empty() ? text : text + ": " + line));
  }

  void finish(const result<void>& outcome) {
    deadline_.reset();
    // The last act: it may destroy this.
    if (const auto done = std::exchange(done_, nullptr)) {
      done(outcome);
    }
  }

  std::shared_ptr<process::container_log> log_;
  probe_done done_;
  std::string late_;
  std::unique_ptr<silence_watch> deadline_;
  std::unique_ptr<reactor::waiting> soon_;
  process::supervised_process process_;
};

} // namespace

std::unique_ptr<probe> look_by(reactor& loop,
                               process::child_registry& children,
                               process::launch_spec spec,
                               milliseconds timeout,
                               probe_done done) {
  return std::make_unique<command_probe>(loop, children, std::move(spec), timeout, std::move(done));
}

} // namespace kraken::containers
