<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Promise;

use Kraken\Throwable\Exception\Logic\InvalidArgumentException;

/**
 * @file A promise that is fulfilled from the beginning.
 */
final class PromiseFulfilled extends Promise
{
    public function __construct(mixed $value = null)
    {
        if ($value instanceof PromiseInterface) {
            throw new InvalidArgumentException('You cannot create PromiseFulfilled with a promise. '
                . 'Use Promise::doResolve($promiseOrValue) instead.');
        }
        parent::__construct();
        $this->resolve($value);
    }
}
