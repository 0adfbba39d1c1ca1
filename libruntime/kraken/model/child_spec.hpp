// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a parent knows about a child before it exists: OTP's child specification plus
/// readiness, probes, backoff and mailbox. Plain data with the defaults in one place.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/identity.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kraken::model {

/// When an ended child is started again. OTP's meaning exactly.
enum class restart_type : std::uint8_t { permanent, transient, temporary };

/// Which siblings a failure concerns.
enum class strategy : std::uint8_t { one_for_one, one_for_all, rest_for_one };

/// When the end of significant children ends the supervisor. OTP's meaning exactly.
enum class auto_shutdown : std::uint8_t { never, any_significant, all_significant };

/// What a supervisor does when the restart budget is spent.
enum class give_up : std::uint8_t {
  escalate, ///< its failure becomes the supervisor's own
  park,     ///< no restart until an operator acts; the siblings live on
  retry,    ///< never gives up: restarts go on, each after its delay (`patient_delay`)
};

/// How a supervisor starts its children: each ready, or at least open for work, before the next
/// (OTP), or all at once (the workers of a pool), without waiting for them to become ready itself.
enum class start_order : std::uint8_t { ordered, parallel };

/// What a full mailbox does with one more message.
enum class overflow : std::uint8_t { reject, drop_newest, drop_oldest, block };

/// How long an orderly end may take before the incarnation is killed.
struct shutdown_spec {
  enum class mode : std::uint8_t { within, infinity, brutal_kill };

  mode how = mode::within;
  milliseconds time = seconds{5}; ///< for `within`

  friend bool operator==(const shutdown_spec&, const shutdown_spec&) = default;
};

/// How an incarnation shows that it serves.
struct ready_spec {
  enum class mode : std::uint8_t { kind_default, message, fd, tcp, http, exec, alive_for };

  static constexpr int fd_min = 3; ///< of `fd`
  static constexpr int fd_max = 1023;

  mode how = mode::kind_default;
  std::string target;                ///< `host:port`, `/path`, or a command line
  milliseconds within = seconds{60}; ///< start timeout
  milliseconds alive_for{0};         ///< for `alive_for`

  friend bool operator==(const ready_spec&, const ready_spec&) = default;
};

/// `http http://127.0.0.1:80/`, `alive_for 5s`, or `by itself` where the kind decides.
[[nodiscard]] std::string to_string(const ready_spec& value);

/// How a serving incarnation shows that it still serves.
struct alive_spec {
  enum class mode : std::uint8_t { none, heartbeat, http, exec };

  mode how = mode::none;
  std::string target;
  milliseconds every{0};
  milliseconds timeout = seconds{1}; ///< of one look; a heartbeat may be late by this
  std::uint32_t failures = 3;        ///< looks in a row that fail before the container does

  friend bool operator==(const alive_spec&, const alive_spec&) = default;
};

/// Delay before restarts: the first is immediate, then `min`, growing by `factor` to `max`.
struct backoff_spec {
  milliseconds min{100};
  milliseconds max = seconds{30};
  double factor = 2.0;
  std::uint32_t jitter_percent = 20; ///< +-; 0..100

  friend bool operator==(const backoff_spec&, const backoff_spec&) = default;
};

/// How a container supervises its children.
struct supervise_spec {
  strategy how = strategy::one_for_one;
  std::uint32_t intensity = 5; ///< restarts allowed within `period`; exceeded when more
  milliseconds period = seconds{10};
  auto_shutdown ends = auto_shutdown::never;
  start_order start = start_order::ordered;

  friend bool operator==(const supervise_spec&, const supervise_spec&) = default;
};

struct mailbox_spec {
  std::uint32_t capacity = limits::mailbox_default;
  overflow policy = overflow::reject;

  friend bool operator==(const mailbox_spec&, const mailbox_spec&) = default;
};

/// One rule of a local supervisor: what matches, and the solvers to run in order.
/// `match` is an exception class (or parent, or interface), a cause key of cause.hpp
/// (`exit:255`, `signal:*`, `oom` ...) or `*`.
struct local_rule {
  std::string match;
  std::vector<std::string> solvers; ///< names of solvers.hpp: `continue`, `RuntimeRecreate` ...

  friend bool operator==(const local_rule&, const local_rule&) = default;
};

/// How long and how often a solver of a local rule is tried. Kraken's names and defaults.
struct solve_params {
  milliseconds timeout = seconds{4};          ///< of one try; more than 0
  std::uint32_t retries_limit = 10;           ///< tries of one solver; at least 1
  milliseconds retries_interval = seconds{2}; ///< between two tries

  friend bool operator==(const solve_params&, const solve_params&) = default;
};

/// Options that belong to one kind; its own folder defines the type.
class kind_options {
public:
  virtual ~kind_options() = default;

  /// Canonical text of every value; equal text means equal options. Used by the diff.
  [[nodiscard]] virtual std::string fingerprint() const = 0;

  /// True when a running incarnation can take over `to` without a restart (pool sizes ...).
  /// @param to options of the same kind
  [[nodiscard]] virtual bool live_change(const kind_options& to) const;

  /// True when it can take over another `name`, `start` or `args` as well.
  [[nodiscard]] virtual bool live_start() const;

  /// True when a successor with `to` is tried beside the running incarnation and has all that
  /// serves by then: nothing is lost by trying.
  [[nodiscard]] virtual bool adds(const kind_options& to) const;

  /// True when one with these and one with `other`, under two names, cannot serve at a time.
  /// @param other options of the same kind, with the same `name`, `start` and `args`: unless the
  ///              kind knows better, one program twice wants the same port or file twice
  [[nodiscard]] virtual bool excludes(const kind_options& other) const;

  /// Whom they name for its process; nobody, unless the kind has one.
  [[nodiscard]] virtual identity runs_as() const;

protected:
  kind_options() = default;
  kind_options(const kind_options&) = default;
  kind_options& operator=(const kind_options&) = default;
};

/// A child as its parent's supervisor knows it.
struct child_spec {
  std::string id;                 ///< last segment of its alias
  std::string kind;               ///< registered kind: `process`, `pool`, `http` ...
  std::string name;               ///< registered class (Kraken's *name*); may be empty
  std::vector<std::string> start; ///< program and arguments, or class name and arguments
  std::map<std::string, std::string> args;

  restart_type restart = restart_type::permanent;
  bool significant = false;
  bool autostart = true;
  shutdown_spec shutdown{};
  ready_spec ready{};
  alive_spec alive{};
  backoff_spec backoff{};
  give_up on_give_up = give_up::escalate;
  supervise_spec supervise{};
  mailbox_spec mailbox{};
  std::int32_t shard = -1; ///< pinned to this shard; -1: placed by the tree
  std::vector<local_rule> local;
  solve_params local_params{};

  std::shared_ptr<const kind_options> options; ///< may be null
  std::vector<child_spec> children;

  /// Of a container made at run time: neither it nor what it makes runs as another. Null: whom its
  /// options say. Says who made it, not what it is: no part of `same_definition`.
  std::shared_ptr<const identity> bounds;
};

/// Whom a container that an operator makes runs as, if its definition names nobody.
enum class nameless : std::uint8_t { as_daemon, as_parent };

/// The bounds of a child made at run time: the rights of the container that asked for it, or else
/// the bounds of its parent, or, `as_parent`, the user that its parent names.
/// @param asker null: no container asked, or the parent itself
/// @return null: there are none
/// @thread any (pure)
[[nodiscard]] std::shared_ptr<const identity> bounds_of_child(const child_spec& parent,
                                                              const child_spec& child,
                                                              std::shared_ptr<const identity> asker,
                                                              nameless unnamed);

/// The definition, and all below it, with these bounds.
/// @param bounds not null
/// @error errc::permission_denied it names another user or group
/// @thread any (pure)
[[nodiscard]] result<child_spec> held_to(const std::shared_ptr<const identity>& bounds,
                                         child_spec child);

/// Checks one spec for what can be wrong in it alone (empty id, bad characters, significant
/// with permanent, factor < 1, min > max ...), as OTP's check_childspecs does.
/// @return nothing, or the first fault with the field's name
[[nodiscard]] result<void> check(const child_spec& spec);

/// Checks what can be wrong in a spec only in its place: OTP refuses a significant child whose
/// supervisor never shuts down for it.
/// @return nothing, or the fault with the child's field
[[nodiscard]] result<void> check_place(const supervise_spec& parent, const child_spec& child);

/// Equality of everything but the children; used by the topology diff.
[[nodiscard]] bool same_definition(const child_spec& a, const child_spec& b);

/// True when `to` is another container under the same alias: its kind, mailbox or shard differ,
/// which are fixed when a container is created.
/// @param to same id
[[nodiscard]] bool needs_new_container(const child_spec& from, const child_spec& to);

/// True when what runs cannot take over `to`: a new container is needed, or its program, arguments
/// or an option that is not live differ. Supervision fields never need a restart.
/// @param to same id
[[nodiscard]] bool needs_restart(const child_spec& from, const child_spec& to);

[[nodiscard]] std::string_view to_string(restart_type value) noexcept;
[[nodiscard]] std::string_view to_string(strategy value) noexcept;
[[nodiscard]] std::string_view to_string(auto_shutdown value) noexcept;
[[nodiscard]] std::string_view to_string(give_up value) noexcept;
[[nodiscard]] std::string_view to_string(overflow value) noexcept;
[[nodiscard]] std::string_view to_string(start_order value) noexcept;

} // namespace kraken::model
