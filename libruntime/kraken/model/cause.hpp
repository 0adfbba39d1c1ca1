// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Why an incarnation ended or failed, as plain data that every report carries.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::model {

enum class cause_kind : std::uint8_t {
  none,
  exit_normal,   ///< exit code 0 (or a normal return) nobody asked for
  exit_code,     ///< exit code other than 0
  signal,        ///< ended by a signal it did not get from us
  exception,     ///< threw; `type` and its parents say what
  start_error,   ///< could not be launched at all (no such program, no descriptors)
  start_timeout, ///< not ready within `ready.within`
  timeout,       ///< exceeded its time for one request
  probe,         ///< an alive probe failed
  out_of_memory, ///< hard memory limit or the kernel's OOM killer
  protocol,      ///< broke the worker protocol
  child,         ///< a child's failure became its own: budget exceeded
  shared_fate,   ///< its host process died with another container's fault
  node_down,     ///< its node is not reachable; it may live
  recycle,       ///< planned replacement: not a failure
};

/// A cause with its details. Empty fields do not apply.
struct cause {
  cause_kind kind = cause_kind::none;
  std::int32_t code = 0;            ///< exit code, or signal number for `signal`
  std::string type;                 ///< exception class
  std::vector<std::string> parents; ///< its parent classes and interfaces, nearest first
  std::string message;              ///< one line for people
  std::string detail;               ///< stderr tail, file:line, trace; may have many lines
  std::string origin;               ///< alias of the container where it began
  std::uint64_t correlation = 0;    ///< one id from first failure to the root
  bool worked = false;              ///< the incarnation that ended had been given work

  /// `exit code 255`, `signal 9 (SIGKILL)`, `DomainError: no such user` ...
  [[nodiscard]] std::string text() const;

  /// `text()` with what the program said last, `(PHP Parse error: ...)`, where nothing better is
  /// known: an exception has said it already, and its detail ends with a trace.
  [[nodiscard]] std::string summary() const;

  /// The key local rules match besides exception classes: `exit:255`, `signal:9`, `oom`,
  /// `timeout`, `probe`, `start`, `protocol`, `child`, `node_down`, `exception`.
  [[nodiscard]] std::string key() const;

  /// True for ends that a `transient` child may have without being restarted.
  [[nodiscard]] bool normal() const noexcept;
};

/// A cause that many records share: copied by handle, replaced as a whole, never written to.
/// Reads as the cause it holds; holds nothing: as `cause_kind::none`.
class shared_cause {
public:
  shared_cause() noexcept = default;
  explicit shared_cause(cause what) : held_(std::make_shared<const cause>(std::move(what))) {}
  shared_cause& operator=(cause what) { return *this = shared_cause(std::move(what)); }

  [[nodiscard]] const cause& operator*() const noexcept;
  [[nodiscard]] const cause* operator->() const noexcept;

private:
  std::shared_ptr<const cause> held_;
};

/// `why` with every text within its limit (`limits::cause_*`): causes come from programs and are
/// kept, published and sent on. What is cut off ends in `...`; a character is never cut in two.
/// @thread any (pure)
[[nodiscard]] cause bounded(cause why);

[[nodiscard]] std::string_view to_string(cause_kind kind) noexcept;

/// `SIGKILL` for 9; empty for numbers without a name. Linux numbering.
[[nodiscard]] std::string_view signal_name(std::int32_t number) noexcept;

} // namespace kraken::model
