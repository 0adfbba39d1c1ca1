<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop\Model;

use Kraken\Loop\LoopModelInterface;
use Kraken\Throwable\Exception\Runtime\OutOfBoundsException;

/**
 * @file Sleeps in select(2), which every PHP has; it takes descriptors below 1,024.
 */
final class SelectLoop implements LoopModelInterface
{
    private const NS_PER_US = 1_000;
    private const NS_PER_S = 1_000_000_000;

    public function now(): int
    {
        return \hrtime(true);
    }

    public function wait(array $read, array $write, ?int $nanoseconds): array
    {
        if ($read === [] && $write === []) {
            if ($nanoseconds !== null && $nanoseconds > 0) {
                \time_nanosleep(
                    \intdiv($nanoseconds, self::NS_PER_S),
                    $nanoseconds % self::NS_PER_S
                );
            }
            return [[], []];
        }
        $seconds = $microseconds = null;
        if ($nanoseconds !== null) {
            $seconds = \intdiv($nanoseconds, self::NS_PER_S);
            // Upwards: a timer that is a little early would be waited for again.
            $rest = $nanoseconds % self::NS_PER_S + self::NS_PER_US - 1;
            $microseconds = \intdiv($rest, self::NS_PER_US);
        }
        $except = null;
        if (@\stream_select($read, $write, $except, $seconds, $microseconds) === false) {
            $this->refuseTooMany();
            return [[], []]; // a signal
        }
        return [$read, $write];
    }

    /** What select(2) cannot watch would make the loop spin. */
    private function refuseTooMany(): void
    {
        $error = \error_get_last();
        if ($error !== null && \str_contains($error['message'], 'FD_SETSIZE')) {
            \error_clear_last();
            throw new OutOfBoundsException(
                'More descriptors are open than select() can watch (1,024): ' . $error['message']
            );
        }
    }
}
