<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable;

use Kraken\Throwable\Exception\Runtime\ExecutionException;

/**
 * @file A throwable of another container: class, message and code crossed over, the object did not.
 *
 * Only classes that exist here and are exceptions are made; nothing else of the other side is run.
 */
final class ThrowableProxy
{
    private const MESSAGE_BYTES_MAX = 8_192;

    public function __construct(
        private readonly string $class,
        private readonly string $message,
        private readonly int $code = 0
    ) {
    }

    /** What stands for a throwable on the way to another container. */
    public static function of(\Throwable $from): self
    {
        $code = $from->getCode();
        return new self(
            $from::class,
            \substr($from->getMessage(), 0, self::MESSAGE_BYTES_MAX),
            \is_int($code) ? $code : 0
        );
    }

    public function getClass(): string
    {
        return $this->class;
    }

    public function getMessage(): string
    {
        return $this->message;
    }

    public function getCode(): int
    {
        return $this->code;
    }

    /**
     * An exception that can be thrown here: of the same class if that is known and can be made from
     * a message, otherwise an ExecutionException that names it.
     */
    public function toThrowable(): \Throwable
    {
        $class = $this->class;
        if (\class_exists($class) && \is_subclass_of($class, \Throwable::class)) {
            try {
                return \is_subclass_of($class, Exception::class)
                    || \is_subclass_of($class, Error::class)
                    || $class === Exception::class || $class === Error::class
                    ? new $class($this->message)
                    : new $class($this->message, $this->code);
            } catch (\Throwable) {
                // Its constructor wants something else.
            }
        }
        return new ExecutionException("$class: {$this->message}");
    }

    public function __toString(): string
    {
        return "{$this->class}: {$this->message}";
    }
}
