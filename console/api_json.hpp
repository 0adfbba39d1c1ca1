// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The JSON of the admin API, both ways: what the daemon writes the console reads with the same
/// functions. Knows neither sockets nor HTTP. The JSON library stays behind detail/json.hpp.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/result.hpp"
#include "kraken/model/container_status.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::console {

using text_map = std::map<std::string, std::string, std::less<>>;

/// Body of `POST /api/v1/commands`.
struct command_request {
  std::string command; ///< name in the command table
  text_map args;
  text_map flags;                    ///< without dashes; a switch has the value `true`
  std::vector<std::string> values{}; ///< JSON texts, of an argument of the type `json`
};

/// Body of its 200 answer.
struct command_reply {
  std::string text;
  bool changed = true;      ///< false: it was so already
  std::string data;         ///< more, as JSON; empty: null
  std::uint64_t failed = 0; ///< of several containers: for how many it could not be done
  std::string warning{};    ///< what the asker may have meant instead; empty: nothing
  std::string hint{};       ///< what may be missing, and the command for it; empty: nothing
};

/// Body of every other answer: the error and the command to try next.
struct api_error {
  error why;
  std::string hint;
};

/// Something that happened: one line of `kraken events`.
struct event_record {
  std::uint64_t id = 0;     ///< grows by one; 0 before the first
  std::int64_t unix_ms = 0; ///< wall clock, for people
  std::string name;         ///< `container_failed` ...; docs/reference/events.md
  std::string container;    ///< path; empty: the node itself
  std::vector<std::pair<std::string, std::string>> fields;
  std::int64_t unix_us = 0; ///< the same moment in microseconds: what came how soon after what
};

/// One captured line of a container's output.
struct log_record {
  std::uint64_t id = 0;
  std::int64_t unix_ms = 0;
  std::string container;
  std::string stream; ///< `stdout`, `stderr` or `log`
  std::string text;
};

/// What `GET /api/v1/containers/{path}` tells: one container and its last words.
struct container_page {
  model::container_status status;
  std::vector<log_record> output;         ///< its own last lines, oldest first
  std::vector<std::string> files{};       ///< which its output goes to, or of what is below it
  std::vector<std::string> error_files{}; ///< those of them that get standard error only
};

/// One message that nobody handled: one line of `kraken dead:list`.
struct letter_record {
  std::uint64_t id = 0;
  std::int64_t unix_ms = 0;
  std::string from; ///< path; empty: outside the tree
  std::string to;   ///< path, or what the sender wrote
  std::string reason;
};

/// What `GET /api/v1/node` tells.
struct node_record {
  std::string name;
  std::string version;
  std::int32_t pid = 0;
  std::uint64_t uptime_seconds = 0;
  std::uint32_t shards = 0;
  std::vector<std::string> config_files;
  std::vector<std::string> listen; ///< public addresses, `http://127.0.0.1:8888`
};

/// One option that differs, as it is written.
struct option_record {
  std::string option;
  std::string from;
  std::string to;
};

/// One change a reload makes or would make; `data` of `reload`, `config:diff` and `arch:apply` is a
/// list.
struct change_record {
  std::string what; ///< `create`, `destroy`, `replace`, `restart`, `update`, `reorder`, `daemon`
  std::string container; ///< path; empty: the daemon
  std::string detail;
  std::vector<option_record> options{};
};

[[nodiscard]] std::string to_json(const command_request& value);
[[nodiscard]] std::string to_json(const command_reply& value);
[[nodiscard]] std::string to_json(const api_error& value);
[[nodiscard]] std::string to_json(const event_record& value);
[[nodiscard]] std::string to_json(const log_record& value);
[[nodiscard]] std::string to_json(const letter_record& value);
[[nodiscard]] std::string to_json(const node_record& value);
[[nodiscard]] std::string to_json(std::span<const event_record> value);
[[nodiscard]] std::string to_json(std::span<const log_record> value);
[[nodiscard]] std::string to_json(std::span<const letter_record> value);
[[nodiscard]] std::string to_json(std::span<const change_record> value);

/// @param now  monotonic time of writing: instants go out as distances from it
[[nodiscard]] std::string to_json(const model::container_status& value, time_point now);
[[nodiscard]] std::string to_json(std::span<const model::container_status> value, time_point now);
/// The members of the container with one more, `output`.
[[nodiscard]] std::string to_json(const container_page& value, time_point now);

/// The readers ignore members they do not know and leave absent ones at their defaults.
/// @error errc::parse_error when the text is no JSON or has another shape, naming the member
/// @thread any (pure)
[[nodiscard]] result<command_request> read_command_request(std::string_view json);
[[nodiscard]] result<command_reply> read_command_reply(std::string_view json);
[[nodiscard]] result<event_record> read_event(std::string_view json);
[[nodiscard]] result<std::vector<event_record>> read_events(std::string_view json);
[[nodiscard]] result<log_record> read_log(std::string_view json);
[[nodiscard]] result<std::vector<log_record>> read_logs(std::string_view json);
[[nodiscard]] result<std::vector<letter_record>> read_letters(std::string_view json);
[[nodiscard]] result<node_record> read_node(std::string_view json);
[[nodiscard]] result<std::vector<change_record>> read_changes(std::string_view json);

/// @param now  monotonic time of reading; the reverse of `to_json`
[[nodiscard]] result<container_page> read_container_page(std::string_view json, time_point now);
[[nodiscard]] result<std::vector<model::container_status>> read_containers(std::string_view json,
                                                                           time_point now);

/// The error of a body with a status other than 200. Never fails: a body that is not ours gives
/// the row of the errc table with this HTTP status, the body's first line as context.
[[nodiscard]] api_error read_error(int http_status, std::string_view body);

/// JSON text as indented JSON, or as YAML, for `-o json` and `-o yaml`.
/// @return the text unchanged when it is no JSON
[[nodiscard]] std::string pretty_json(std::string_view json);
[[nodiscard]] std::string json_as_yaml(std::string_view json);

/// A string as a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string quote_json(std::string_view text);

} // namespace kraken::console
