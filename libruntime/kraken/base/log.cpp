// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The only file that knows spdlog: text and JSON rendering of events.
#include "kraken/base/log.hpp"

#include <atomic>
#include <cctype>
#include <memory>
#include <mutex>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace kraken::log {

namespace {

struct state {
  std::mutex                                            mutex;
  std::shared_ptr<spdlog::logger>                       logger;
  std::shared_ptr<spdlog::sinks::basic_file_sink_mt>    file_sink;
  settings                                              current;
};

std::atomic<level> threshold{level::info};

state& instance() {
  // Never destroyed: threads may log while static objects are being torn down.
  static auto* const only = [] {
    auto* made   = new state; // NOLINT(cppcoreguidelines-owning-memory): see above
    made->logger = std::make_shared<spdlog::logger>(
      "kraken", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->logger->set_level(spdlog::level::trace);
    made->logger->set_pattern("%v");
    return made;
  }();
  return *only;
}

spdlog::level::level_enum to_spdlog(level at) {
  switch (at) {
    case level::debug: return spdlog::level::debug;
    case level::info: return spdlog::level::info;
    case level::warn: return spdlog::level::warn;
    case level::error: return spdlog::level::err;
    case level::off: break;
  }
  return spdlog::level::off;
}

void append_hex(std::string& out, unsigned char byte, std::string_view prefix) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append(prefix);
  out.push_back(digits[byte >> 4U]);
  out.push_back(digits[byte & 0xfU]);
}

// U+2028/2029 (e2 80 a8/a9) end a line for some readers; C1 (c2 80..9f) drive terminals.
bool unsafe_sequence(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (byte(at) == 0xc2U) {
    return byte(at + 1) >= 0x80U && byte(at + 1) <= 0x9fU;
  }
  return byte(at) == 0xe2U && byte(at + 1) == 0x80U
         && (byte(at + 2) == 0xa8U || byte(at + 2) == 0xa9U);
}

void append_json_text(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(byte));
    } else if (byte == '\n') {
      out.append("\\n");
    } else if (byte < 0x20U || byte == 0x7fU) {
      append_hex(out, byte, "\\u00");
    } else if (unsafe_sequence(text, i)) {
      if (byte == 0xc2U) {
        append_hex(out, static_cast<unsigned char>(text[i + 1]), "\\u00");
        i += 1;
      } else {
        append_hex(out, static_cast<unsigned char>(0x80U | (static_cast<unsigned char>(text[i + 2]) & 0x3fU)) == 0xa8U ? 0x28U : 0x29U, "\\u20");
        i += 2;
      }
    } else {
      out.push_back(static_cast<char>(byte));
    }
  }
  out.push_back('"');
}

bool plain_word(std::string_view text) {
  if (text.empty()) {
    return false;
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20U || byte == '"' || byte == '=' || byte == '\\' || byte >= 0x7fU) {
      return false;
    }
  }
  return true;
}

// Text mode: key=value, quoted where needed, control bytes as \xNN: one event, one line.
void append_plain_text(std::string& out, std::string_view text) {
  if (plain_word(text)) {
    out.append(text);
    return;
  }
  out.push_back('"');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(byte));
    } else if (byte < 0x20U || byte == 0x7fU || unsafe_sequence(text, i)) {
      append_hex(out, byte, "\\x");
    } else {
      out.push_back(static_cast<char>(byte));
    }
  }
  out.push_back('"');
}

std::string timestamp() {
  const auto now     = std::chrono::system_clock::now();
  const auto whole   = std::chrono::time_point_cast<std::chrono::seconds>(now);
  const auto millis  = std::chrono::duration_cast<std::chrono::milliseconds>(now - whole).count();
  const std::time_t seconds_part = std::chrono::system_clock::to_time_t(whole);
  std::tm           parts{};
  ::gmtime_r(&seconds_part, &parts);
  std::array<char, 40> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out(text.data(), length);
  out.push_back('.');
  const auto digits = std::to_string(millis);
  out.append(3 - digits.size(), '0').append(digits).push_back('Z');
  return out;
}

std::string render_json(level at, std::string_view event,
                        std::initializer_list<field> fields) {
  std::string line = "{\"time\":\"" + timestamp() + "\",\"level\":\"";
  line.append(to_string(at)).append("\",\"event\":");
  append_json_text(line, event);
  for (const auto& f : fields) {
    line.push_back(',');
    append_json_text(line, f.key);
    line.push_back(':');
    switch (f.type) {
      case field::kind::number: line.append(std::to_string(f.number)); break;
      case field::kind::truth: line.append(f.number != 0 ? "true" : "false"); break;
      case field::kind::text: append_json_text(line, f.text); break;
    }
  }
  line.push_back('}');
  return line;
}

std::string render_text(level at, std::string_view event,
                        std::initializer_list<field> fields) {
  std::string line = timestamp();
  line.push_back(' ');
  std::string name{to_string(at)};
  for (auto& c : name) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  line.append(name).append(5 - name.size() + 1, ' ').append(event);
  for (const auto& f : fields) {
    line.push_back(' ');
    line.append(f.key).push_back('=');
    switch (f.type) {
      case field::kind::number: line.append(std::to_string(f.number)); break;
      case field::kind::truth: line.append(f.number != 0 ? "true" : "false"); break;
      case field::kind::text: append_plain_text(line, f.text); break;
    }
  }
  return line;
}

} // namespace

std::string_view to_string(level value) noexcept {
  switch (value) {
    case level::debug: return "debug";
    case level::info: return "info";
    case level::warn: return "warn";
    case level::error: return "error";
    case level::off: break;
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
  return fail(errc::parse_error, "expected log level debug|info|warn|error|off, got '"
                                   + std::string{text} + "'");
}

result<void> configure(const settings& wanted) {
  auto&                   self = instance();
  const std::lock_guard   lock{self.mutex};
  spdlog::sink_ptr        sink;
  std::shared_ptr<spdlog::sinks::basic_file_sink_mt> file_sink;
  if (wanted.file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    try {
      file_sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(wanted.file);
    } catch (const spdlog::spdlog_ex& ex) {
      return fail(errc::system_error, "open log file '" + wanted.file + "': " + ex.what());
    }
    sink = file_sink;
  }
  auto logger = std::make_shared<spdlog::logger>("kraken", std::move(sink));
  logger->set_level(spdlog::level::trace);
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::trace);
  std::atomic_store(&self.logger, logger);
  self.file_sink = std::move(file_sink);
  self.current   = wanted;
  threshold.store(wanted.threshold, std::memory_order_relaxed);
  return {};
}

result<void> reopen() {
  settings wanted;
  {
    auto&                 self = instance();
    const std::lock_guard lock{self.mutex};
    if (self.current.file.empty()) {
      return {};
    }
    wanted = self.current;
  }
  return configure(wanted);
}

bool enabled(level at) noexcept {
  return at >= threshold.load(std::memory_order_relaxed) && at != level::off;
}

void write(level at, std::string_view event, std::initializer_list<field> fields) {
  if (!enabled(at)) {
    return;
  }
  auto&      self   = instance();
  const auto logger = std::atomic_load(&self.logger);
  const auto style  = self.current.style;
  const auto line   = style == format::json ? render_json(at, event, fields)
                                            : render_text(at, event, fields);
  logger->log(to_spdlog(at), line);
}

} // namespace kraken::log
