<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file Text that cannot be understood.
 */
class InvalidFormatException extends \Kraken\Throwable\Exception\LogicException
{
}
