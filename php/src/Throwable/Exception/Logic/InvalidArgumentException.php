<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file A value that the callee cannot use.
 */
class InvalidArgumentException extends \Kraken\Throwable\Exception\LogicException
{
}
