<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Codec;

/**
 * @file Values between containers as MessagePack, with ext-msgpack when it is loaded. Data only: an
 * object is refused on the way out and never made on the way in, whatever the other side sends.
 */
final class Values
{
    /**
     * Data without these bytes has no extension types, of which the extension silently makes null.
     * Text and numbers may have them too: they are only read more slowly.
     */
    private const OF_EXTENSION_TYPES = "\xc7\xc8\xc9\xd4\xd5\xd6\xd7\xd8";

    private const KEY_BYTES_SHOWN = 64;

    private static ?\MessagePack $extension = null;
    private static ?bool $loaded = null;

    /**
     * @throws \InvalidArgumentException for objects but Binary, resources, and too deep data
     */
    public static function encode(mixed $value): string
    {
        self::$loaded ??= self::load();
        if (\is_array($value)) {
            return self::$loaded && self::isPlain($value, MessagePack::DEPTH_MAX)
                ? self::$extension->pack($value)
                : MessagePack::encode($value);
        }
        return \is_string($value) ? MessagePack::str($value) : MessagePack::encode($value);
    }

    /**
     * As a map, also when the array is empty or a list.
     *
     * @param array<mixed> $value
     * @throws \InvalidArgumentException as encode()
     */
    public static function map(array $value): string
    {
        return \array_is_list($value) ? MessagePack::map($value) : self::encode($value);
    }

    /**
     * What encode() refuses a value for, and where in it that stands: `value['user'] is App\User`.
     *
     * @param string $name what the value is called
     * @param int $depth arrays within arrays that it may have
     * @return string '' for a value that can be encoded
     */
    public static function refusal(mixed $value, string $name, int $depth): string
    {
        if (!\is_array($value)) {
            return $value === null || \is_scalar($value) || $value instanceof Binary
                ? '' : "$name is " . \get_debug_type($value);
        }
        if ($depth <= 0) {
            return "$name is an array within too many others";
        }
        foreach ($value as $key => $item) {
            $short = \is_int($key) ? $key : "'" . \substr($key, 0, self::KEY_BYTES_SHOWN) . "'";
            $found = self::refusal($item, "{$name}[$short]", $depth - 1);
            if ($found !== '') {
                return $found;
            }
        }
        return '';
    }

    /**
     * The array these bytes hold.
     *
     * @return array<mixed>
     * @throws DecodeError when they hold anything else
     */
    public static function array(string $bytes): array
    {
        if ((self::$loaded ??= self::load()) && \strpbrk($bytes, self::OF_EXTENSION_TYPES) === false) {
            $value = self::unpacked($bytes);
            if (\is_array($value)) {
                return $value;
            }
        }
        // The extension does not say what is wrong; the decoder in PHP does.
        $value = MessagePack::decode($bytes);
        if (!\is_array($value)) {
            throw new DecodeError('expected an array, not ' . \get_debug_type($value));
        }
        return $value;
    }

    /** What the extension makes of it; null if it has anything to say, which it does in warnings. */
    private static function unpacked(string $bytes): mixed
    {
        $warned = false;
        // The application may have a handler that throws.
        \set_error_handler(static function () use (&$warned): bool {
            return $warned = true;
        });
        try {
            $value = self::$extension->unpack($bytes);
        } finally {
            \restore_error_handler();
        }
        return $warned ? null : $value;
    }

    private static function load(): bool
    {
        if (!\class_exists(\MessagePack::class, false)) {
            return false;
        }
        // false: objects of PHP are not a thing of the wire.
        self::$extension = new \MessagePack(false);
        return true;
    }

    /** @param array<mixed> $value */
    private static function isPlain(array $value, int $depth): bool
    {
        foreach ($value as $item) {
            if (\is_array($item) ? $depth <= 1 || !self::isPlain($item, $depth - 1)
                : !\is_scalar($item) && $item !== null) {
                return false; // the encoder in PHP knows what to say, or how to do it
            }
        }
        return true;
    }
}
