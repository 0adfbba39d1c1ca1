<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop;

use Kraken\Loop\Timer\TimerInterface;

/**
 * @file What an application may ask of the event loop. Times are seconds of a clock that never
 * jumps.
 */
interface LoopInterface
{
    public function isRunning(): bool;

    /**
     * Calls the listener whenever the stream can be read or has ended: `fn($stream, $loop)`. One
     * listener per stream; a second one replaces the first.
     *
     * @param resource $stream
     */
    public function addReadStream($stream, callable $listener): void;

    /**
     * Calls the listener whenever the stream takes bytes: `fn($stream, $loop)`.
     *
     * @param resource $stream
     */
    public function addWriteStream($stream, callable $listener): void;

    /** @param resource $stream */
    public function removeReadStream($stream): void;

    /** @param resource $stream */
    public function removeWriteStream($stream): void;

    /** @param resource $stream */
    public function removeStream($stream): void;

    /** Calls `fn($timer)` once, so many seconds from now. */
    public function addTimer(float $interval, callable $callback): TimerInterface;

    /**
     * Calls `fn($timer)` again and again until it is cancelled, also after calls that threw. Calls
     * that come too late to matter are left out, not made up for.
     */
    public function addPeriodicTimer(float $interval, callable $callback): TimerInterface;

    public function cancelTimer(TimerInterface $timer): void;

    public function isTimerActive(TimerInterface $timer): bool;

    /** Calls the listener once, when the loop starts next. */
    public function onStart(callable $listener): void;

    /** Calls the listener once, when the loop has stopped. */
    public function onStop(callable $listener): void;

    /** Calls the listener once, as soon as the callbacks already waiting have run. */
    public function onTick(callable $listener): void;

    /** As onTick(), before those given to onTick(). */
    public function onBeforeTick(callable $listener): void;

    /** The same as onTick(). */
    public function onAfterTick(callable $listener): void;
}
