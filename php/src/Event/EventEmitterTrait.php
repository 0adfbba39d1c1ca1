<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Event;

/**
 * @file The one implementation of EventEmitterInterface.
 */
trait EventEmitterTrait
{
    private int $emitterMode = EventEmitterInterface::EVENTS_FORWARD;
    /** @var array<string, array<int, EventListener>> */
    private array $eventListeners = [];
    /** @var list<EventEmitterInterface> */
    private array $forwardListeners = [];

    public function setMode(int $emitterMode): void
    {
        $this->emitterMode = $emitterMode;
    }

    public function getMode(): int
    {
        return $this->emitterMode;
    }

    public function on(string $event, callable $listener): EventListener
    {
        return $this->listen($event, $listener, 0, null);
    }

    public function once(string $event, callable $listener): EventListener
    {
        return $this->listen($event, $listener, 0, 1);
    }

    public function times(string $event, int $limit, callable $listener): EventListener
    {
        return $this->listen($event, $listener, 0, $limit === 0 ? null : \max(1, $limit));
    }

    public function delay(string $event, int $ticks, callable $listener): EventListener
    {
        return $this->listen($event, $listener, $ticks - 1, null);
    }

    public function delayOnce(string $event, int $ticks, callable $listener): EventListener
    {
        return $this->listen($event, $listener, $ticks - 1, 1);
    }

    public function delayTimes(
        string $event,
        int $ticks,
        int $limit,
        callable $listener
    ): EventListener {
        return $this->listen($event, $listener, $ticks - 1, \max(1, $limit));
    }

    public function removeListener(string $event, callable $listener): void
    {
        $key = $this->findListener($event, $listener);
        if ($key !== null) {
            unset($this->eventListeners[$event][$key]);
        }
    }

    public function removeListeners(string $event): void
    {
        unset($this->eventListeners[$event]);
    }

    public function flushListeners(): void
    {
        $this->eventListeners = [];
    }

    public function findListener(string $event, callable $listener): ?int
    {
        foreach ($this->eventListeners[$event] ?? [] as $key => $one) {
            if ($one->getHandler() === $listener) {
                return $key;
            }
        }
        return null;
    }

    public function emit(string $event, array $arguments = []): void
    {
        if (($this->emitterMode & EventEmitterInterface::EVENTS_DISCARD_INCOMING) === 0) {
            foreach ($this->eventListeners[$event] ?? [] as $key => $one) {
                if (isset($this->eventListeners[$event][$key])) {
                    $one->call($arguments);
                }
            }
        }
        if (($this->emitterMode & EventEmitterInterface::EVENTS_DISCARD_OUTCOMING) === 0) {
            foreach ($this->forwardListeners as $emitter) {
                $emitter->emit($event, $arguments);
            }
        }
    }

    public function copyEvent(EventEmitterInterface $emitter, string $event): EventListener
    {
        $copy = static function (mixed ...$arguments) use ($emitter, $event): void {
            $emitter->emit($event, $arguments);
        };
        return $this->on($event, $copy);
    }

    public function copyEvents(EventEmitterInterface $emitter, string|array $events): array
    {
        return \array_map(
            fn (string $event): EventListener => $this->copyEvent($emitter, $event),
            (array) $events
        );
    }

    public function forwardEvents(EventEmitterInterface $emitter): EventEmitterInterface
    {
        $this->forwardListeners[] = $emitter;
        return $emitter;
    }

    public function discardEvents(EventEmitterInterface $emitter): EventEmitterInterface
    {
        $this->forwardListeners = \array_values(\array_filter(
            $this->forwardListeners,
            static fn (EventEmitterInterface $one): bool => $one !== $emitter
        ));
        return $emitter;
    }

    private function listen(string $event, callable $listener, int $skip, ?int $left): EventListener
    {
        $take = function (EventListener $which): void {
            $key = \array_search($which, $this->eventListeners[$which->getEvent()] ?? [], true);
            if ($key !== false) {
                unset($this->eventListeners[$which->getEvent()][$key]);
            }
        };
        $made = new EventListener($this, $event, $take, $listener, \max(0, $skip), $left);
        $this->eventListeners[$event][] = $made;
        return $made;
    }
}
