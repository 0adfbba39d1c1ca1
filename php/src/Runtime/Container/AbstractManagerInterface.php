<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Container;

use Kraken\Channel\Channel;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\RuntimeCommand;

/**
 * @file What a container may send to any other, by alias or path.
 *
 * A target is an alias, a path, a glob over paths (`web/*`) or a list; of a glob or a list the
 * answer is a map from path to `[status, value]`.
 */
interface AbstractManagerInterface
{
    /**
     * A request; fulfilled with the answer.
     *
     * It is tried again, with the same identity, while its target does not take it or gives no sign
     * of life; the target carries it out once at most.
     *
     * As long as the target is at it and its loop turns, all that begins anew: what it never answers
     * waits for ever. `total` bounds all of it, in seconds; then the request is taken back and
     * rejected with a TimeoutException. The target may have carried it out.
     *
     * @param string|list<string> $alias
     * @param mixed|RuntimeCommand $message data: null, bool, int, float, string, array
     * @param array<string, mixed> $params timeout 2.0 s, retriesLimit 10, retriesInterval 0.25 s,
     *        total: none
     */
    public function sendRequest(
        string|array $alias,
        mixed $message,
        array $params = []
    ): PromiseInterface;

    /**
     * A message nobody answers; fulfilled with what became of it: 0 dropped, 1 sent, 2 buffered. Sent
     * is not handled: it is gone if the target dies before that.
     *
     * @param string|list<string> $alias
     * @param int $flags Channel::MODE_*: whether it may wait for its target
     */
    public function sendMessage(
        string|array $alias,
        mixed $message,
        int $flags = Channel::MODE_DEFAULT
    ): PromiseInterface;

    /**
     * A command of the container's own, or one that the daemon carries out on it
     * (`container:stop` ...); fulfilled with the answer.
     *
     * @param array<string, mixed> $params of the command, and timeout, retriesLimit,
     *        retriesInterval, total
     */
    public function sendCommand(
        string $alias,
        string $command,
        array $params = []
    ): PromiseInterface;
}
