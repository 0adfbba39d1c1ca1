<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable;

/**
 * @file The exceptions of this package; takes what went wrong before as second argument.
 */
class Exception extends \Exception
{
    public function __construct(
        string $message = 'Unknown exception',
        ?\Throwable $previous = null
    ) {
        parent::__construct($message, 0, $previous);
    }
}
