<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

use Kraken\Core\CoreInterface;
use Kraken\Event\EventEmitterInterface;
use Kraken\Event\EventListener;
use Kraken\Loop\LoopInterface;
use Kraken\Promise\PromiseInterface;

/**
 * @file A container as its own code sees it.
 *
 * Hooks run in this order; in parentheses the state meanwhile.
 * Create: beforeCreate (2), create (1), afterCreate (1), then as start.
 * Start: beforeStart, start, afterStart (4).
 * Stop: beforeStop, stop, afterStop (8).
 * Destroy: as stop, then beforeDestroy, destroy (8), and one tick later afterDestroy (2).
 */
interface RuntimeContainerInterface extends RuntimeContextInterface, EventEmitterInterface
{
    public function getModel(): RuntimeModel;

    public function getManager(): RuntimeManagerInterface;

    public function getCore(): CoreInterface;

    public function getLoop(): LoopInterface;

    /** One of Runtime::STATE_*. */
    public function getState(): int;

    /** Identifies the failure it is in; null when it has not failed. */
    public function getHash(): ?string;

    public function onBeforeCreate(callable $callback): EventListener;

    public function onCreate(callable $callback): EventListener;

    public function onAfterCreate(callable $callback): EventListener;

    public function onBeforeDestroy(callable $callback): EventListener;

    public function onDestroy(callable $callback): EventListener;

    public function onAfterDestroy(callable $callback): EventListener;

    public function onBeforeStart(callable $callback): EventListener;

    public function onStart(callable $callback): EventListener;

    public function onAfterStart(callable $callback): EventListener;

    /** Hooks of stop and destroy get the reason: `stop`, `destroy`, `restart`, `recycle`, `end`. */
    public function onBeforeStop(callable $callback): EventListener;

    public function onStop(callable $callback): EventListener;

    public function onAfterStop(callable $callback): EventListener;

    /** `fn(mixed $value, string $from)` for each message. */
    public function onMessage(callable $callback): EventListener;

    /** `fn(string $path, int $state, string $cause)` once for each watched container that ended. */
    public function onNotice(callable $callback): EventListener;

    /**
     * `fn(mixed $value, string $from)` returns the answer to a request, or a promise of it; what it
     * throws is the answer too. There is one; a second one replaces it.
     */
    public function onRequest(callable $callback): void;

    /** `fn(array $params)` carries out a command of the container's own; `origin` says for whom. */
    public function onCommand(string $name, callable $callback): void;

    public function isCreated(): bool;

    public function isDestroyed(): bool;

    public function isStarted(): bool;

    public function isStopped(): bool;

    public function isFailed(): bool;

    public function create(): PromiseInterface;

    public function destroy(): PromiseInterface;

    public function start(): PromiseInterface;

    public function stop(): PromiseInterface;

    /**
     * Reports a failure: nothing of the container's code runs until its supervisors have decided.
     *
     * @param \Throwable|string $ex
     * @param array<string, mixed> $params kept for getModel()->getFailure()
     */
    public function fail($ex, $params = []);

    /** Asks to go on after fail(). */
    public function succeed();
}
