<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Command;

use Kraken\Promise\PromiseInterface;

/**
 * @file A command other containers may send to this one.
 */
interface CommandInterface
{
    /** @param array<string, mixed> $params `origin` is the path of who asks */
    public function __invoke(array $params = []): PromiseInterface;

    /** @param array<string, mixed> $params */
    public function execute(array $params = []): PromiseInterface;
}
