<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop;

/**
 * @file The clock and the one place where a loop sleeps; tests have one whose time is made up.
 */
interface LoopModelInterface
{
    /** Nanoseconds of a clock that never jumps. */
    public function now(): int;

    /**
     * Sleeps until a stream is ready or the time is over.
     *
     * @param array<int, resource> $read
     * @param array<int, resource> $write
     * @param ?int $nanoseconds null: until a stream is ready
     * @return array{array<int, resource>, array<int, resource>} the ready ones, under their keys
     */
    public function wait(array $read, array $write, ?int $nanoseconds): array;
}
