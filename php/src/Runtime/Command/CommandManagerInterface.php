<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Command;

use Kraken\Promise\PromiseInterface;

/**
 * @file The commands of a container by name.
 */
interface CommandManagerInterface
{
    /** @param array<string, mixed> $params */
    public function __invoke(string $name, array $params = []): PromiseInterface;

    /** @param array<string, CommandInterface> $commands */
    public function import(array $commands): void;

    /** @return array<string, CommandInterface> */
    public function export(): array;

    public function exists(string $name): bool;

    public function set(string $name, CommandInterface $command): void;

    public function get(string $name): ?CommandInterface;

    public function remove(string $name): void;

    /**
     * Rejected with an ExecutionException when there is no such command.
     *
     * @param array<string, mixed> $params
     */
    public function execute(string $name, array $params = []): PromiseInterface;
}
