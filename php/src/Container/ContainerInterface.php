<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Container;

use Kraken\Throwable\Exception\Runtime\ReadException;

/**
 * @file A service container: objects by class, interface or alias.
 */
interface ContainerInterface
{
    public function exists(string $aliasOrClass): bool;

    /**
     * The object behind a name; a class nobody defined is made with what its constructor asks for.
     *
     * @param array<mixed> $args for a constructor or factory, by name or position
     * @throws ReadException when it cannot be made
     */
    public function make(string $aliasOrClass, array $args = []): mixed;

    /** @param array<mixed> $args by name or position; what is missing is made by type */
    public function call(callable $callable, array $args = []): mixed;

    /** @param array<mixed> $defaultParams of the constructor, for each new object */
    public function wire(string $aliasOrClass, array $defaultParams): void;

    /** One object for all who ask. @param array<mixed> $defaultParams of the constructor */
    public function share(string $aliasOrClass, array $defaultParams = []): void;

    /** @param mixed $mixed a class name to make instead, or an object or value */
    public function bind(string $aliasOrClass, mixed $mixed): void;

    public function alias(string $aliasOrClass, string $existingAliasOrClass): void;

    public function instance(string $aliasOrClass, object $object): void;

    public function param(string $aliasOrClass, mixed $param): void;

    /** @param array<mixed> $args */
    public function factory(string $aliasOrClass, callable $factoryMethod, array $args = []): void;

    public function remove(string $aliasOrClass): void;
}
