<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Container;

use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Runtime;

/**
 * @file What a container may do with children that are processes.
 *
 * Each promise is fulfilled with a sentence. Of the methods for many, the promise is rejected with
 * a BulkRejectionException if one of them fails; the others are carried out all the same.
 */
interface ProcessManagerInterface extends AbstractManagerInterface
{
    /** Whether this container has such a child. */
    public function existsProcess(string $alias): bool;

    /**
     * Creates and starts a child; done when it serves.
     *
     * @param ?string $name what its class is found by; null: the name it had, to create it anew
     * @param int $flags Runtime::CREATE_*: what to do if the alias is taken
     * @param array<string, mixed> $params timeout, retriesLimit, retriesInterval, total;
     *     restart: permanent, transient (after a failure), temporary (never); default: permanent;
     *     user, group: none but its creator's own; another key is an InvalidArgumentException
     */
    public function createProcess(
        string $alias,
        ?string $name,
        int $flags = Runtime::CREATE_DEFAULT,
        array $params = []
    ): PromiseInterface;

    /**
     * @param int $flags Runtime::DESTROY_*
     * @param array<string, mixed> $params as of createProcess()
     */
    public function destroyProcess(
        string $alias,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface;

    /** @param array<string, mixed> $params as of createProcess() */
    public function startProcess(string $alias, array $params = []): PromiseInterface;

    /** @param array<string, mixed> $params as of createProcess() */
    public function stopProcess(string $alias, array $params = []): PromiseInterface;

    /**
     * @param array<string, ?string> $definitions alias to name
     * @param array<string, mixed> $params as of createProcess()
     */
    public function createProcesses(
        array $definitions,
        int $flags = Runtime::CREATE_DEFAULT,
        array $params = []
    ): PromiseInterface;

    /**
     * @param list<string> $aliases
     * @param array<string, mixed> $params as of createProcess()
     */
    public function destroyProcesses(
        array $aliases,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface;

    /**
     * @param list<string> $aliases
     * @param array<string, mixed> $params as of createProcess()
     */
    public function startProcesses(array $aliases, array $params = []): PromiseInterface;

    /**
     * @param list<string> $aliases
     * @param array<string, mixed> $params as of createProcess()
     */
    public function stopProcesses(array $aliases, array $params = []): PromiseInterface;

    /** Fulfilled with a list of aliases. */
    public function getProcesses(): PromiseInterface;

    /** Destroys all of them. */
    public function flushProcesses(int $flags = Runtime::DESTROY_KEEP): PromiseInterface;
}
