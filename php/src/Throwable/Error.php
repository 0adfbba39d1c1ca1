<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable;

/**
 * @file The errors of this package: what PHP itself complained about.
 */
class Error extends \Error
{
    public function __construct(string $message = 'Unknown error', ?\Throwable $previous = null)
    {
        parent::__construct($message, 0, $previous);
    }

    /** It happened there, not where this object is made. */
    public function at(string $file, int $line): static
    {
        $this->file = $file;
        $this->line = $line;
        return $this;
    }
}
