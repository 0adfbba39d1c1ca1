<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Protocol\Link;

/**
 * @file Log lines of the application, written under the container's alias by the daemon.
 *
 * Outside a worker they go to standard error, so that the same code runs in a test or a script.
 */
final class Log
{
    /** A longer message, or a longer string in a context, is cut. */
    public const TEXT_BYTES_MAX = 65_536;
    private const CONTEXT_BYTES_MAX = 262_144;
    private const CONTEXT_DEPTH_MAX = 4;
    private const CONTEXT_ITEMS_MAX = 64;

    /** @param array<string, mixed> $context fields beside the message */
    public static function debug(string $message, array $context = []): void
    {
        self::write('debug', $message, $context);
    }

    /** @param array<string, mixed> $context fields beside the message */
    public static function info(string $message, array $context = []): void
    {
        self::write('info', $message, $context);
    }

    /** @param array<string, mixed> $context fields beside the message */
    public static function warn(string $message, array $context = []): void
    {
        self::write('warn', $message, $context);
    }

    /** @param array<string, mixed> $context fields beside the message */
    public static function error(string $message, array $context = []): void
    {
        self::write('error', $message, $context);
    }

    /**
     * The LOG frame of a line. Never fails: what cannot be written is replaced by its type.
     *
     * @internal
     * @param array<string, mixed> $context
     */
    public static function frame(string $level, string $message, array $context): string
    {
        $fields = MessagePack::map(self::plain($context, self::CONTEXT_DEPTH_MAX));
        if (\strlen($fields) > self::CONTEXT_BYTES_MAX) {
            $fields = MessagePack::map(['context_bytes_dropped' => \strlen($fields)]);
        }
        return Frame::bytes(Frame::LOG, "\x93"
            . MessagePack::str($level)
            . MessagePack::str(\substr($message, 0, self::TEXT_BYTES_MAX))
            . $fields);
    }

    /** @param array<string, mixed> $context */
    private static function write(string $level, string $message, array $context): void
    {
        $link = Link::current();
        if ($link !== null) {
            $link->send(self::frame($level, $message, $context));
            return;
        }
        $fields = $context === [] ? '' : ' ' . \json_encode(
            self::plain($context, self::CONTEXT_DEPTH_MAX),
            \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_UNESCAPED_SLASHES | \JSON_PARTIAL_OUTPUT_ON_ERROR
        );
        // The constant STDERR is the command line's; php-fpm and kraken-php have none.
        \file_put_contents('php://stderr', "$level: $message$fields\n");
    }

    private static function plain(mixed $value, int $depth): mixed
    {
        return match (true) {
            \is_string($value) => \substr($value, 0, self::TEXT_BYTES_MAX),
            \is_scalar($value), $value === null => $value,
            \is_array($value) => $depth === 0 ? 'array' : \array_map(
                static fn (mixed $item): mixed => self::plain($item, $depth - 1),
                \array_slice($value, 0, self::CONTEXT_ITEMS_MAX, true)
            ),
            $value instanceof \Throwable => \sprintf(
                '%s: %s in %s:%d',
                $value::class,
                $value->getMessage(),
                $value->getFile(),
                $value->getLine()
            ),
            $value instanceof \DateTimeInterface => $value->format(\DATE_RFC3339_EXTENDED),
            $value instanceof \BackedEnum => $value->value,
            default => \get_debug_type($value),
        };
    }
}
