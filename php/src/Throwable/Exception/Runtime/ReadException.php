<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file Something could not be read.
 */
class ReadException extends \Kraken\Throwable\Exception\RuntimeException
{
}
