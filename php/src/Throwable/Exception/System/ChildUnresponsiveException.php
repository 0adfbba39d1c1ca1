<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\System;

/**
 * @file A child gives no sign of life.
 */
class ChildUnresponsiveException extends \Kraken\Throwable\Exception\SystemException
{
}
