// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Tables, lines and numbers for people. The tree is in render_tree.cpp.
#include "console/render.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace kraken::console {

namespace {

std::string padded_number(std::int64_t value, int digits) {
  std::array<char, 24> text{};
  static_cast<void>(
      std::snprintf(text.data(), text.size(), "%0*lld", digits, static_cast<long long>(value)));
  return text.data();
}

std::string number_or_dash(std::uint64_t value) {
  return value == 0 ? "-" : std::to_string(value);
}

milliseconds time_since(time_point then, time_point now) {
  return std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(now - then));
}

/// `1 (1.2s)`: how many work, and for how long the one of a worker has.
std::string busy_text(const model::container_status& c, time_point now) {
  if (!c.live || c.live->busy.get() == 0) {
    return "-";
  }
  std::string out = std::to_string(c.live->busy.get());
  if (const std::int64_t since = c.live->busy_since_ms.get(); since != 0) {
    const time_point began{milliseconds{since}};
    out += " (" + short_duration(time_since(began, now)) + ")";
  }
  return out;
}

std::string gauge_text(const model::container_status& c, const metric model::gauges::*which) {
  return c.live ? std::to_string(((*c.live).*which).get()) : "-";
}

std::string memory_text(const model::container_status& c) {
  const auto size = c.live ? std::max<std::int64_t>(0, c.live->memory_bytes.get()) : 0;
  return size == 0 ? "-" : short_size(static_cast<std::uint64_t>(size));
}

std::vector<std::string> ps_row(const model::container_status& c, time_point now, columns shown) {
  std::vector<std::string> row{
      c.path,
      c.kind,
      std::string{to_string(c.in)},
      std::string{to_string(c.at)},
      c.pid == 0 ? "-" : std::to_string(c.pid),
      std::to_string(c.generation),
      std::to_string(c.restarts),
      short_duration(time_since(c.in == model::state::started ? c.up_since : c.since, now)),
      gauge_text(c, &model::gauges::requests),
      busy_text(c, now),
      memory_text(c),
  };
  if (shown == columns::all) {
    row.push_back(c.name.empty() ? "-" : printable(c.name));
    row.push_back(std::to_string(c.shard));
    row.push_back(std::to_string(c.lane ? c.lane->depth.load() : 0));
    row.push_back(gauge_text(c, &model::gauges::waiting));
    row.push_back(gauge_text(c, &model::gauges::failures));
    row.push_back(std::to_string(c.recycles));
  }
  row.push_back(cause_text(c, now));
  return row;
}

void write_cell(std::string& out, const std::string& cell, std::size_t width, bool to_right) {
  const std::size_t used = display_columns(cell);
  const std::string gap(width > used ? width - used : 0, ' ');
  out += to_right ? gap + cell : cell + gap;
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \"=") != std::string_view::npos;
}

std::string companion_text(const model::container_status& c) {
  if (c.beside == model::companion::none) {
    return {};
  }
  return std::string{to_string(c.beside)} +
         (c.beside_pid == 0 ? "" : ", pid " + std::to_string(c.beside_pid));
}

} // namespace

std::size_t display_columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string_view first_columns(std::string_view text, std::size_t count) {
  std::size_t i = 0;
  while (i < text.size() && count > 0) {
    ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) {
      ++i;
    }
    --count;
  }
  return text.substr(0, i);
}

std::string render_table(std::span<const std::vector<std::string>> rows,
                         std::span<const std::string_view> right,
                         const style& look) {
  if (rows.empty()) {
    return {};
  }
  const std::vector<std::string>& header = rows.front();
  std::vector<std::size_t> widths(header.size());
  std::vector<bool> to_right(header.size());
  for (std::size_t i = 0; i < header.size(); ++i) {
    to_right[i] = std::find(right.begin(), right.end(), header[i]) != right.end();
    for (const auto& row : rows) {
      widths[i] = std::max(widths[i], i < row.size() ? display_columns(row[i]) : 0);
    }
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < header.size() && i < row.size(); ++i) {
      line += i == 0 ? "" : "  ";
      write_cell(line, row[i], widths[i], to_right[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += look.width == 0 ? std::string_view{line} : first_columns(line, look.width);
    out += '\n';
  }
  return out;
}

std::string render_ps(std::span<const model::container_status> containers,
                      time_point now,
                      columns shown,
                      const style& look) {
  static constexpr std::array<std::string_view, 12> right{"PID",
                                                          "GEN",
                                                          "RESTARTS",
                                                          "UPTIME",
                                                          "REQUESTS",
                                                          "BUSY",
                                                          "MEM",
                                                          "SHARD",
                                                          "MAILBOX",
                                                          "WAITING",
                                                          "FAILURES",
                                                          "RECYCLES"};
  std::vector<std::vector<std::string>> rows{{"CONTAINER",
                                              "KIND",
                                              "STATE",
                                              "PHASE",
                                              "PID",
                                              "GEN",
                                              "RESTARTS",
                                              "UPTIME",
                                              "REQUESTS",
                                              "BUSY",
                                              "MEM"}};
  if (shown == columns::all) {
    for (const char* name : {"NAME", "SHARD", "MAILBOX", "WAITING", "FAILURES", "RECYCLES"}) {
      rows.front().emplace_back(name);
    }
  }
  rows.front().emplace_back("CAUSE");
  for (const auto& container : containers) {
    rows.push_back(ps_row(container, now, shown));
  }
  const std::string plain = render_table(rows, right, look);
  if (look.colours == paint::plain) {
    return plain;
  }
  // Colours come after the layout: escape sequences have no width.
  std::string out;
  std::string_view rest = plain;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    out +=
        i == 0
            ? std::string{line}
            : with_coloured_state(line, containers[i - 1].path.size(), containers[i - 1].in, look);
    out += '\n';
  }
  return out;
}

std::string render_container(const model::container_status& c, time_point now, const style& look) {
  const std::string budget =
      std::to_string(c.restarts_in_window) + " of " + std::to_string(c.intensity);
  const std::array<std::pair<std::string_view, std::string>, 19> fields{{
      {"path", c.path},
      {"kind", c.kind},
      {"name", printable(c.name)},
      {"state", coloured(to_string(c.in), c.in, look) + " (" + std::string{to_string(c.at)} + ")"},
      {"since", short_duration(time_since(c.since, now))},
      {"generation", std::to_string(c.generation)},
      {"pid", number_or_dash(static_cast<std::uint64_t>(std::max(0, c.pid)))},
      {"beside", companion_text(c)},
      {"shard", std::to_string(c.shard)},
      {"restarts", std::to_string(c.restarts)},
      {"budget", budget},
      {"recycles", std::to_string(c.recycles)},
      {"mailbox",
       std::to_string(c.lane ? c.lane->depth.load() : 0) + " (" +
           std::to_string(c.lane ? c.lane->admitted.get() : 0) + " admitted, " +
           std::to_string(c.lane ? c.lane->rejected.load() : 0) + " rejected)"},
      {"requests", gauge_text(c, &model::gauges::requests)},
      {"failures", gauge_text(c, &model::gauges::failures)},
      {"busy", busy_text(c, now)},
      {"waiting", gauge_text(c, &model::gauges::waiting)},
      {"memory", memory_text(c)},
      {"cause", cause_text(c, now)},
  }};
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) {
      write_cell(out, std::string{name}, 12, false);
      out += value + "\n";
    }
  }
  if (!c.last_cause->origin.empty() && c.last_cause->origin != c.path) {
    out += "origin      " + printable(c.last_cause->origin) + "\n";
  }
  out += render_failures(c, now);
  if (!c.last_cause->detail.empty()) {
    out += "\n";
    std::string_view rest = c.last_cause->detail;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      out += "  " + printable(line) + "\n";
    }
  }
  return out;
}

std::string render_event(const event_record& record, seconds utc_offset, const style& look) {
  std::string name = record.name;
  const auto state = std::find_if(record.fields.begin(),
                                  record.fields.end(),
                                  [](const auto& field) { return field.first == "state"; });
  if (state != record.fields.end() && state->second == to_string(model::state::failed)) {
    name = coloured(name, model::state::failed, look);
  }
  std::string out = clock_time(record.unix_ms, utc_offset) + " " + name;
  if (!record.container.empty()) {
    out += " " + record.container;
  }
  for (const auto& [key, value] : record.fields) {
    const std::string text = printable(value);
    out += " " + key + "=" + (needs_quotes(text) ? "\"" + text + "\"" : text);
  }
  return out + "\n";
}

std::string render_log(const log_record& record, seconds utc_offset, const style& look) {
  const std::string_view path = record.container;
  const std::string_view alias = path.substr(path.rfind('/') + 1);
  // A pipe gets the bytes as they were captured.
  const std::string text = look.width == 0 ? record.text : printable(record.text);
  std::string who{alias};
  if (record.stream == "stderr") {
    who = coloured(who, model::state::stopped, look);
  }
  const std::string time =
      record.unix_ms == 0 ? std::string{} : clock_time(record.unix_ms, utc_offset) + " ";
  return time + who + " | " + text + "\n";
}

std::string render_changes(std::span<const change_record> changes) {
  std::string out;
  for (const auto& change : changes) {
    const char mark = change.what == "create" ? '+' : change.what == "destroy" ? '-' : '~';
    out += std::string{mark} + " " + change.what;
    out += change.container.empty() ? "" : " " + change.container;
    out += change.detail.empty() ? "\n" : "  " + printable(change.detail) + "\n";
    for (const auto& each : change.options) {
      out +=
          "    " + each.option + ": " + printable(each.from) + " -> " + printable(each.to) + "\n";
    }
  }
  return out;
}

std::string clock_time(std::int64_t unix_ms, seconds utc_offset) {
  constexpr std::int64_t day_ms = 86'400'000;
  const std::int64_t shifted = unix_ms + utc_offset.count() * 1000;
  const std::int64_t ms = ((shifted % day_ms) + day_ms) % day_ms;
  return padded_number(ms / 3'600'000, 2) + ":" + padded_number(ms / 60'000 % 60, 2) + ":" +
         padded_number(ms / 1000 % 60, 2) + "." + padded_number(ms % 1000, 3);
}

std::string short_duration(milliseconds value) {
  const std::int64_t ms = value.count();
  if (ms < 1000) {
    return std::to_string(ms) + "ms";
  }
  const std::int64_t s = ms / 1000;
  if (s < 60) {
    return s < 10 ? std::to_string(s) + "." + std::to_string(ms % 1000 / 100) + "s"
                  : std::to_string(s) + "s";
  }
  if (s < 3600) {
    return std::to_string(s / 60) + "m" + padded_number(s % 60, 2) + "s";
  }
  if (s < 86'400) {
    return std::to_string(s / 3600) + "h" + padded_number(s % 3600 / 60, 2) + "m";
  }
  return std::to_string(s / 86'400) + "d" + std::to_string(s % 86'400 / 3600) + "h";
}

std::string short_size(std::uint64_t count) {
  constexpr std::string_view units = "BKMGT";
  std::size_t unit = 0;
  std::uint64_t tenths = count * 10;
  while (tenths >= 10'240 && unit + 1 < units.size()) {
    tenths /= 1024;
    ++unit;
  }
  std::string out = std::to_string(tenths / 10);
  if (unit > 0 && tenths < 1000) {
    out += "." + std::to_string(tenths % 10);
  }
  return out + units[unit];
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    out += c == '\t' ? ' ' : value < 0x20U || value == 0x7FU ? '?' : c;
  }
  return out;
}

std::string coloured(std::string_view text, model::state in, const style& look) {
  if (look.colours == paint::plain) {
    return std::string{text};
  }
  struct state_colour {
    model::state in;
    std::string_view code;
  };
  static constexpr std::array colours{state_colour{model::state::created, "\x1b[36m"},
                                      state_colour{model::state::destroyed, "\x1b[2m"},
                                      state_colour{model::state::started, "\x1b[32m"},
                                      state_colour{model::state::stopped, "\x1b[33m"},
                                      state_colour{model::state::failed, "\x1b[31m"}};
  for (const state_colour& row : colours) {
    if (row.in == in) {
      return std::string{row.code} + std::string{text} + "\x1b[0m";
    }
  }
  return std::string{text};
}

std::string
with_coloured_state(std::string_view line, std::size_t from, model::state in, const style& look) {
  const std::string_view word = to_string(in);
  const std::size_t at = line.find(word, from);
  if (at == std::string_view::npos) { // cut off at the terminal's edge
    return std::string{line};
  }
  return std::string{line.substr(0, at)} + coloured(word, in, look) +
         std::string{line.substr(at + word.size())};
}

} // namespace kraken::console
