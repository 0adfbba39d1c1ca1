<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Promise;

/**
 * @file The side of a promise that decides how it ends. Only the first decision counts.
 */
interface DeferredInterface
{
    public function getPromise(): PromiseInterface;

    /** Ends it well. A promise as value is followed. */
    public function resolve(mixed $value = null): PromiseInterface;

    /** Ends it badly: a throwable, or a text. */
    public function reject(mixed $reason = null): PromiseInterface;

    /** Calls it off; also what it waits for, unless others wait for that too. */
    public function cancel(mixed $reason = null): PromiseInterface;
}
