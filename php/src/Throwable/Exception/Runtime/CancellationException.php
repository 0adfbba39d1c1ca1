<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file It was called off.
 */
class CancellationException extends \Kraken\Throwable\Exception\RuntimeException
{
}
