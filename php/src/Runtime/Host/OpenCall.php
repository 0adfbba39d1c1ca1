<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Loop\Timer\TimerInterface;
use Kraken\Promise\Promise;

/**
 * @file A message, request or command that has left and waits for its answer.
 */
final class OpenCall
{
    /** Tries so far. */
    public int $tries = 1;
    /** Ends it, whatever is heard of it. */
    public ?TimerInterface $limit = null;
    /** The stream of the try that is under way. */
    public int $stream = 0;

    /**
     * @param string $payload of the frame, to send it again
     * @param ?RequestParams $retry null: it is tried once
     * @param bool $many it has gone to a list or a glob: the answer is a map of answers
     */
    public function __construct(
        public readonly Promise $promise,
        public readonly int $type,
        public readonly string $payload,
        public readonly ?RequestParams $retry,
        public readonly bool $many = false
    ) {
    }
}
