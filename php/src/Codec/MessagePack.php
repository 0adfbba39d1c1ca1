<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Codec;

/**
 * @file MessagePack in plain PHP: nil, bool, int, float, str, bin, array, map.
 *
 * Extension types are rejected. str and bin both decode to string, as does an integer from 2^63 on,
 * to its decimal digits. Pure: no extension is needed.
 */
final class MessagePack
{
    /** Nesting both sides accept; deeper data is an error, not a deep recursion. */
    public const DEPTH_MAX = 64;
    /** The one type byte that MessagePack leaves undefined. */
    private const NEVER_USED = "\xc1";

    /**
     * The encoding of a value. A list becomes an array, any other array a map.
     *
     * @throws \InvalidArgumentException for objects but Binary, resources, and too deep data
     */
    public static function encode(mixed $value, int $depth = self::DEPTH_MAX): string
    {
        return match (true) {
            \is_string($value) => self::str($value),
            \is_int($value) => self::int($value),
            $value === null => "\xc0",
            $value === false => "\xc2",
            $value === true => "\xc3",
            \is_float($value) => "\xcb" . \pack('E', $value),
            \is_array($value) => self::container($value, $depth),
            $value instanceof Binary => self::bin($value->bytes),
            default => throw new \InvalidArgumentException(
                'cannot encode ' . \get_debug_type($value) . ' as MessagePack'
            ),
        };
    }

    /** A str: its header and its bytes. */
    public static function str(string $value): string
    {
        $n = \strlen($value);
        return match (true) {
            $n < 32 => \chr(0xa0 | $n) . $value,
            $n < 0x100 => "\xd9" . \chr($n) . $value,
            $n < 0x10000 => "\xda" . \pack('n', $n) . $value,
            default => "\xdb" . \pack('N', $n) . $value,
        };
    }

    /** A bin: its header and its bytes. */
    public static function bin(string $value): string
    {
        return self::binHeader(\strlen($value)) . $value;
    }

    /** The header of a bin of n bytes, for writers that send the bytes themselves. */
    public static function binHeader(int $n): string
    {
        return match (true) {
            $n < 0x100 => "\xc4" . \chr($n),
            $n < 0x10000 => "\xc5" . \pack('n', $n),
            default => "\xc6" . \pack('N', $n),
        };
    }

    /** An int in its shortest form. */
    public static function int(int $value): string
    {
        return match (true) {
            $value >= 0x1_0000_0000 => "\xcf" . \pack('J', $value),
            $value >= 0x10000 => "\xce" . \pack('N', $value),
            $value >= 0x100 => "\xcd" . \pack('n', $value),
            $value >= 0x80 => "\xcc" . \chr($value),
            $value >= 0 => \chr($value),
            $value >= -0x20 => \chr($value & 0xff),
            $value >= -0x80 => "\xd0" . \chr($value & 0xff),
            $value >= -0x8000 => "\xd1" . \pack('n', $value & 0xffff),
            $value >= -0x8000_0000 => "\xd2" . \pack('N', $value & 0xffff_ffff),
            default => "\xd3" . \pack('J', $value),
        };
    }

    /** The header of an array of n elements. */
    public static function arrayHeader(int $n): string
    {
        return match (true) {
            $n < 16 => \chr(0x90 | $n),
            $n < 0x10000 => "\xdc" . \pack('n', $n),
            default => "\xdd" . \pack('N', $n),
        };
    }

    /**
     * A map whose keys are str, also when the array is empty or a list.
     *
     * @param array<mixed> $value
     * @throws \InvalidArgumentException as encode()
     */
    public static function map(array $value): string
    {
        $out = self::mapHeader(\count($value));
        foreach ($value as $key => $item) {
            $out .= self::str((string) $key) . self::encode($item, self::DEPTH_MAX - 1);
        }
        return $out;
    }

    /**
     * The one value these bytes hold.
     *
     * @throws DecodeError also when bytes follow the value
     */
    public static function decode(string $bytes): mixed
    {
        $offset = 0;
        $value = self::read($bytes, $offset);
        if ($offset !== \strlen($bytes)) {
            throw new DecodeError(
                \sprintf('%d bytes follow the value at offset %d', \strlen($bytes) - $offset, $offset)
            );
        }
        return $value;
    }

    /**
     * The value that starts at an offset, which moves past it.
     *
     * @throws DecodeError
     */
    public static function read(string $bytes, int &$offset, int $depth = self::DEPTH_MAX): mixed
    {
        $c = self::byte($bytes, $offset);
        return match (true) {
            $c < 0x80 => $c,
            $c < 0x90 => self::readMap($bytes, $offset, $c & 0x0f, $depth),
            $c < 0xa0 => self::readList($bytes, $offset, $c & 0x0f, $depth),
            $c < 0xc0 => self::take($bytes, $offset, $c & 0x1f),
            $c >= 0xe0 => $c - 0x100,
            default => match ($c) {
                0xc0 => null,
                0xc2 => false,
                0xc3 => true,
                0xc4, 0xd9 => self::take($bytes, $offset, self::byte($bytes, $offset)),
                0xc5, 0xda => self::take($bytes, $offset, self::number($bytes, $offset, 2)),
                0xc6, 0xdb => self::take($bytes, $offset, self::number($bytes, $offset, 4)),
                0xca => \unpack('G', self::take($bytes, $offset, 4))[1],
                0xcb => \unpack('E', self::take($bytes, $offset, 8))[1],
                0xcc => self::byte($bytes, $offset),
                0xcd => self::number($bytes, $offset, 2),
                0xce => self::number($bytes, $offset, 4),
                0xcf => self::unsigned64($bytes, $offset),
                0xd0 => self::signed($bytes, $offset, 1),
                0xd1 => self::signed($bytes, $offset, 2),
                0xd2 => self::signed($bytes, $offset, 4),
                0xd3 => \unpack('J', self::take($bytes, $offset, 8))[1],
                0xdc => self::readList($bytes, $offset, self::number($bytes, $offset, 2), $depth),
                0xdd => self::readList($bytes, $offset, self::number($bytes, $offset, 4), $depth),
                0xde => self::readMap($bytes, $offset, self::number($bytes, $offset, 2), $depth),
                0xdf => self::readMap($bytes, $offset, self::number($bytes, $offset, 4), $depth),
                default => throw new DecodeError(
                    \sprintf('type 0x%02x at offset %d is not accepted', $c, $offset - 1)
                ),
            },
        };
    }

    /** @param array<mixed> $value */
    private static function container(array $value, int $depth): string
    {
        if ($depth <= 0) {
            throw new \InvalidArgumentException('data is nested deeper than ' . self::DEPTH_MAX);
        }
        $n = \count($value);
        if (\array_is_list($value)) {
            $out = self::arrayHeader($n);
            foreach ($value as $item) {
                $out .= self::encode($item, $depth - 1);
            }
            return $out;
        }
        $out = self::mapHeader($n);
        foreach ($value as $key => $item) {
            $out .= (\is_int($key) ? self::int($key) : self::str($key));
            $out .= self::encode($item, $depth - 1);
        }
        return $out;
    }

    private static function mapHeader(int $n): string
    {
        return match (true) {
            $n < 16 => \chr(0x80 | $n),
            $n < 0x10000 => "\xde" . \pack('n', $n),
            default => "\xdf" . \pack('N', $n),
        };
    }

    private static function byte(string $bytes, int &$offset): int
    {
        if ($offset >= \strlen($bytes)) {
            throw new DecodeError("the data ends at offset $offset, inside a value");
        }
        return \ord($bytes[$offset++]);
    }

    private static function take(string $bytes, int &$offset, int $n): string
    {
        if ($n > \strlen($bytes) - $offset) {
            throw new DecodeError(\sprintf(
                '%d bytes announced at offset %d, %d left',
                $n,
                $offset,
                \strlen($bytes) - $offset
            ));
        }
        $offset += $n;
        return \substr($bytes, $offset - $n, $n);
    }

    /** An unsigned number of 2 or 4 bytes. */
    private static function number(string $bytes, int &$offset, int $n): int
    {
        return \unpack($n === 2 ? 'n' : 'N', self::take($bytes, $offset, $n))[1];
    }

    private static function signed(string $bytes, int &$offset, int $n): int
    {
        $value = $n === 1 ? self::byte($bytes, $offset) : self::number($bytes, $offset, $n);
        $sign = 1 << (8 * $n - 1);
        return ($value ^ $sign) - $sign;
    }

    /** From 2^63 on an int of PHP cannot hold it: its digits, as ext-msgpack gives them. */
    private static function unsigned64(string $bytes, int &$offset): int|string
    {
        $value = \unpack('J', self::take($bytes, $offset, 8))[1];
        return $value < 0 ? \sprintf('%u', $value) : $value;
    }

    /** @return list<mixed> */
    private static function readList(string $bytes, int &$offset, int $n, int $depth): array
    {
        self::room($bytes, $offset, $n, $depth);
        $out = [];
        $at = $offset;
        while ($n-- > 0) {
            // Strings are most of what a worker reads, and a call for each would be most of its
            // cost. Whether they end inside the data is seen below.
            $c = \ord($bytes[$at] ?? self::NEVER_USED);
            if ($c >= 0xa0 && $c < 0xc0) {
                $size = $c - 0xa0;
                $at += 1;
            } elseif ($c === 0xc4 || $c === 0xd9) {
                $size = \ord($bytes[$at + 1] ?? '');
                $at += 2;
            } elseif ($c === 0xc5 || $c === 0xda) {
                $size = \ord($bytes[$at + 1] ?? '') << 8 | \ord($bytes[$at + 2] ?? '');
                $at += 3;
            } else {
                $out[] = self::read($bytes, $at, $depth - 1);
                continue;
            }
            $out[] = \substr($bytes, $at, $size);
            $at += $size;
        }
        if ($at > \strlen($bytes)) {
            throw new DecodeError("the data ends inside a string of the list at offset $offset");
        }
        $offset = $at;
        return $out;
    }

    /** @return array<mixed> */
    private static function readMap(string $bytes, int &$offset, int $n, int $depth): array
    {
        self::room($bytes, $offset, 2 * $n, $depth);
        $out = [];
        while ($n-- > 0) {
            $key = self::read($bytes, $offset, $depth - 1);
            if (!\is_int($key) && !\is_string($key)) {
                throw new DecodeError(
                    'a map key of type ' . \get_debug_type($key) . " before offset $offset"
                );
            }
            $out[$key] = self::read($bytes, $offset, $depth - 1);
        }
        return $out;
    }

    /** Refuses what cannot fit, before anything is built: every element takes a byte at least. */
    private static function room(string $bytes, int $offset, int $n, int $depth): void
    {
        if ($depth <= 0) {
            throw new DecodeError('data is nested deeper than ' . self::DEPTH_MAX);
        }
        if ($n > \strlen($bytes) - $offset) {
            throw new DecodeError("$n elements announced at offset $offset do not fit");
        }
    }
}
