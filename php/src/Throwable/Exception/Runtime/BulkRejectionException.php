<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Runtime;

/**
 * @file Some of many were not done; says which, and why.
 */
final class BulkRejectionException extends RejectionException
{
    /** @param array<string, mixed> $results alias to the sentence of success or the reason */
    public function __construct(string $message, private readonly array $results)
    {
        parent::__construct($message);
    }

    /**
     * What became of each of them.
     *
     * @return array<string, mixed> alias to the sentence of success, or to what it was rejected with
     */
    public function getResults(): array
    {
        return $this->results;
    }
}
