<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\System;

/**
 * @file The parent gives no sign of life.
 */
class ParentUnresponsiveException extends \Kraken\Throwable\Exception\SystemException
{
}
