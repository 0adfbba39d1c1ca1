<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file A field that does not exist or must not be touched.
 */
class IllegalFieldException extends \Kraken\Throwable\Exception\LogicException
{
}
