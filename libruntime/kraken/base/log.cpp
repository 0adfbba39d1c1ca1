// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The only file that knows spdlog: where log lines go.
#include "kraken/base/log.hpp"

#include "kraken/base/log/log_outlet.hpp"
#include "kraken/base/log_line.hpp"

#include <atomic>
#include <cctype>
#include <memory>
#include <string>
#include <utility>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

namespace kraken::log {

namespace {

// Never destroyed: threads may log while static objects are being torn down.
template <class T>
union lasting {
  T value;

  template <class... Parts>
  explicit lasting(Parts&&... parts) : value(std::forward<Parts>(parts)...) {}
  ~lasting() {} // NOLINT(modernize-use-equals-default): a union's would be deleted
};

log_outlet& outlet() {
  static lasting<log_outlet> only;
  return only.value;
}

// Has no mutex: the outlet has one. The library's own sinks lose without a word what cannot be
// written.
class outlet_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    outlet().add({line.data(), line.size()});
  }

  void flush_() override {}
};

// Everything a line needs, replaced as a whole: a thread that writes sees one or the other.
struct output {
  settings wanted;
  std::shared_ptr<spdlog::logger> logger;
};

std::shared_ptr<const output> make_output(settings wanted) {
  auto logger = std::make_shared<spdlog::logger>("kraken", std::make_shared<outlet_sink>());
  logger->set_level(spdlog::level::trace); // `enabled` has decided already
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::trace);
  return std::make_shared<const output>(output{std::move(wanted), std::move(logger)});
}

std::atomic<level> threshold{level::info};

std::shared_ptr<const output>& current_output() {
  static lasting<std::shared_ptr<const output>> only{make_output({})};
  return only.value;
}

spdlog::level::level_enum to_spdlog(level at) {
  switch (at) {
  case level::debug:
    return spdlog::level::debug;
  case level::info:
    return spdlog::level::info;
  case level::warn:
    return spdlog::level::warn;
  case level::error:
    return spdlog::level::err;
  case level::off:
    break;
  }
  return spdlog::level::off;
}

} // namespace

std::string_view to_string(level value) noexcept {
  switch (value) {
  case level::debug:
    return "debug";
  case level::info:
    return "info";
  case level::warn:
    return "warn";
  case level::error:
    return "error";
  case level::off:
    break;
  }
  return "off";
}

result<level> parse_level(std::string_view text) {
  std::string lower{text};
  for (auto& c : lower) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (lower == "warning") {
    return level::warn;
  }
  for (const auto candidate : {level::debug, level::info, level::warn, level::error, level::off}) {
    if (lower == to_string(candidate)) {
      return candidate;
    }
  }
  return fail(errc::parse_error,
              "expected log level debug|info|warn|error|off, got '" + std::string{text} + "'");
}

result<void> configure(const settings& wanted) {
  auto to =
      wanted.file.empty() ? result<target>{target::standard_error()} : target::open(wanted.file);
  if (!to) {
    return fail(to.error());
  }
  outlet().point(std::move(*to), wanted.style);
  std::atomic_store(&current_output(), make_output(wanted));
  threshold.store(wanted.threshold, std::memory_order_relaxed);
  return {};
}

result<void> begin_thread() {
  return outlet().begin_thread();
}

void end_thread() {
  outlet().end_thread(reader_patience);
}

result<void> reopen() {
  const auto now = std::atomic_load(&current_output());
  return now->wanted.file.empty() ? result<void>{} : configure(now->wanted);
}

std::uint64_t lost() noexcept {
  return outlet().lost();
}

bool enabled(level at) noexcept {
  return at >= threshold.load(std::memory_order_relaxed) && at != level::off;
}

void write(level at, std::string_view event, std::initializer_list<field> fields) {
  if (!enabled(at)) {
    return;
  }
  const auto to = std::atomic_load(&current_output());
  to->logger->log(to_spdlog(at),
                  render(to->wanted.style, std::chrono::system_clock::now(), at, event, fields));
}

} // namespace kraken::log
