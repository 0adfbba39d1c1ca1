<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Support;

use Kraken\Loop\LoopModelInterface;

/**
 * @file A clock that moves only when the loop sleeps: hours of timers pass in no time.
 */
final class MadeUpTime implements LoopModelInterface
{
    /** Nanoseconds. */
    public int $now = 0;
    /** @var list<?int> how long the loop wanted to sleep, in milliseconds */
    public array $slept = [];
    /** @var list<\Closure(): array<int, resource>> what is readable after each sleep */
    public array $arrivals = [];

    public function now(): int
    {
        return $this->now;
    }

    public function wait(array $read, array $write, ?int $nanoseconds): array
    {
        $this->slept[] = $nanoseconds === null ? null : \intdiv($nanoseconds, 1_000_000);
        $this->now += $nanoseconds ?? 0;
        $arrived = \array_shift($this->arrivals);
        return [$arrived === null ? [] : $arrived(), $write];
    }

    public function seconds(): float
    {
        return $this->now / 1e9;
    }
}
