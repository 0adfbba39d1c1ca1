// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What people read: tables, the tree, one container, events and log lines as text. Pure: does not
/// print, does not ask whether there is a terminal; `style` says so.
#pragma once

#include "console/api_json.hpp"

#include "kraken/base/clock.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/container_status.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::console {

enum class charset : std::uint8_t { ascii, utf8 };
enum class paint : std::uint8_t { plain, ansi };

/// How text may look where it goes. The default is what a pipe gets.
struct style {
  charset chars = charset::ascii;
  paint colours = paint::plain;
  std::size_t width = 0; ///< columns; lines are cut there. 0: not a terminal, never cut
};

/// How much `render_ps` shows.
enum class columns : std::uint8_t { usual, all };

/// `ps`: one line for each container. Columns CONTAINER KIND STATE PHASE PID GEN RESTARTS UPTIME
/// REQUESTS BUSY MEM CAUSE; with `all` also NAME SHARD MAILBOX WAITING FAILURES RECYCLES.
[[nodiscard]] std::string render_ps(std::span<const model::container_status> containers,
                                    time_point now,
                                    columns shown,
                                    const style& look);

/// Which of the framework's status tables.
enum class status_table : std::uint8_t {
  project,   ///< alias name state; aliases drawn as a tree
  part,      ///< alias name state; aliases indented by `__` for each level
  container, ///< parent alias name state, the state as its number
};

/// `project:status`, `arch:status`, `container:status`: the framework's tables, `| alias | ...`.
/// Below, a line for each failed container with its cause and what comes next.
/// @param containers  in tree order: a parent before its children
[[nodiscard]] std::string render_status(std::span<const model::container_status> containers,
                                        status_table form,
                                        time_point now,
                                        const style& look);

/// `tree`: parents above their children, in the order given.
[[nodiscard]] std::string
render_tree(std::span<const model::container_status> containers, time_point now, const style& look);

/// `inspect`: every field of one container on its own line, the last failure's detail below.
[[nodiscard]] std::string
render_container(const model::container_status& container, time_point now, const style& look);

/// As above, the container's last lines of output below. What the failure's detail has in common
/// with them is shown once.
/// @param utc_offset  added to the lines' time for display
[[nodiscard]] std::string
render_page(const container_page& page, time_point now, seconds utc_offset, const style& look);

/// The failures it remembers, newest first: `history     2m05s ago, generation 3: exit code 255`.
/// @return nothing when it never failed
[[nodiscard]] std::string render_failures(const model::container_status& container, time_point now);

/// `14:03:07.123 container_failed Main/web/w3 reason="signal 9 (SIGKILL)" backoff_ms=100`
/// @param utc_offset  added to the record's time for display
[[nodiscard]] std::string
render_event(const event_record& record, seconds utc_offset, const style& look);

/// `14:03:07.123 w3 | text`
[[nodiscard]] std::string
render_log(const log_record& record, seconds utc_offset, const style& look);

/// `dead:list`: columns TIME FROM TO REASON, oldest first.
[[nodiscard]] std::string render_letters(std::span<const letter_record> letters,
                                         columns shown,
                                         seconds utc_offset,
                                         const style& look);

/// Lines `+ create Main/web/w5  detail` of a reload, the options that differ below.
[[nodiscard]] std::string render_changes(std::span<const change_record> changes);

/// Rows as aligned columns, two blanks between, nothing behind the last.
/// @param rows  the first is the header; rows may be shorter than it
/// @param right header names of the columns aligned to the right
[[nodiscard]] std::string render_table(std::span<const std::vector<std::string>> rows,
                                       std::span<const std::string_view> right,
                                       const style& look);

/// Columns a UTF-8 text takes: code points, which is right for everything we write.
[[nodiscard]] std::size_t display_columns(std::string_view text);

/// The first `count` columns of a UTF-8 text.
[[nodiscard]] std::string_view first_columns(std::string_view text, std::size_t count);

/// Why a container is as it is, what comes next and how much of the restart budget is spent:
/// `signal 9 (SIGKILL); restart in 400ms (2 of 5 spent)`. Of one that runs again, what is over:
/// `last failure 2m10s ago: signal 9 (SIGKILL)`.
[[nodiscard]] std::string cause_text(const model::container_status& container, time_point now);

/// `14:03:07.123`
/// @param utc_offset added to the time for display
[[nodiscard]] std::string clock_time(std::int64_t unix_ms, seconds utc_offset);

/// `850ms`, `42s`, `3m12s`, `5h07m`, `12d4h`.
[[nodiscard]] std::string short_duration(milliseconds value);

/// `0`, `512B`, `24.1M`, `1.5G`.
[[nodiscard]] std::string short_size(std::uint64_t count);

/// The text with control characters replaced by `?`: captured output must not steer a terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// The text in the colour of a state, or as it is.
[[nodiscard]] std::string coloured(std::string_view text, model::state in, const style& look);

/// A laid out line with the word of its state in colour; everything else stays quiet.
/// @param from  column behind which the word is looked for: names may contain it
[[nodiscard]] std::string
with_coloured_state(std::string_view line, std::size_t from, model::state in, const style& look);

} // namespace kraken::console
