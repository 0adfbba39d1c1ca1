<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Promise;

/**
 * @file A promise to be settled by whoever holds this, apart from the promise to be handed out.
 */
final class Deferred implements DeferredInterface
{
    private readonly Promise $promise;

    /** @param ?callable $canceller as for Promise */
    public function __construct(?callable $canceller = null)
    {
        $this->promise = new Promise(null, $canceller);
    }

    public function getPromise(): PromiseInterface
    {
        return $this->promise;
    }

    public function resolve(mixed $value = null): PromiseInterface
    {
        return $this->promise->resolve($value);
    }

    public function reject(mixed $reason = null): PromiseInterface
    {
        return $this->promise->reject($reason);
    }

    public function cancel(mixed $reason = null): PromiseInterface
    {
        return $this->promise->cancel($reason);
    }
}
