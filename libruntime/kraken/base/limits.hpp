// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Every fixed limit of the product, by name. A limit that users may change is an option
/// instead (`config/`); its ceiling still stands here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kraken::limits {

// Aliases and the tree.
inline constexpr std::size_t alias_bytes_max = 128; ///< one segment
inline constexpr std::size_t tree_depth_max = 16;   ///< segments in a path
inline constexpr std::size_t children_max = 100'000;
inline constexpr std::size_t failures_kept = 8;     ///< per container, shown by inspect
inline constexpr std::size_t failures_waiting = 16; ///< while one is being solved
inline constexpr std::size_t solvers_max = 16;      ///< of one local rule

inline constexpr std::uint32_t pool_workers_max = 10'000; ///< of one pool
inline constexpr std::size_t end_words_max = 127; ///< of all pools: Linux waits for 128 at once

// Causes of failures, as PHP and programs hand them in.
inline constexpr std::size_t cause_name_bytes_max = 256; ///< class, parent class, path segment
inline constexpr std::size_t cause_names_max = 64;       ///< parents and interfaces
inline constexpr std::size_t cause_message_bytes_max = 1U << 10U;
inline constexpr std::size_t cause_detail_bytes_max = 32U << 10U; ///< trace, tail of stderr

// Messages.
inline constexpr std::size_t mailbox_default = 10'000;
inline constexpr std::size_t mailbox_under_way = 1'000; ///< beyond `drop_oldest`, not looked at yet
inline constexpr std::size_t dead_letters_kept = 1'000;
inline constexpr std::chrono::milliseconds dead_letter_told_every{1'000}; ///< one event a reason
inline constexpr std::size_t events_kept = 4'096;
inline constexpr std::chrono::milliseconds request_timeout{22'500}; ///< the framework's, in all
inline constexpr std::size_t open_requests_max = 10'000;            ///< of one process, unanswered
inline constexpr std::size_t letters_pause_bytes = 1U << 20U;       ///< unsent output holds letters
inline constexpr std::size_t answers_kept = 1'000; ///< per container, to be repeated
inline constexpr std::size_t answers_kept_bytes = 8U << 20U;
inline constexpr std::chrono::seconds answers_kept_for{60};

// Native containers.
inline constexpr std::size_t native_timers_max = 1'000; ///< of one container
inline constexpr std::size_t own_threads_max = 64;      ///< containers with `own_thread`

// Watching the shards.
inline constexpr std::chrono::milliseconds shard_ask_period{2'000};   ///< between signs of life
inline constexpr std::chrono::milliseconds shard_silence{4'000};      ///< without one: not ready
inline constexpr std::chrono::milliseconds shard_silence_max{30'000}; ///< without one: not alive

// Commands.
inline constexpr std::chrono::seconds command_deadline{90}; ///< answered by then, one way or other
/// A changed pool answers by then if one worker has proven the change, though not all have it.
inline constexpr std::chrono::seconds renewal_patience{60};
inline constexpr std::chrono::seconds give_up_deadline{80}; ///< of a root that shuts itself down
inline constexpr std::chrono::milliseconds force_patience{22'500}; ///< `*_FORCE`: then SIGKILL
inline constexpr std::chrono::seconds recycle_uptime_min{1};       ///< a shorter life is a failure

/// Signals this soon after the first are the same request: `timeout` and terminals send them to a
/// process and to its group.
inline constexpr std::chrono::milliseconds stop_repeated{1'000};

// Frames between the daemon and a worker.
inline constexpr std::size_t frame_bytes_max = 16U << 20U;
inline constexpr std::size_t narya_frame_bytes_max = 10'485'760; ///< fixed by the dialect
inline constexpr std::size_t channel_descriptors_max = 1;        ///< beside one frame of a worker
inline constexpr std::size_t msgpack_depth_max = 64;
inline constexpr std::size_t msgpack_values_max = 65'536; ///< in one decoded tree

// Captured output of a process.
inline constexpr std::size_t log_line_bytes_max = 64U << 10U;
inline constexpr std::size_t log_ring_lines = 200; ///< kept per container
inline constexpr std::size_t logs_of_gone = 64;    ///< destroyed containers whose lines are kept
inline constexpr std::size_t log_ring_bytes = 128U << 10U;
inline constexpr std::size_t inspect_lines = 20;                   ///< of these, shown by inspect
inline constexpr std::size_t log_lines_per_second_max = 1'000;     ///< per container, then counted
inline constexpr std::size_t log_bytes_per_second_max = 4U << 20U; ///< per container, as well
inline constexpr std::size_t line_file_bytes_max = 4U << 20U;      ///< of lines not written yet
inline constexpr std::size_t line_of_file_bytes_max = 1U << 20U;   ///< a longer one is broken
inline constexpr std::uint32_t rotated_files_max = 1'000;          ///< kept of one file

// HTTP.
inline constexpr std::size_t http_request_line_bytes = 8U << 10U;
inline constexpr std::size_t http_request_line_bytes_max = 64U << 10U;
inline constexpr std::size_t http_header_bytes = 32U << 10U;
inline constexpr std::size_t http_header_bytes_max = 256U << 10U;
inline constexpr std::size_t http_header_fields = 100;
inline constexpr std::size_t http_header_line_bytes = 8U << 10U; ///< one field
inline constexpr std::size_t http_leading_blank_lines = 4;       ///< before a request line
inline constexpr std::size_t http_chunk_extension_bytes = 256;
inline constexpr std::size_t http_output_pause_bytes = 1U << 20U;   ///< pause the producer above
inline constexpr std::chrono::milliseconds http_slow_client{1'000}; ///< then from a file
inline constexpr std::size_t http_body_memory_bytes = 256U << 10U;  ///< a larger body: in a file
inline constexpr std::size_t http_body_part_bytes = 64U << 10U;     ///< written to it at once
inline constexpr std::uint64_t file_turn_bytes_max = 1U << 20U;     ///< of a file, sent at once
inline constexpr std::uint64_t file_in_memory_max = 64U << 10U;     ///< larger: by descriptor
inline constexpr std::chrono::milliseconds http_last_words{500};    ///< of a front that is killed
inline constexpr std::chrono::milliseconds http_hand_over{2'000};   ///< then idle ones are closed
inline constexpr std::size_t access_line_bytes_kept = 16U << 10U;   ///< of a request's first line

// Watching files.
inline constexpr std::size_t watched_directories_max = 8'192;      ///< of one container
inline constexpr std::size_t watch_entries_per_turn = 1'000;       ///< looked at, of directories
inline constexpr std::size_t watch_alternatives_max = 64;          ///< `{a,b}` of one path
inline constexpr std::size_t watch_links_max = 40;                 ///< on the way to a directory
inline constexpr std::size_t watch_names_kept = 8;                 ///< of files changed at once
inline constexpr std::chrono::milliseconds watch_settles{100};     ///< after the last change
inline constexpr std::chrono::milliseconds watch_waits_max{1'000}; ///< after the first one

// The admin API.
inline constexpr std::size_t admin_body_bytes_max = 1U << 20U; ///< of a request
inline constexpr std::uint32_t admin_connections_max = 128;
inline constexpr std::size_t admin_streams_max = 96; ///< of those; the others are for commands
inline constexpr std::chrono::seconds console_patience{30};       ///< for an answer, unless told
inline constexpr std::size_t admin_answer_bytes_max = 64U << 20U; ///< the console reads at most

// Processes.
inline constexpr std::uint64_t descriptors_kept_max = 256; ///< of the daemon's, not for programs
inline constexpr std::size_t boots_per_core = 2;           ///< processes that boot at the same time
inline constexpr std::chrono::milliseconds boot_look{50};  ///< between looks at one that boots
inline constexpr std::uint32_t boot_looks_max = 20;        ///< then others boot beside it anyway
inline constexpr std::chrono::milliseconds kill_grace{1'000};     ///< SIGKILL sent, not yet reaped
inline constexpr std::size_t fork_descriptors_max = 13;           ///< of one order to a template
inline constexpr std::size_t fork_message_bytes_max = 64U << 10U; ///< to or from a template
inline constexpr std::chrono::milliseconds fork_patience{1'000};  ///< then a worker is executed

} // namespace kraken::limits
