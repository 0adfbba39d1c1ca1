<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Event;

/**
 * @file A listener as the one who registered it holds it, to take it back.
 */
final class EventListener
{
    /** How many events are left out, and how many are taken after that; null: all. */
    public function __construct(
        private readonly EventEmitterInterface $emitter,
        private readonly string $event,
        private readonly \Closure $take,
        private readonly mixed $handler,
        private int $skip = 0,
        private ?int $left = null
    ) {
    }

    public function getEmitter(): EventEmitterInterface
    {
        return $this->emitter;
    }

    public function getEvent(): string
    {
        return $this->event;
    }

    /** As it was given. */
    public function getHandler(): callable
    {
        return $this->handler;
    }

    public function cancel(): void
    {
        ($this->take)($this);
    }

    /**
     * @internal
     * @param array<mixed> $arguments
     */
    public function call(array $arguments): void
    {
        if ($this->skip > 0) {
            --$this->skip;
            return;
        }
        if ($this->left !== null && --$this->left <= 0) {
            $this->cancel(); // before the call, which may emit the same event again
        }
        ($this->handler)(...$arguments);
    }
}
