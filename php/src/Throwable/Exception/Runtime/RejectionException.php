<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file The answer is no.
 */
class RejectionException extends \Kraken\Throwable\Exception\RuntimeException
{
}
