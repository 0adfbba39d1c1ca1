// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The only file that knows spdlog: where log lines go.
#include "kraken/base/log.hpp"

#include "kraken/base/log_line.hpp"
#include "kraken/base/unique_fd.hpp"

#include <atomic>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <fcntl.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace kraken::log {

namespace {

std::atomic<std::uint64_t> lines_lost{0};
std::atomic<std::uint64_t> lines_lost_told{0};

// A disk that is full, a pipe that nobody reads: what cannot be written is counted, and told as
// soon as something can be written again. The library's own sinks lose it without a word.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  descriptor_sink(format style, int fd) : style_(style), fd_(fd) {}
  descriptor_sink(format style, unique_fd file)
      : style_(style), file_(std::move(file)), fd_(file_.get()) {}

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto before = lines_lost.load();
    if (const auto untold = before - lines_lost_told.load(); untold != 0) {
      const auto now = std::chrono::system_clock::now();
      if (put(render(style_, now, level::error, "log_lines_lost", {{"lines", untold}}) + "\n")) {
        lines_lost_told = before;
      }
    }
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (!put({line.data(), line.size()})) {
      ++lines_lost;
    }
  }

  void flush_() override {}

private:
  bool put(std::string_view line) {
    if (std::exchange(torn_, false) && !put("\n")) {
      torn_ = true;
      return false;
    }
    const auto whole = line.size();
    while (!line.empty()) {
      const auto written = ::write(fd_, line.data(), line.size());
      if (written < 0 && errno != EINTR) {
        torn_ = line.size() != whole;
        return false;
      }
      line.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
  }

  format style_;
  unique_fd file_;
  int fd_;
  bool torn_ = false; ///< the last line is there in part
};

result<spdlog::sink_ptr> open_sink(const settings& wanted) {
  if (wanted.file.empty()) {
    return std::make_shared<descriptor_sink>(wanted.style, STDERR_FILENO);
  }
  std::error_code ignored; // the file says what is wrong
  std::filesystem::create_directories(std::filesystem::path{wanted.file}.parent_path(), ignored);
  constexpr mode_t mode = 0640; // what programs say is for nobody else; as of all other such files
  unique_fd file{::open(wanted.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode)};
  if (!file) {
    return fail(errno_error("open log file '" + wanted.file + "'"));
  }
  return std::make_shared<descriptor_sink>(wanted.style, std::move(file));
}

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

  lasting_output()
      : value(make_output({}, std::make_shared<descriptor_sink>(format::text, STDERR_FILENO))) {}
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
  auto sink = open_sink(wanted);
  if (!sink) {
    return fail(sink.error());
  }
  std::atomic_store(&current_output(), make_output(wanted, std::move(*sink)));
  threshold.store(wanted.threshold, std::memory_order_relaxed);
  return {};
}

result<void> reopen() {
  const auto now = std::atomic_load(&current_output());
  return now->wanted.file.empty() ? result<void>{} : configure(now->wanted);
}

std::uint64_t lost() noexcept {
  return lines_lost.load(std::memory_order_relaxed);
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
