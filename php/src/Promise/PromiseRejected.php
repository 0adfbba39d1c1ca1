<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Promise;

use Kraken\Throwable\Exception\Logic\InvalidArgumentException;

/**
 * @file A promise that is rejected from the beginning.
 */
final class PromiseRejected extends Promise
{
    public function __construct(mixed $reason = null)
    {
        if ($reason instanceof PromiseInterface) {
            throw new InvalidArgumentException('You cannot create PromiseRejected with a promise. '
                . 'Use Promise::doReject($promiseOrValue) instead.');
        }
        parent::__construct();
        $this->reject($reason);
    }
}
