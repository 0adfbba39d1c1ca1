<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Codec;

/**
 * @file Bytes that are not MessagePack, or MessagePack this package does not accept.
 */
final class DecodeError extends \RuntimeException
{
}
