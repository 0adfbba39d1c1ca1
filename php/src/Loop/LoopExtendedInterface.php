<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Loop;

/**
 * @file What the owner of a loop may do besides: run it.
 */
interface LoopExtendedInterface extends LoopInterface
{
    public function getModel(): LoopModelInterface;

    /** One round, without waiting. */
    public function tick(): void;

    /**
     * Runs until stop(), or until there is nothing left to wait for. What a callback throws comes
     * out of here with everything still registered: start() again goes on.
     *
     * @throws \Throwable
     */
    public function start(): void;

    /** Ends start() after the callback that is running now. */
    public function stop(): void;
}
