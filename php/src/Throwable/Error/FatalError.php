<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Error;

/**
 * @file An error after which the process cannot go on.
 */
class FatalError extends \Kraken\Throwable\Error
{
}
