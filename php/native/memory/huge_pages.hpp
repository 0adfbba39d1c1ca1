// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Fewer and larger pages for memory that is about to be shared with many children: a fork copies
/// an entry for each page, the end of a process takes each apart. Knows nothing of PHP.
#pragma once

namespace kraken::php {

/// Has the kernel put what is nearly whole of this process's own memory into huge pages, whatever
/// the machine's setting for them. What it cannot do (Linux before 6.1, no memory in one piece)
/// stays as it is. A child that writes to such a page gets a copy of 4 KiB of it, as without.
/// @cost one copy of that memory
void join_pages();

} // namespace kraken::php
