<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file A method was called in a state that does not allow it.
 */
class IllegalCallException extends \Kraken\Throwable\Exception\LogicException
{
}
