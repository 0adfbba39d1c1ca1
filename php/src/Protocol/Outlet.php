<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

/**
 * @file Where frames leave when an event loop owns the connection.
 */
interface Outlet
{
    /** @return bool false when the daemon is gone */
    public function send(string $bytes): bool;

    /**
     * Sends what it has collected, as far as that takes no waiting.
     *
     * @return bool whether all has left
     */
    public function flush(): bool;

    /** Waits until everything sent has left, or the daemon is gone. */
    public function drain(): void;
}
