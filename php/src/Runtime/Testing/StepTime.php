<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Testing;

use Kraken\Loop\LoopModelInterface;

/**
 * @file The clock of a step runtime: it moves when the test says so, and nothing ever sleeps.
 */
final class StepTime implements LoopModelInterface
{
    /** Nanoseconds. */
    public int $now = 0;

    public function now(): int
    {
        return $this->now;
    }

    public function wait(array $read, array $write, ?int $nanoseconds): array
    {
        if ($read !== [] || $write !== []) {
            $except = null;
            if ((int) @\stream_select($read, $write, $except, 0) > 0) {
                return [$read, $write];
            }
        }
        return [[], []];
    }
}
