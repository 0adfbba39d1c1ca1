<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop\Timer;

use Kraken\Loop\LoopInterface;

/**
 * @file A timer as its owner sees it.
 */
interface TimerInterface
{
    public function getLoop(): LoopInterface;

    /** Seconds. */
    public function getInterval(): float;

    public function getCallback(): callable;

    /** Anything of the owner's, kept with the timer. */
    public function getData(): mixed;

    public function setData(mixed $data): void;

    public function isPeriodic(): bool;

    public function isActive(): bool;

    public function cancel(): void;
}
