<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file A queue or buffer is full.
 */
class OverflowException extends \Kraken\Throwable\Exception\RuntimeException
{
}
