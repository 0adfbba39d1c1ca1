<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Command;

use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;

/**
 * @file A command that is one function.
 */
final class CallableCommand implements CommandInterface
{
    private readonly \Closure $callback;

    /** @param callable $callback `fn(array $params)` returns the answer or a promise of it */
    public function __construct(callable $callback)
    {
        $this->callback = $callback(...);
    }

    public function __invoke(array $params = []): PromiseInterface
    {
        return $this->execute($params);
    }

    public function execute(array $params = []): PromiseInterface
    {
        return Promise::doResolve($params)->then($this->callback);
    }
}
