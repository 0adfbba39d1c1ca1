<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Codec;

/**
 * @file Decodes with ext-msgpack when it is loaded, with MessagePack otherwise. For data of the
 * daemon only: the extension can be told to build objects.
 */
final class Decoder
{
    private static ?bool $extension = null;

    /**
     * The array these bytes hold.
     *
     * @return array<mixed>
     * @throws DecodeError when they hold anything else
     */
    public static function array(string $bytes): array
    {
        if (self::$extension ??= \extension_loaded('msgpack')) {
            $value = @\msgpack_unpack($bytes);
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
}
