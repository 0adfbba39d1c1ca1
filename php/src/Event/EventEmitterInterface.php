<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Event;

/**
 * @file Named events and those who listen to them.
 */
interface EventEmitterInterface
{
    public const EVENTS_FORWARD = 0;
    /** Own listeners are not called. */
    public const EVENTS_DISCARD_INCOMING = 1;
    /** Other emitters are not told. */
    public const EVENTS_DISCARD_OUTCOMING = 2;
    public const EVENTS_DISCARD = 3;

    public function setMode(int $emitterMode): void;

    public function getMode(): int;

    /** Calls the listener at each such event. */
    public function on(string $event, callable $listener): EventListener;

    /** Calls it at the next one only. */
    public function once(string $event, callable $listener): EventListener;

    /** Calls it at the next $limit ones; 0: at all. */
    public function times(string $event, int $limit, callable $listener): EventListener;

    /** Calls it from the $ticks-th event on. */
    public function delay(string $event, int $ticks, callable $listener): EventListener;

    /** Calls it at the $ticks-th event only. */
    public function delayOnce(string $event, int $ticks, callable $listener): EventListener;

    /** Calls it at $limit events, from the $ticks-th on. */
    public function delayTimes(
        string $event,
        int $ticks,
        int $limit,
        callable $listener
    ): EventListener;

    public function removeListener(string $event, callable $listener): void;

    public function removeListeners(string $event): void;

    public function flushListeners(): void;

    /** The key of a listener, null if it does not listen. */
    public function findListener(string $event, callable $listener): ?int;

    /**
     * Calls who listens, in the order in which they came. What one throws comes out of here.
     *
     * @param array<mixed> $arguments
     */
    public function emit(string $event, array $arguments = []): void;

    /** Emits the event on another emitter too. */
    public function copyEvent(EventEmitterInterface $emitter, string $event): EventListener;

    /**
     * @param string|list<string> $events
     * @return list<EventListener>
     */
    public function copyEvents(EventEmitterInterface $emitter, string|array $events): array;

    /** Emits every event on another emitter too. */
    public function forwardEvents(EventEmitterInterface $emitter): EventEmitterInterface;

    public function discardEvents(EventEmitterInterface $emitter): EventEmitterInterface;
}
