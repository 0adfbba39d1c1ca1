<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception;

/**
 * @file Something that can only go wrong while the program runs.
 */
class RuntimeException extends \Kraken\Throwable\Exception
{
}
