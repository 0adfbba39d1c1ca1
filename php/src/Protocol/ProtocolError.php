<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

/**
 * @file The daemon sent what the protocol does not allow; the worker gives up its connection.
 */
final class ProtocolError extends \RuntimeException
{
}
