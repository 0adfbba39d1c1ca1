<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\System;

/**
 * @file The answer is not there yet; the work goes on.
 */
class TaskIncompleteException extends \Kraken\Throwable\Exception\SystemException
{
}
