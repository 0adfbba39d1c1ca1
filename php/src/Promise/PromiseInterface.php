<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Promise;

/**
 * @file A value that is there later: pending, then fulfilled, rejected or cancelled for ever.
 *
 * Callbacks run as soon as the promise is settled, in the order in which they were given; at once
 * if it is settled already.
 */
interface PromiseInterface extends DeferredInterface
{
    /**
     * The promise of what the callback returns. What it throws rejects that promise. Without a
     * callback for the way it ended, the result is handed on. A cancellation stays one, whatever
     * its callback returns.
     */
    public function then(
        ?callable $onFulfilled = null,
        ?callable $onRejected = null,
        ?callable $onCancel = null
    ): PromiseInterface;

    /**
     * The end of a chain: nothing is handed on, so what the callback throws, and a rejection or a
     * cancellation without a callback, is thrown out of whatever settled the promise.
     */
    public function done(
        ?callable $onFulfilled = null,
        ?callable $onRejected = null,
        ?callable $onCancel = null
    ): void;

    /** As then(), with an array handed over as separate arguments. */
    public function spread(
        ?callable $onFulfilled = null,
        ?callable $onRejected = null,
        ?callable $onCancel = null
    ): PromiseInterface;

    public function success(callable $onSuccess): PromiseInterface;

    public function failure(callable $onFailure): PromiseInterface;

    public function abort(callable $onCancel): PromiseInterface;

    /** Runs the callback, without arguments, however it ends, and hands the end on. */
    public function always(callable $onFulfilledOrRejected): PromiseInterface;

    public function isPending(): bool;

    public function isFulfilled(): bool;

    public function isRejected(): bool;

    public function isCancelled(): bool;
}
