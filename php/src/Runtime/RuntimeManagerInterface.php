<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Container\ProcessManagerInterface;
use Kraken\Runtime\Container\ThreadManagerInterface;

/**
 * @file What a container may do with its children, whatever they are, and with others.
 */
interface RuntimeManagerInterface extends ProcessManagerInterface, ThreadManagerInterface
{
    public function existsRuntime(string $alias): bool;

    /** @param array<string, mixed> $params timeout, retriesLimit, retriesInterval */
    public function destroyRuntime(
        string $alias,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface;

    /** @param array<string, mixed> $params as of destroyRuntime() */
    public function startRuntime(string $alias, array $params = []): PromiseInterface;

    /** @param array<string, mixed> $params as of destroyRuntime() */
    public function stopRuntime(string $alias, array $params = []): PromiseInterface;

    /**
     * @param list<string> $aliases
     * @param array<string, mixed> $params as of destroyRuntime()
     */
    public function destroyRuntimes(
        array $aliases,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface;

    /**
     * @param list<string> $aliases
     * @param array<string, mixed> $params as of destroyRuntime()
     */
    public function startRuntimes(array $aliases, array $params = []): PromiseInterface;

    /**
     * @param list<string> $aliases
     * @param array<string, mixed> $params as of destroyRuntime()
     */
    public function stopRuntimes(array $aliases, array $params = []): PromiseInterface;

    public function getRuntimes(): PromiseInterface;

    public function flushRuntimes(int $flags = Runtime::DESTROY_KEEP): PromiseInterface;

    /** Asks for one notice, given to onNotice(), when a container is over for good. */
    public function watch(string $alias): void;

    public function unwatch(string $alias): void;
}
