<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception;

/**
 * @file A mistake of the program itself.
 */
class LogicException extends \Kraken\Throwable\Exception
{
}
