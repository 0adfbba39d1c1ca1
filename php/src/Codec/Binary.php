<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Codec;

/**
 * @file A string to be encoded as MessagePack bin; PHP has one string type, MessagePack has two.
 */
final class Binary
{
    public function __construct(public readonly string $bytes)
    {
    }
}
