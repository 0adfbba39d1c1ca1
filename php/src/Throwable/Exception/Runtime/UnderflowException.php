<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file Less than needed.
 */
class UnderflowException extends \Kraken\Throwable\Exception\RuntimeException
{
}
