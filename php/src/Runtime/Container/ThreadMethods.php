<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Container;

use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Runtime;

/**
 * @file The methods of ThreadManagerInterface, said to a family of children.
 */
trait ThreadMethods
{
    private Family $threads;

    public function existsThread(string $alias): bool
    {
        return $this->threads->exists($alias);
    }

    public function createThread(
        string $alias,
        ?string $name,
        int $flags = Runtime::CREATE_DEFAULT,
        array $params = []
    ): PromiseInterface {
        return $this->threads->create($alias, $name, $flags, $params);
    }

    public function destroyThread(
        string $alias,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface {
        return $this->threads->destroy($alias, $flags, $params);
    }

    public function startThread(string $alias, array $params = []): PromiseInterface
    {
        return $this->threads->change('start', $alias, $params);
    }

    public function stopThread(string $alias, array $params = []): PromiseInterface
    {
        return $this->threads->change('stop', $alias, $params);
    }

    public function createThreads(
        array $definitions,
        int $flags = Runtime::CREATE_DEFAULT,
        array $params = []
    ): PromiseInterface {
        return $this->threads->createAll($definitions, $flags, $params);
    }

    public function destroyThreads(
        array $aliases,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface {
        return $this->threads->destroyAll($aliases, $flags, $params);
    }

    public function startThreads(array $aliases, array $params = []): PromiseInterface
    {
        return $this->threads->changeAll('start', $aliases, $params);
    }

    public function stopThreads(array $aliases, array $params = []): PromiseInterface
    {
        return $this->threads->changeAll('stop', $aliases, $params);
    }

    public function getThreads(): PromiseInterface
    {
        return $this->threads->get();
    }

    public function flushThreads(int $flags = Runtime::DESTROY_KEEP): PromiseInterface
    {
        return $this->threads->flush($flags);
    }
}
