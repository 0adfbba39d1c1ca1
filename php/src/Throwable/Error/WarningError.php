<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Error;

/**
 * @file A warning of PHP.
 */
class WarningError extends \Kraken\Throwable\Error
{
}
