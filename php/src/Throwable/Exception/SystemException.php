<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception;

/**
 * @file What happened to another container.
 */
class SystemException extends \Kraken\Throwable\Exception
{
}
