<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Boot;

use Kraken\Runtime\RuntimeContainer;
use Kraken\Throwable\Exception\Logic\InstantiationException;

/**
 * @file From the name of a container to its class, by patterns: the first class that exists.
 */
final class ClassFinder
{
    /** Where the framework's applications have them. */
    public const PATTERNS = [
        'App\Process\Container\%name%\%name%Container',
        'App\Runtime\Container\%name%\%name%Container',
    ];
    /** What a class may be called; anything else never reaches an autoloader. */
    private const NAME = '/^\\\\?[a-z_\x80-\xff][\w\x80-\xff]*(\\\\[a-z_\x80-\xff][\w\x80-\xff]*)*$/iD';

    /** @param list<string> $patterns with `%name%`; the name itself is tried last */
    public function __construct(private readonly array $patterns)
    {
    }

    /**
     * @return class-string<RuntimeContainer>
     * @throws InstantiationException that says what was tried
     */
    public function find(string $name): string
    {
        if (\preg_match(self::NAME, $name) !== 1) {
            throw new InstantiationException(
                "Runtime class not found: '$name' is no name of a class."
            );
        }
        $tried = [];
        foreach ([...$this->patterns, '%name%'] as $pattern) {
            $class = \ltrim(\str_replace('%name%', \ltrim($name, '\\'), $pattern), '\\');
            if (\class_exists($class)) {
                return self::checked($class);
            }
            $tried[] = $class;
        }
        throw new InstantiationException(
            'Runtime class not found: tried ' . \implode(', ', \array_unique($tried)) . '.'
        );
    }

    /** @return class-string<RuntimeContainer> */
    private static function checked(string $class): string
    {
        if (!\is_subclass_of($class, RuntimeContainer::class)) {
            throw new InstantiationException(
                "The class $class does not extend " . RuntimeContainer::class . '.'
            );
        }
        if ((new \ReflectionClass($class))->isAbstract()) {
            throw new InstantiationException("The class $class is abstract.");
        }
        return $class;
    }
}
