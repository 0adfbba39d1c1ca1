<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop;

use Kraken\Loop\Model\SelectLoop;
use Kraken\Loop\Timer\Timer;
use Kraken\Loop\Timer\TimerInterface;
use Kraken\Loop\Timer\TimerQueue;
use Kraken\Throwable\Exception\Logic\IllegalCallException;

/**
 * @file The event loop: callbacks, timers and streams, one after the other, asleep in between.
 *
 * It keeps what is registered whatever a callback throws, and takes everything out of its lists
 * before it calls it; that is why start() may simply be called again.
 */
final class Loop implements LoopExtendedInterface
{
    private const NS_PER_S = 1_000_000_000;
    /** A timer of no time at all would keep the loop from ever looking at its streams. */
    private const INTERVAL_NS_MIN = 1_000;
    /** A century: what is meant never to come, INF too, must not become a number that has passed. */
    private const INTERVAL_NS_MAX = 36_525 * 86_400 * self::NS_PER_S;

    private readonly LoopModelInterface $model;
    private readonly TimerQueue $timers;
    private bool $running = false;
    private bool $inRound = false;
    /** @var array<int, resource> */
    private array $readable = [];
    /** @var array<int, resource> */
    private array $writable = [];
    /** @var array<int, callable> */
    private array $onReadable = [];
    /** @var array<int, callable> */
    private array $onWritable = [];
    /** @var \SplQueue<callable> */
    private readonly \SplQueue $first;
    /** @var \SplQueue<callable> */
    private readonly \SplQueue $next;
    /** @var \SplQueue<callable> */
    private readonly \SplQueue $starting;
    /** @var \SplQueue<callable> */
    private readonly \SplQueue $stopping;

    public function __construct(?LoopModelInterface $model = null)
    {
        $this->model = $model ?? new SelectLoop();
        $this->timers = new TimerQueue();
        $this->first = new \SplQueue();
        $this->next = new \SplQueue();
        $this->starting = new \SplQueue();
        $this->stopping = new \SplQueue();
    }

    public function getModel(): LoopModelInterface
    {
        return $this->model;
    }

    public function isRunning(): bool
    {
        return $this->running;
    }

    public function addReadStream($stream, callable $listener): void
    {
        $id = \get_resource_id($stream);
        $this->readable[$id] = $stream;
        $this->onReadable[$id] = $listener;
    }

    public function addWriteStream($stream, callable $listener): void
    {
        $id = \get_resource_id($stream);
        $this->writable[$id] = $stream;
        $this->onWritable[$id] = $listener;
    }

    public function removeReadStream($stream): void
    {
        $id = \get_resource_id($stream);
        unset($this->readable[$id], $this->onReadable[$id]);
    }

    public function removeWriteStream($stream): void
    {
        $id = \get_resource_id($stream);
        unset($this->writable[$id], $this->onWritable[$id]);
    }

    public function removeStream($stream): void
    {
        $this->removeReadStream($stream);
        $this->removeWriteStream($stream);
    }

    public function addTimer(float $interval, callable $callback): TimerInterface
    {
        return $this->addTimerOf($interval, $callback, false);
    }

    public function addPeriodicTimer(float $interval, callable $callback): TimerInterface
    {
        return $this->addTimerOf($interval, $callback, true);
    }

    public function cancelTimer(TimerInterface $timer): void
    {
        $this->timers->cancel($timer);
    }

    public function isTimerActive(TimerInterface $timer): bool
    {
        return $this->timers->has($timer);
    }

    public function onStart(callable $listener): void
    {
        $this->starting->enqueue($listener);
    }

    public function onStop(callable $listener): void
    {
        $this->stopping->enqueue($listener);
    }

    public function onTick(callable $listener): void
    {
        $this->next->enqueue($listener);
    }

    public function onBeforeTick(callable $listener): void
    {
        $this->first->enqueue($listener);
    }

    public function onAfterTick(callable $listener): void
    {
        $this->next->enqueue($listener);
    }

    public function tick(): void
    {
        $this->refuseNested();
        $was = $this->running;
        $this->running = true;
        try {
            $this->round(false);
        } finally {
            $this->running = $was && $this->running;
        }
    }

    public function start(): void
    {
        $this->refuseNested();
        $this->running = true;
        try {
            $this->call($this->starting);
            while ($this->running && $this->hasWork()) {
                $this->round(true);
            }
        } finally {
            $this->running = false;
        }
        while (!$this->stopping->isEmpty()) {
            ($this->stopping->dequeue())();
        }
    }

    public function stop(): void
    {
        $this->running = false;
    }

    /** Whether callbacks wait for the next round. */
    public function isBusy(): bool
    {
        return !$this->first->isEmpty() || !$this->next->isEmpty();
    }

    /** Nanoseconds of the model's clock at which the next timer is due; null without one. */
    public function nextTimer(): ?int
    {
        return $this->timers->next();
    }

    private function addTimerOf(
        float $interval,
        callable $callback,
        bool $periodic
    ): TimerInterface {
        $timer = new Timer($this, $interval, $callback(...), $periodic);
        $this->timers->set($timer, $this->model->now() + self::ns($interval));
        return $timer;
    }

    private static function ns(float $seconds): int
    {
        return $seconds * self::NS_PER_S < self::INTERVAL_NS_MAX
            ? \max(self::INTERVAL_NS_MIN, (int) ($seconds * self::NS_PER_S))
            : self::INTERVAL_NS_MAX;
    }

    private function refuseNested(): void
    {
        if ($this->inRound) {
            throw new IllegalCallException('The loop runs already: a callback cannot run it.');
        }
    }

    private function hasWork(): bool
    {
        return $this->readable !== [] || $this->writable !== [] || !$this->first->isEmpty()
            || !$this->next->isEmpty() || $this->timers->next() !== null;
    }

    private function round(bool $mayWait): void
    {
        $this->inRound = true;
        try {
            $this->call($this->first);
            $this->call($this->next);
            $this->callTimers();
            if ($this->running) {
                $this->callStreams($mayWait);
            }
        } finally {
            $this->inRound = false;
        }
    }

    /**
     * Calls what is in a queue now; what is added meanwhile waits for the next round.
     *
     * @param \SplQueue<callable> $queue
     */
    private function call(\SplQueue $queue): void
    {
        for ($left = $queue->count(); $left > 0 && $this->running; --$left) {
            ($queue->dequeue())($this);
        }
    }

    private function callTimers(): void
    {
        $due = $this->timers->next();
        if ($due === null) {
            return;
        }
        $now = $this->model->now();
        $last = $this->timers->number();
        while ($this->running && ($taken = $this->timers->take($now, $last)) !== null) {
            [$due, $timer] = $taken;
            if ($timer->isPeriodic()) {
                // Before the call: whatever it does or throws, the timer is still there.
                $step = self::ns($timer->getInterval());
                $this->timers->set($timer, $due + $step > $now ? $due + $step : $now + $step);
            }
            ($timer->getCallback())($timer);
        }
    }

    private function callStreams(bool $mayWait): void
    {
        if ($this->readable === [] && $this->writable === [] && !$mayWait) {
            return;
        }
        try {
            [$readable, $writable] = $this->model->wait(
                $this->readable,
                $this->writable,
                $mayWait ? $this->patience() : 0
            );
        } catch (\TypeError | \ValueError $e) {
            $this->forgetClosed($e);
            return;
        }
        foreach ($readable as $id => $stream) {
            // Looked up now: an earlier callback may have removed or replaced it.
            $listener = $this->onReadable[$id] ?? null;
            if ($listener !== null && $this->running) {
                $listener($stream, $this);
            }
        }
        foreach ($writable as $id => $stream) {
            $listener = $this->onWritable[$id] ?? null;
            if ($listener !== null && $this->running) {
                $listener($stream, $this);
            }
        }
    }

    /** A stream that was closed but not removed would stop the loop for ever. */
    private function forgetClosed(\Throwable $why): void
    {
        $before = \count($this->readable) + \count($this->writable);
        foreach ($this->readable + $this->writable as $stream) {
            if (!\is_resource($stream)) {
                $this->removeStream($stream);
            }
        }
        if (\count($this->readable) + \count($this->writable) === $before) {
            throw $why;
        }
    }

    /** Nanoseconds the loop may sleep; null without an end. */
    private function patience(): ?int
    {
        if ($this->isBusy()) {
            return 0;
        }
        $due = $this->timers->next();
        return $due === null ? null : \max(0, $due - $this->model->now());
    }
}
