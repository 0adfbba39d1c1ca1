// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where a template stops booting and its workers begin, and the hooks of a worker's beginning.
#pragma once

#include "carrier.hpp"

struct _zval_struct; // PHP's own name

namespace kraken::php {

/// In a template that has a request of its own left (docs/decisions/0038).
[[nodiscard]] bool rehearses(const carrier& serving) noexcept;

/// Begins the next of them and tells the daemon, which bounds its time.
void rehearse_next(carrier& serving);

/// After such a request. An answer that is no success is a warning, once for each; a handler after
/// which a worker would be replaced ends this process: nobody is forked from what it has left.
void judge_rehearsal(carrier& serving);

/// Waits for orders and forks; in a process that is no template nothing happens.
/// Returns in a worker only: joined to the daemon, with randomness and environment of its own. The
/// template itself ends here, without running anything of the script.
void become_worker(carrier& serving);

/// `become_worker` in a template whose script boots, then the hooks, once.
/// @return false: a hook has thrown
[[nodiscard]] bool begin_work(carrier& serving);

/// In a worker that was made ahead: its template may make the next one. Called before it rests for
/// the first time, and before or after what may take long; not at birth, because a fork beside it
/// would take its processor, or that of whoever waits for its first answer. Nothing happens the
/// second time.
void ask_for_another(carrier& serving);

/// Has `hook` called when a worker begins; at once in one that has begun.
void on_fork(carrier& serving, _zval_struct* hook);

} // namespace kraken::php
