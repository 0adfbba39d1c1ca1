<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Testing;

use Kraken\Promise\Promise;

/**
 * @file What a container in a step runtime has asked of others; the test settles the promise.
 */
final class Asked
{
    /**
     * @param string $what `message`, `request` or `command`
     * @param string|list<string> $target '' is the daemon
     * @param mixed $value of a command: its parameters
     */
    public function __construct(
        public readonly string $what,
        public readonly string|array $target,
        public readonly string $name,
        public readonly mixed $value,
        public readonly int $mode,
        public readonly Promise $promise
    ) {
    }
}
