<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Container;

use Kraken\Throwable\Exception\Runtime\ReadException;

/**
 * @file The service container: definitions by name, constructors filled in by type.
 */
class Container implements ContainerInterface
{
    /** @var array<string, \Closure(array<mixed>): mixed> */
    private array $makers = [];
    /** @var array<string, string> */
    private array $aliases = [];
    /** @var array<string, true> classes being made now */
    private array $making = [];

    public function exists(string $aliasOrClass): bool
    {
        return isset($this->makers[$this->resolve($aliasOrClass)]);
    }

    public function make(string $aliasOrClass, array $args = []): mixed
    {
        $name = $this->resolve($aliasOrClass);
        return isset($this->makers[$name])
            ? ($this->makers[$name])($args)
            : $this->build($name, $args);
    }

    public function call(callable $callable, array $args = []): mixed
    {
        $closure = $callable(...);
        $of = new \ReflectionFunction($closure);
        return $closure(...$this->arguments($of, $args, 'a callable'));
    }

    public function wire(string $aliasOrClass, array $defaultParams): void
    {
        $this->makers[$aliasOrClass] = fn (array $args): object => $this->build(
            $aliasOrClass,
            $args + $defaultParams
        );
    }

    public function share(string $aliasOrClass, array $defaultParams = []): void
    {
        $this->makers[$aliasOrClass] = function () use ($aliasOrClass, $defaultParams): object {
            static $made = null;
            return $made ??= $this->build($aliasOrClass, $defaultParams);
        };
    }

    public function bind(string $aliasOrClass, mixed $mixed): void
    {
        if (\is_string($mixed) && \class_exists($mixed)) {
            $this->makers[$aliasOrClass] = fn (array $args): object => $this->build($mixed, $args);
        } else {
            $this->param($aliasOrClass, $mixed);
        }
    }

    public function alias(string $aliasOrClass, string $existingAliasOrClass): void
    {
        $this->aliases[$aliasOrClass] = $existingAliasOrClass;
    }

    public function instance(string $aliasOrClass, object $object): void
    {
        $this->param($aliasOrClass, $object);
    }

    public function param(string $aliasOrClass, mixed $param): void
    {
        $this->makers[$aliasOrClass] = static fn (): mixed => $param;
    }

    public function factory(string $aliasOrClass, callable $factoryMethod, array $args = []): void
    {
        $this->makers[$aliasOrClass] = fn (array $more): mixed => $this->call(
            $factoryMethod,
            $more + $args
        );
    }

    public function remove(string $aliasOrClass): void
    {
        unset($this->makers[$aliasOrClass], $this->aliases[$aliasOrClass]);
    }

    private function resolve(string $name): string
    {
        $name = \ltrim($name, '\\');
        for ($steps = 0; isset($this->aliases[$name]); ++$steps) {
            if ($steps > \count($this->aliases)) {
                throw new ReadException("The alias [$name] leads back to itself.");
            }
            $name = $this->aliases[$name];
        }
        return $name;
    }

    /** @param array<mixed> $args */
    private function build(string $class, array $args): object
    {
        if (!\class_exists($class)) {
            throw new ReadException("Service [$class] is not registered.");
        }
        if (isset($this->making[$class])) {
            throw new ReadException("To make [$class] a [$class] is needed.");
        }
        $this->making[$class] = true;
        try {
            $constructor = (new \ReflectionClass($class))->getConstructor();
            return $constructor === null
                ? new $class()
                : new $class(...$this->arguments($constructor, $args, $class));
        } finally {
            unset($this->making[$class]);
        }
    }

    /**
     * @param array<mixed> $args
     * @return list<mixed>
     */
    private function arguments(\ReflectionFunctionAbstract $of, array $args, string $who): array
    {
        $out = [];
        foreach ($of->getParameters() as $i => $parameter) {
            $name = $parameter->getName();
            $type = $parameter->getType();
            $class = $type instanceof \ReflectionNamedType && !$type->isBuiltin()
                ? $type->getName()
                : null;
            if ($parameter->isVariadic()) {
                return [...$out, ...\array_values(\array_slice($args, $i))];
            }
            if (\array_key_exists($name, $args) || \array_key_exists($i, $args)) {
                $out[] = $args[$name] ?? $args[$i] ?? null;
            } elseif ($class !== null && ($this->exists($class) || \class_exists($class))) {
                $out[] = $this->make($class);
            } elseif ($parameter->isDefaultValueAvailable()) {
                $out[] = $parameter->getDefaultValue();
            } elseif ($parameter->allowsNull()) {
                $out[] = null;
            } else {
                throw new ReadException("Nothing is known for \${$name} of $who.");
            }
        }
        return $out;
    }
}
