// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of the room's types for those who only pass them on.
#pragma once

namespace kraken::net {
class batch_task;
class deadline;
class event_loop;
class exchange;
class listener;
class stream;
class timer_wheel;
class watcher;
} // namespace kraken::net
