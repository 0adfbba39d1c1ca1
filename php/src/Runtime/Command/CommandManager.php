<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Command;

use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Throwable\Exception\Runtime\ExecutionException;

/**
 * @file A map from names to commands.
 */
final class CommandManager implements CommandManagerInterface
{
    /** @var array<string, CommandInterface> */
    private array $commands = [];

    public function __invoke(string $name, array $params = []): PromiseInterface
    {
        return $this->execute($name, $params);
    }

    public function import(array $commands): void
    {
        foreach ($commands as $name => $command) {
            $this->set((string) $name, $command);
        }
    }

    public function export(): array
    {
        return $this->commands;
    }

    public function exists(string $name): bool
    {
        return isset($this->commands[$name]);
    }

    public function set(string $name, CommandInterface $command): void
    {
        $this->commands[$name] = $command;
    }

    public function get(string $name): ?CommandInterface
    {
        return $this->commands[$name] ?? null;
    }

    public function remove(string $name): void
    {
        unset($this->commands[$name]);
    }

    public function execute(string $name, array $params = []): PromiseInterface
    {
        $command = $this->commands[$name] ?? null;
        return $command === null
            ? Promise::doReject(new ExecutionException("Command [$name] is not registered."))
            : $command->execute($params);
    }
}
