<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file An object could not be made.
 */
class InstantiationException extends \Kraken\Throwable\Exception\LogicException
{
}
