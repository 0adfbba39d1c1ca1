<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file A position outside the range.
 */
class OutOfBoundsException extends \Kraken\Throwable\Exception\RuntimeException
{
}
