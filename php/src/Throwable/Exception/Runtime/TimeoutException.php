<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file Nothing happened in time.
 */
class TimeoutException extends \Kraken\Throwable\Exception\RuntimeException
{
}
