<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Error;

/**
 * @file A notice of PHP.
 */
class NoticeError extends \Kraken\Throwable\Error
{
}
