<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

use Kraken\Event\EventEmitterInterface;
use Kraken\Loop\LoopExtendedInterface;
use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Host\Host;
use Kraken\Throwable\Exception\Runtime\RejectionException;
use Kraken\Throwable\Exception\RuntimeException;

/**
 * @file The life of a container: its state, and the hooks on the way from one state to the next.
 *
 * It decides what may be asked for, not what becomes of a failure: that is its supervisors' part.
 */
final class RuntimeModel
{
    private int $state = Runtime::STATE_DESTROYED;
    private ?string $hash = null;
    /** @var ?array{\Throwable, array<string, mixed>} */
    private ?array $failure = null;
    /** What stop() and destroy() have promised. */
    private ?Promise $stopped = null;
    private ?Promise $destroyed = null;

    public function __construct(
        private readonly EventEmitterInterface $hooks,
        private readonly Host $host
    ) {
    }

    public function getHost(): Host
    {
        return $this->host;
    }

    public function getLoop(): LoopExtendedInterface
    {
        return $this->host->getLoop();
    }

    public function getState(): int
    {
        return $this->state;
    }

    public function getHash(): ?string
    {
        return $this->hash;
    }

    /**
     * The failure it is in: what was thrown, and the parameters of fail().
     *
     * @return ?array{\Throwable, array<string, mixed>}
     */
    public function getFailure(): ?array
    {
        return $this->failure;
    }

    public function create(): PromiseInterface
    {
        if ($this->state === Runtime::STATE_CREATED) {
            return Promise::doResolve('Runtime has been already created.');
        }
        if ($this->state !== Runtime::STATE_DESTROYED) {
            return $this->impossible('create');
        }
        $created = new Promise();
        $this->hooks->emit('beforeCreate');
        $this->state = Runtime::STATE_CREATED;
        $this->getLoop()->onTick(function () use ($created): void {
            $this->hooks->emit('create');
            $this->hooks->emit('afterCreate');
            $created->resolve($this->start()->then(
                static fn (): string => 'Runtime has been created.'
            ));
        });
        return $created;
    }

    public function start(): PromiseInterface
    {
        if ($this->state === Runtime::STATE_STARTED) {
            return Promise::doResolve('Runtime has been already started.');
        }
        if ($this->state !== Runtime::STATE_CREATED && $this->state !== Runtime::STATE_STOPPED) {
            return $this->impossible('start');
        }
        $this->state = Runtime::STATE_STARTED;
        $this->hooks->emit('beforeStart');
        $this->hooks->emit('start');
        $this->hooks->emit('afterStart');
        $this->host->started();
        return Promise::doResolve('Runtime has been started.');
    }

    public function stop(): PromiseInterface
    {
        if ($this->state === Runtime::STATE_STOPPED) {
            return Promise::doResolve('Runtime has been already stopped.');
        }
        if ($this->state === Runtime::STATE_CREATED || $this->state === Runtime::STATE_DESTROYED) {
            return $this->impossible('stop');
        }
        return $this->stopped ?? $this->ask(
            'stop',
            $this->stopped = new Promise(),
            fn () => $this->stopNow('stop')
        );
    }

    public function destroy(): PromiseInterface
    {
        if ($this->state === Runtime::STATE_DESTROYED) {
            return Promise::doResolve('Runtime has been already destroyed.');
        }
        return $this->destroyed ?? $this->ask(
            'destroy',
            $this->destroyed = new Promise(),
            fn () => $this->endNow('destroy')
        );
    }

    /** @param array<string, mixed> $params */
    public function fail(\Throwable|string $ex, array $params = []): void
    {
        $ex = \is_string($ex) ? new RuntimeException($ex) : $ex;
        if ($this->state === Runtime::STATE_STARTED) {
            $this->state = Runtime::STATE_FAILED;
            $this->hash = \bin2hex(\random_bytes(8));
            $this->failure = [$ex, ['hash' => $this->hash] + $params];
        } elseif ($this->state !== Runtime::STATE_FAILED) {
            if ($this->state === Runtime::STATE_STOPPED) {
                $this->host->complain($ex); // an end wins over a failure on the way
                return;
            }
            throw $ex; // it never served: that is no failure to recover from
        }
        $this->host->failed($ex);
    }

    public function succeed(): void
    {
        if ($this->state !== Runtime::STATE_FAILED) {
            return;
        }
        $asked = $this->host->change('continue');
        if ($asked === null) {
            $this->resumed();
        } else {
            // A refusal means that its supervisors have decided otherwise; they tell it.
            $asked->failure(static fn (): bool => false);
        }
    }

    /** Its supervisors said: go on. */
    public function resumed(): void
    {
        if ($this->state === Runtime::STATE_FAILED) {
            $this->state = Runtime::STATE_STARTED;
            $this->hash = null;
            $this->failure = null;
        }
    }

    /**
     * Stops it, in whatever state it is; a hook that throws does not keep it from stopping.
     *
     * @param string $reason handed to the hooks
     */
    public function stopNow(string $reason): void
    {
        if ($this->state === Runtime::STATE_STARTED || $this->state === Runtime::STATE_FAILED) {
            $this->state = Runtime::STATE_STOPPED;
            $this->hash = null;
            $this->failure = null;
            $this->emitAll(['beforeStop', 'stop', 'afterStop'], $reason);
        }
        $stopped = $this->stopped;
        $this->stopped = null;
        $stopped?->resolve('Runtime has been stopped.');
    }

    /** Stops and destroys it; the last hook and $done come one tick later. */
    public function endNow(string $reason, ?\Closure $done = null): void
    {
        $this->stopNow($reason);
        $this->emitAll(['beforeDestroy', 'destroy'], $reason);
        $this->getLoop()->onTick(function () use ($reason, $done): void {
            $this->state = Runtime::STATE_DESTROYED;
            $this->emitAll(['afterDestroy'], $reason);
            $destroyed = $this->destroyed;
            $this->destroyed = null;
            $destroyed?->resolve('Runtime has been destroyed.');
            if ($done !== null) {
                $done();
            }
        });
    }

    private function impossible(string $verb): PromiseInterface
    {
        return Promise::doReject(new RejectionException(
            "It is not possible to $verb runtime from state [{$this->state}]."
        ));
    }

    private function ask(string $verb, Promise $promised, \Closure $here): PromiseInterface
    {
        $asked = $this->host->change($verb);
        if ($asked === null) {
            $here();
        } else {
            $asked->failure(function (mixed $reason) use ($promised): void {
                $this->stopped = $this->stopped === $promised ? null : $this->stopped;
                $this->destroyed = $this->destroyed === $promised ? null : $this->destroyed;
                $promised->reject($reason);
            });
        }
        return $promised;
    }

    /** @param list<string> $events */
    private function emitAll(array $events, string $reason): void
    {
        foreach ($events as $event) {
            try {
                $this->hooks->emit($event, [$reason]);
            } catch (\Throwable $e) {
                $this->host->complain($e);
            }
        }
    }
}
