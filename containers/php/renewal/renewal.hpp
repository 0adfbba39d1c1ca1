// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whose turn it is when the processes of a pool are replaced one after the other, what is done
/// with it, and what follows when it does not boot (docs/decisions/0040). Replaces nobody itself:
/// that is done in pool_renewal.cpp, which tells what became of it.
///
///                asked          one_ended     line_ended
///   resting      under_way      -             -
///   under_way    asked_again    under_way     resting
///   asked_again  asked_again    under_way     resting
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace kraken::containers {

/// How far it is. Its values are the rows of the table above.
enum class renewal_stage : std::uint8_t {
  resting,     ///< nobody stands in line
  under_way,   ///< the first in line is being replaced
  asked_again, ///< so it is, with what was before: it stands in line once more
};

/// What may happen to it.
enum class renewal_event : std::uint8_t {
  asked,      ///< somebody wants processes replaced
  one_ended,  ///< the first in line has been replaced, or not
  line_ended, ///< nobody is left, or nobody is to be
};

/// The table above; where it has `-`, nothing changes.
/// @thread any (pure)
[[nodiscard]] renewal_stage next(renewal_stage from, renewal_event on) noexcept;

/// Who is to be replaced.
enum class renewed : std::uint8_t {
  outdated, ///< those that are made with another definition than the one that counts
  all,      ///< those that are made with that one, too: their code is another, or they are worn
};

/// Who may be replaced, in the order of their turns: the template first, so that what follows is
/// forked from the new one. Whether a definition boots should not be asked of one that did not
/// before.
struct renewal_candidate {
  enum class rank : std::uint8_t { forks_others, serves, does_not_serve };

  std::string id;
  rank as = rank::serves;
};

/// What the pool knows of the one whose turn it is.
struct renewal_facts {
  enum class kind : std::uint8_t {
    worker,
    template_there,    ///< and wanted
    template_missing,  ///< but wanted
    template_unwanted, ///< but there
    no_template,       ///< nor wanted: it was when it was lined up
  };

  kind of = kind::worker;
  bool outdated = false; ///< made with another definition than the one that counts
  bool failed = false;   ///< it could not boot, or has crashed
  bool refused = false;  ///< a template that ended by itself: it would not fork
};

/// What is done with it.
enum class renewal_step : std::uint8_t {
  pass,    ///< nothing: it is as it should be
  make,    ///< a template that is not there
  remove,  ///< what is made from now on does not ask for it
  start,   ///< it does not run: it need not wait for its own next try
  recycle, ///< the next one boots before this one ends
};

/// What became of it.
struct renewal_end {
  enum class how : std::uint8_t {
    replaced,
    did_not_boot,
    not_there, ///< it is gone, or is not to run: nothing to replace
  };

  how ended = how::replaced;
  bool is_template = false;
  bool proven = false; ///< some worker has booted with the definition that counts
};

/// What follows from that.
enum class renewal_verdict : std::uint8_t {
  go_on,
  undo_and_go_on, ///< it goes on as it was made; it was asked for something else meanwhile
  undo_and_end,   ///< so do the others: they work
};

/// @thread its pool's
class renewal {
public:
  /// Somebody wants processes replaced: also those that a replacement under way has been at
  /// already, for it was with what was before. More than one wish is one that has the wider scope.
  /// @return true: it rested, and the first in line has its turn
  [[nodiscard]] bool ask(renewed which, std::vector<renewal_candidate> who);

  /// At the end of the line.
  void line_up(std::vector<renewal_candidate> who);

  /// @return null: nobody is left. Not to be kept across the calls below.
  [[nodiscard]] const std::string* first() const;

  /// The first in line has its turn.
  [[nodiscard]] renewal_step begin(const renewal_facts& about);

  /// What `begin` began has ended. It stays the first in line.
  [[nodiscard]] renewal_verdict judge(const renewal_end& end);

  void pass() { line_.pop_front(); }

  /// Nobody is replaced any more, whoever is left.
  void end();

  [[nodiscard]] bool rests() const noexcept { return stage_ == renewal_stage::resting; }

  [[nodiscard]] std::size_t left() const noexcept { return line_.size(); }

  /// The code that the processes are made from is another: what failed may boot now.
  void code_changed() noexcept { code_is_new_ = true; }

  [[nodiscard]] bool code_is_new() const noexcept { return code_is_new_; }

  /// Every process has it, or none is to have it.
  /// @return false: it was not new
  bool code_settled() noexcept;

  /// Somebody waits until all are replaced, or for `limits::renewal_patience`.
  void wait_for_all() noexcept { waits_for_one_ = false; }

  void wait_for_one() noexcept { waits_for_one_ = true; }

  /// Whoever waits need not any more: a worker that boots is enough by now.
  [[nodiscard]] bool is_enough(bool proven) const noexcept { return waits_for_one_ && proven; }

private:
  renewal_stage stage_ = renewal_stage::resting;
  renewed scope_ = renewed::outdated; ///< of all that was asked since it rested
  std::deque<std::string> line_;      ///< the first one is being replaced
  bool had_failed_ = false;           ///< the first one, before its turn
  bool code_is_new_ = false;          ///< and not every process has it
  bool waits_for_one_ = false;
};

} // namespace kraken::containers
