// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The only file that knows spdlog: where log lines go.
#include "kraken/base/log.hpp"

#include "kraken/base/log_line.hpp"

#include <atomic>
#include <cctype>
#include <memory>
#include <utility>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace kraken::log {

namespace {

// Everything a line needs, replaced as a whole: a thread that writes sees one or the other.
struct output {
  settings wanted;
  std::shared_ptr<spdlog::logger> logger;
};

std::shared_ptr<const output> make_output(settings wanted, spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("kraken", std::move(sink));
  logger->set_level(spdlog::level::trace); // `enabled` has decided already
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::trace);
  return std::make_shared<const output>(output{std::move(wanted), std::move(logger)});
}

std::atomic<level> threshold{level::info};

// Never destroyed: threads may log while static objects are being torn down.
union lasting_output {
  std::shared_ptr<const output> value;

  lasting_output() : value(make_output({}, std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}
  ~lasting_output() {} // NOLINT(modernize-use-equals-default): a union's would be deleted
};

std::shared_ptr<const output>& current_output() {
  static lasting_output only;
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
  spdlog::sink_ptr sink;
  if (wanted.file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    try {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(wanted.file);
    } catch (const spdlog::spdlog_ex& ex) {
      return fail(errc::system_error, "open log file '" + wanted.file + "': " + ex.what());
    }
  }
  std::atomic_store(&current_output(), make_output(wanted, std::move(sink)));
  threshold.store(wanted.threshold, std::memory_order_relaxed);
  return {};
}

result<void> reopen() {
  const auto now = std::atomic_load(&current_output());
  return now->wanted.file.empty() ? result<void>{} : configure(now->wanted);
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
