<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

/**
 * @file A command for another container, as sendRequest() takes it: a name and parameters.
 */
final class RuntimeCommand implements \Stringable
{
    /** @param array<string, mixed> $params */
    public function __construct(
        private readonly string $command,
        private readonly array $params = []
    ) {
    }

    public function getCommand(): string
    {
        return $this->command;
    }

    /** @return array<string, mixed> */
    public function getParams(): array
    {
        return $this->params;
    }

    public function __toString(): string
    {
        return (string) \json_encode([$this->command] + $this->params);
    }
}
