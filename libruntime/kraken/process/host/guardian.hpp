// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A second process above the daemon: whatever way the daemon ends, the kernel re-parents all that
/// it leaves behind to its guardian, which ends it (docs/decisions/0010-guardian.md). Restarts
/// nothing.
#pragma once

#include "kraken/base/pidfd.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"

#include <cstdint>
#include <functional>

namespace kraken::process {

/// Whether somebody else ends what this process leaves behind: the kernel, for the first process of
/// a container, or systemd, for the main process of a unit (SYSTEMD_EXEC_PID, NOTIFY_SOCKET).
/// @thread the main one, before it starts others
[[nodiscard]] bool has_guardian();

/// What `end_all_children` found. The kernel ends the daemon's own children with it, often before
/// anybody can look: those are among the `fallen` only.
struct bereaved {
  std::uint32_t fallen = 0; ///< all there were, and those that fell to this process meanwhile
  std::uint32_t killed = 0; ///< of these, alive until then
};

/// Told in the guardian when the daemon has ended: how, and what it left, which has been ended.
using epitaph = std::function<void(const exit_status& how, const bereaved& left)>;

/// Forks. The parent is the guardian and never returns: it passes signals on, and when the daemon
/// has ended it ends what is left and then itself, in the daemon's way. The child returns and is
/// the daemon, in a process group of its own: a signal to the terminal's or shell's group reaches
/// it once, through its guardian.
/// @return readable once the guardian is gone; then nobody would look after the daemon
/// @error  errc::system_error, errc::limit_exceeded
/// @thread the only one of this process
[[nodiscard]] result<pidfd> enter_guarded(const epitaph& at_end);

/// Kills and reaps every child of this process, and those that fall to it thereby, until there is
/// none. A process in uninterruptible sleep is waited for no longer than `within`.
/// @return what there was; each once, ended or not
/// @thread one for which no other thread starts children; may block
bereaved end_all_children(milliseconds within);

} // namespace kraken::process
