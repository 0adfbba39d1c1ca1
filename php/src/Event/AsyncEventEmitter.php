<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Event;

use Kraken\Loop\LoopInterface;

/**
 * @file An emitter whose listeners are called by the event loop, not by whoever emits.
 */
class AsyncEventEmitter implements EventEmitterInterface
{
    use EventEmitterTrait {
        emit as private emitNow;
    }

    public function __construct(private readonly LoopInterface $loop)
    {
    }

    public function emit(string $event, array $arguments = []): void
    {
        $this->loop->onTick(fn () => $this->emitNow($event, $arguments));
    }
}
