<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop\Timer;

/**
 * @file The timers of a loop by the time they are due; equal times in the order they were set.
 *
 * A cancelled timer leaves its entry behind, which is dropped when it comes up, or when more
 * entries are dead than alive: cancelling costs nothing and nothing piles up.
 */
final class TimerQueue
{
    private const SWEEP_FROM = 64;

    /** @var \SplMinHeap<array{int, int, TimerInterface}> due, number, timer */
    private \SplMinHeap $heap;
    /** @var array<int, int> object id of an active timer to the number of its entry */
    private array $active = [];
    private int $number = 0;

    public function __construct()
    {
        $this->heap = new \SplMinHeap();
    }

    /** @param int $due nanoseconds */
    public function set(TimerInterface $timer, int $due): void
    {
        $this->active[\spl_object_id($timer)] = ++$this->number;
        $this->heap->insert([$due, $this->number, $timer]);
    }

    public function cancel(TimerInterface $timer): void
    {
        unset($this->active[\spl_object_id($timer)]);
        $size = $this->heap->count();
        if ($size > self::SWEEP_FROM && $size > 2 * \count($this->active)) {
            $this->sweep();
        }
    }

    public function has(TimerInterface $timer): bool
    {
        return isset($this->active[\spl_object_id($timer)]);
    }

    /** Nanoseconds at which the next timer is due; null without one. */
    public function next(): ?int
    {
        while (!$this->heap->isEmpty()) {
            $top = $this->heap->top();
            if ($this->isLive($top)) {
                return $top[0];
            }
            $this->heap->extract();
        }
        return null;
    }

    /**
     * Takes out the next timer that was due at $now and set before the entry $last.
     *
     * @param int $last what number() said when the round began, so that a timer set in it waits
     * @return ?array{int, TimerInterface} when it was due, and the timer
     */
    public function take(int $now, int $last): ?array
    {
        $due = $this->next();
        if ($due === null || $due > $now || $this->heap->top()[1] > $last) {
            return null;
        }
        [, , $timer] = $this->heap->extract();
        unset($this->active[\spl_object_id($timer)]);
        return [$due, $timer];
    }

    /** The number of the entry made last. */
    public function number(): int
    {
        return $this->number;
    }

    /** @param array{int, int, TimerInterface} $entry */
    private function isLive(array $entry): bool
    {
        return ($this->active[\spl_object_id($entry[2])] ?? null) === $entry[1];
    }

    private function sweep(): void
    {
        $live = new \SplMinHeap();
        foreach ($this->heap as $entry) {
            if ($this->isLive($entry)) {
                $live->insert($entry);
            }
        }
        $this->heap = $live;
    }
}
