<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Promise;

use Kraken\Throwable\Exception\LogicException;
use Kraken\Throwable\Exception\Runtime\CancellationException;
use Kraken\Throwable\Exception\Runtime\RejectionException;
use Kraken\Throwable\ThrowableProxy;

/**
 * @file The one implementation of promises; collections of them are in Collections.
 */
class Promise implements PromiseInterface
{
    use Collections;

    private const PENDING = 0;
    private const FULFILLED = 1;
    private const REJECTED = 2;
    private const CANCELLED = 3;

    /** Told of a rejection nobody ever took an interest in; null: such a one is forgotten. */
    private static ?\Closure $unheard = null;

    private int $state = self::PENDING;
    /** The value or the reason. */
    private mixed $outcome = null;
    /** The promise this one was resolved with and takes its end from. */
    private ?PromiseInterface $followed = null;
    /** @var list<array{?callable, ?callable, ?callable, ?self}> by state; self null for done() */
    private array $waiting = [];
    private ?\Closure $canceller;
    /** How many took an interest in the end, and how many of them were cancelled. */
    private int $consumers = 0;
    private int $cancelled = 0;

    /**
     * @param ?callable $resolver called at once with three functions: resolve, reject, cancel; what
     *        it throws rejects
     * @param ?callable $canceller called with the reason when the promise is called off while it is
     *        pending; ends the work
     */
    public function __construct(?callable $resolver = null, ?callable $canceller = null)
    {
        $this->canceller = $canceller === null ? null : $canceller(...);
        if ($resolver !== null) {
            try {
                $resolver(
                    function (mixed $value = null): void {
                        $this->resolve($value);
                    },
                    function (mixed $reason = null): void {
                        $this->reject($reason);
                    },
                    function (mixed $reason = null): void {
                        $this->cancel($reason);
                    }
                );
            } catch (\Throwable $e) {
                $this->reject($e);
            }
        }
    }

    /**
     * Lets rejections be seen that no callback was given for: the usual way an error gets lost.
     *
     * @param ?callable $listener `fn(mixed $reason)`, called when the promise is thrown away
     */
    public static function onUnheardRejection(?callable $listener): void
    {
        self::$unheard = $listener === null ? null : $listener(...);
    }

    public function __destruct()
    {
        if ($this->state === self::REJECTED && $this->consumers === 0 && self::$unheard !== null) {
            (self::$unheard)($this->outcome);
        }
    }

    public function then(
        ?callable $onFulfilled = null,
        ?callable $onRejected = null,
        ?callable $onCancel = null
    ): PromiseInterface {
        $child = new self();
        ++$this->consumers;
        if ($this->state === self::PENDING) {
            $child->canceller = $this->consumerCancelled(...);
        }
        $this->take([$onFulfilled, $onRejected, $onCancel, $child]);
        return $child;
    }

    public function done(
        ?callable $onFulfilled = null,
        ?callable $onRejected = null,
        ?callable $onCancel = null
    ): void {
        ++$this->consumers;
        $this->take([$onFulfilled, $onRejected, $onCancel, null]);
    }

    public function spread(
        ?callable $onFulfilled = null,
        ?callable $onRejected = null,
        ?callable $onCancel = null
    ): PromiseInterface {
        $spreading = static fn (?callable $call): ?callable => $call === null
            ? null
            : static fn (mixed $outcome): mixed => $call(...\array_values((array) $outcome));
        return $this->then(
            $spreading($onFulfilled),
            $spreading($onRejected),
            $spreading($onCancel)
        );
    }

    public function success(callable $onSuccess): PromiseInterface
    {
        return $this->then($onSuccess);
    }

    public function failure(callable $onFailure): PromiseInterface
    {
        return $this->then(null, $onFailure);
    }

    public function abort(callable $onCancel): PromiseInterface
    {
        return $this->then(null, null, $onCancel);
    }

    public function always(callable $onFulfilledOrRejected): PromiseInterface
    {
        $cleanUp = static fn (): PromiseInterface => self::doResolve($onFulfilledOrRejected());
        $then = static fn (mixed $end): PromiseInterface => $cleanUp()
            ->then(static fn (): mixed => $end);
        return $this->then(
            $then,
            static fn (mixed $reason): PromiseInterface => $cleanUp()
                ->then(static fn (): PromiseInterface => new PromiseRejected($reason)),
            $then
        );
    }

    public function isPending(): bool
    {
        return $this->state === self::PENDING;
    }

    public function isFulfilled(): bool
    {
        return $this->state === self::FULFILLED;
    }

    public function isRejected(): bool
    {
        return $this->state === self::REJECTED;
    }

    public function isCancelled(): bool
    {
        return $this->state === self::CANCELLED;
    }

    public function getPromise(): PromiseInterface
    {
        return $this;
    }

    public function resolve(mixed $value = null): PromiseInterface
    {
        if ($this->state !== self::PENDING || $this->followed !== null) {
            return $this;
        }
        if ($value instanceof PromiseInterface) {
            $this->follow($value);
        } else {
            $this->settle(self::FULFILLED, $value);
        }
        return $this;
    }

    public function reject(mixed $reason = null): PromiseInterface
    {
        if ($this->state !== self::PENDING || $this->followed !== null) {
            return $this;
        }
        if ($reason instanceof PromiseInterface) {
            $this->follow(self::doReject($reason));
        } else {
            $this->settle(self::REJECTED, $reason);
        }
        return $this;
    }

    public function cancel(mixed $reason = null): PromiseInterface
    {
        if ($this->state !== self::PENDING) {
            return $this;
        }
        $canceller = $this->canceller;
        $followed = $this->followed;
        $this->canceller = null;
        $this->followed = null;
        try {
            if ($followed instanceof self) {
                $followed->consumerCancelled($reason);
            } elseif ($followed !== null) {
                $followed->cancel($reason);
            } elseif ($canceller !== null) {
                $canceller($reason);
            }
        } finally {
            // Others may wait for the same work, so that it goes on: this promise ends anyway.
            $this->settle(self::CANCELLED, $reason);
        }
        return $this;
    }

    /** One who waited for this one does no longer; the last one takes this one along. */
    private function consumerCancelled(mixed $reason): void
    {
        if (++$this->cancelled >= $this->consumers) {
            $this->cancel($reason);
        }
    }

    private function follow(PromiseInterface $other): void
    {
        if ($other === $this) {
            $this->settle(self::REJECTED, new LogicException('A promise cannot wait for itself.'));
            return;
        }
        $this->followed = $other;
        $end = fn (int $state): \Closure => function (mixed $outcome) use ($state, $other): void {
            if ($this->followed === $other) {
                $this->settle($state, $outcome);
            }
        };
        $other->done($end(self::FULFILLED), $end(self::REJECTED), $end(self::CANCELLED));
    }

    private function settle(int $state, mixed $outcome): void
    {
        if ($this->state !== self::PENDING) {
            return;
        }
        $this->state = $state;
        $this->outcome = $outcome;
        $this->followed = null;
        $this->canceller = null;
        $waiting = $this->waiting;
        $this->waiting = [];
        $thrown = null;
        foreach ($waiting as $one) {
            try {
                $this->react($one);
            } catch (\Throwable $e) {
                $thrown ??= $e; // the others are told first
            }
        }
        if ($thrown !== null) {
            throw $thrown;
        }
    }

    /** @param array{?callable, ?callable, ?callable, ?self} $one */
    private function take(array $one): void
    {
        if ($this->state === self::PENDING) {
            $this->waiting[] = $one;
        } else {
            $this->react($one);
        }
    }

    /** @param array{?callable, ?callable, ?callable, ?self} $one */
    private function react(array $one): void
    {
        $call = $one[$this->state - 1];
        $child = $one[3];
        if ($child === null) {
            $this->finish($call);
            return;
        }
        if ($call === null) {
            $child->settle($this->state, $this->outcome);
            return;
        }
        try {
            $result = $call($this->outcome);
        } catch (\Throwable $e) {
            $child->settle(self::REJECTED, $e);
            return;
        }
        if ($this->state !== self::CANCELLED) {
            $child->resolve($result);
            return;
        }
        $cancel = function () use ($child): void {
            $child->settle(self::CANCELLED, $this->outcome);
        };
        if ($result instanceof PromiseInterface) {
            $result->done($cancel, static function (mixed $reason) use ($child): void {
                $child->settle(self::REJECTED, $reason);
            }, $cancel);
        } else {
            $cancel();
        }
    }

    /** The end of a chain: nobody else would hear of a failure. */
    private function finish(?callable $call): void
    {
        if ($call !== null) {
            $result = $call($this->outcome);
            if ($result instanceof PromiseInterface) {
                $result->done();
            }
        } elseif ($this->state !== self::FULFILLED) {
            throw self::thrown($this->outcome, $this->state === self::CANCELLED
                ? CancellationException::class
                : RejectionException::class);
        }
    }

    /**
     * A reason as what can be thrown.
     *
     * @param class-string<\Throwable> $class for reasons that are texts or data
     */
    private static function thrown(mixed $reason, string $class): \Throwable
    {
        return match (true) {
            $reason instanceof \Throwable => $reason,
            $reason instanceof ThrowableProxy => $reason->toThrowable(),
            $reason === null => new $class('Without a reason.'),
            \is_scalar($reason), $reason instanceof \Stringable => new $class((string) $reason),
            \is_array($reason) && \reset($reason) instanceof \Throwable => \reset($reason),
            default => new $class('The reason is of type ' . \get_debug_type($reason) . '.'),
        };
    }
}
