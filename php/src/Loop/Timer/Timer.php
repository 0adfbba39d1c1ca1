<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop\Timer;

use Kraken\Loop\LoopInterface;

/**
 * @file One timer of a loop.
 */
final class Timer implements TimerInterface
{
    private mixed $data = null;

    /** @param \Closure(self): mixed $callback */
    public function __construct(
        private readonly LoopInterface $loop,
        private readonly float $interval,
        private readonly \Closure $callback,
        private readonly bool $periodic
    ) {
    }

    public function getLoop(): LoopInterface
    {
        return $this->loop;
    }

    public function getInterval(): float
    {
        return $this->interval;
    }

    public function getCallback(): callable
    {
        return $this->callback;
    }

    public function getData(): mixed
    {
        return $this->data;
    }

    public function setData(mixed $data): void
    {
        $this->data = $data;
    }

    public function isPeriodic(): bool
    {
        return $this->periodic;
    }

    public function isActive(): bool
    {
        return $this->loop->isTimerActive($this);
    }

    public function cancel(): void
    {
        $this->loop->cancelTimer($this);
    }
}
