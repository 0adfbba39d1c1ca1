<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Container;

use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Runtime;

/**
 * @file The methods of ProcessManagerInterface, said to a family of children.
 */
trait ProcessMethods
{
    private Family $processes;

    public function existsProcess(string $alias): bool
    {
        return $this->processes->exists($alias);
    }

    public function createProcess(
        string $alias,
        ?string $name,
        int $flags = Runtime::CREATE_DEFAULT,
        array $params = []
    ): PromiseInterface {
        return $this->processes->create($alias, $name, $flags, $params);
    }

    public function destroyProcess(
        string $alias,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface {
        return $this->processes->destroy($alias, $flags, $params);
    }

    public function startProcess(string $alias, array $params = []): PromiseInterface
    {
        return $this->processes->change('start', $alias, $params);
    }

    public function stopProcess(string $alias, array $params = []): PromiseInterface
    {
        return $this->processes->change('stop', $alias, $params);
    }

    public function createProcesses(
        array $definitions,
        int $flags = Runtime::CREATE_DEFAULT,
        array $params = []
    ): PromiseInterface {
        return $this->processes->createAll($definitions, $flags, $params);
    }

    public function destroyProcesses(
        array $aliases,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface {
        return $this->processes->destroyAll($aliases, $flags, $params);
    }

    public function startProcesses(array $aliases, array $params = []): PromiseInterface
    {
        return $this->processes->changeAll('start', $aliases, $params);
    }

    public function stopProcesses(array $aliases, array $params = []): PromiseInterface
    {
        return $this->processes->changeAll('stop', $aliases, $params);
    }

    public function getProcesses(): PromiseInterface
    {
        return $this->processes->get();
    }

    public function flushProcesses(int $flags = Runtime::DESTROY_KEEP): PromiseInterface
    {
        return $this->processes->flush($flags);
    }
}
