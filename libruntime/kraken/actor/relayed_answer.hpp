// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The duty to answer a request in the hands of a thread that is not the target's shard: what it
/// is given there travels to the shard. Decides nothing about answers.
#pragma once

#include "kraken/actor/answer.hpp"
#include "kraken/base/executor.hpp"

#include <functional>

namespace kraken::actor {

/// Runs work on the other thread; drops it when that thread is gone.
/// @thread any
using other_thread = std::function<void(std::function<void()>)>;

/// @param duty  of the shard; empty gives an empty one
/// @param shard its thread; outlives the result
/// @param there where `answerer::when_cancelled` calls its work
/// @return a duty for the other thread alone
/// @thread the shard
[[nodiscard]] answerer relay(answerer duty, executor& shard, other_thread there);

/// The duty back from the other thread, which has to be done with it.
/// @param relayed of `relay`; it is empty afterwards
/// @return the duty that was relayed, or what is left of it
/// @thread the shard
[[nodiscard]] answerer take_back(answerer&& relayed) noexcept;

} // namespace kraken::actor
