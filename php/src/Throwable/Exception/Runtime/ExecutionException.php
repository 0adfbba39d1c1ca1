<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file A command could not be carried out.
 */
class ExecutionException extends \Kraken\Throwable\Exception\RuntimeException
{
}
