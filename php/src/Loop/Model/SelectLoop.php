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
    private const SPEAKS = 'stream_select(): ';

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
        [$ready, $complaint] = self::select($read, $write, $seconds, $microseconds);
        if ($ready !== null) {
            return $ready;
        }
        if (\str_contains($complaint, 'FD_SETSIZE')) {
            // What select(2) cannot watch would make the loop spin.
            throw new OutOfBoundsException(
                'More descriptors are open than select() can watch (1,024): ' . $complaint
            );
        }
        return [[], []]; // a signal
    }

    /**
     * Hears itself what PHP says of it: a handler of the application would take it, or throw it.
     *
     * @return array{?array{array<mixed>, array<mixed>}, string} what is ready, or what PHP said
     */
    private static function select(
        array $read,
        array $write,
        ?int $seconds,
        ?int $microseconds
    ): array {
        $complaint = '';
        $before = null;
        $hear = static function (int $level, string $text, mixed ...$where) use (
            &$complaint,
            &$before
        ): bool {
            if (\str_starts_with($text, self::SPEAKS)) {
                $complaint .= $text;
                return true;
            }
            // Of a signal's handler, which may run before this one is taken away.
            return $before !== null && $before($level, $text, ...$where) !== false;
        };
        $before = \set_error_handler($hear);
        try {
            $except = null;
            $n = \stream_select($read, $write, $except, $seconds, $microseconds);
        } finally {
            \restore_error_handler();
        }
        return [$n === false ? null : [$read, $write], $complaint];
    }
}
