// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One change of the running topology, all of it or nothing: the commands of its plan, one after
/// the other, each awaited until what it concerns is ready; when one fails, back to what was.
/// Knows no tree: commands go through a function.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

/// How a change ended.
struct change_outcome {
  /// @error errc::start_failed naming the container and the reason, whether everything is as it
  ///        was before, and how to have a container that the daemon's own start would bear
  result<void> done;
  model::child_spec now; ///< the definitions in force: the new ones, the old ones, or between
};

/// Lives until it has called back.
/// @thread one, that of the answers
class topology_change : public std::enable_shared_from_this<topology_change> {
public:
  using executor = std::function<void(model::command, model::reply_callback)>;
  using callback = std::function<void(change_outcome)>;
  using question = std::function<bool(std::string_view path)>;
  using memory = std::function<std::vector<model::command>(std::string_view path)>;

  /// Begins; `done` is called once, at once when nothing differs.
  ///
  /// A container created at run time that the new topology names is taken over: as it is when it
  /// has the same definition, replaced otherwise. Those it does not name are left alone; they are
  /// made anew after a parent that is, be it another container now or back again.
  /// @param rests whether the container at a path runs nothing. Such a one is told its new
  ///        definition first: perhaps an ordered start is waiting for one before it, and what the
  ///        change does to that lets it start. The change does not wait for its start.
  /// @param made  what commands have made below a container: how to make it anew, parents first.
  ///        Asked before that container is destroyed.
  static void begin(model::child_spec from,
                    const model::child_spec& to,
                    executor execute,
                    question rests,
                    memory made,
                    callback done);

  topology_change(model::child_spec from,
                  const model::child_spec& to,
                  executor execute,
                  question rests,
                  memory made,
                  callback done);

private:
  enum class direction : std::uint8_t { forward, back };

  void plan(const model::child_spec& to);
  void next();
  void send(model::command what);
  void answered(const model::command& what, const result<model::reply>& answer);
  void turn_back(const model::command& what, const error& why);
  void keep_in_mind(const std::string& path);
  void make_anew_below(const model::command& created);
  void made_anew(const model::command& what, const result<model::reply>& answer);
  void finish();

  model::child_spec before_;
  model::child_spec now_;
  executor execute_;
  question rests_;
  memory made_;
  callback done_;
  direction way_ = direction::forward;
  std::vector<model::command> commands_;
  std::size_t next_ = 0;
  /// What commands had made below containers that were destroyed, by the path of those.
  std::map<std::string, std::vector<model::command>> lost_;
  std::deque<model::command> anew_;  ///< of that, what comes next
  std::vector<std::string> back_;    ///< of that, what is there again on the way back
  std::string failure_;              ///< why it was turned back; empty: it was not
  std::string way_on_;               ///< how to have what failed all the same; empty: no other way
  std::vector<std::string> undoing_; ///< what went wrong on the way back
};

} // namespace kraken::containers
