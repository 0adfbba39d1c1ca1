<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Promise;

use Kraken\Throwable\Exception\Runtime\UnderflowException;

/**
 * @file What can be asked of many promises at once. A collection is an array of promises and
 * values, or a promise of one; cancelling the answer cancels what it still waits for.
 */
trait Collections
{
    /** A promise as it is; anything else as a fulfilled one. */
    public static function doResolve(mixed $promiseOrValue = null): PromiseInterface
    {
        return $promiseOrValue instanceof PromiseInterface
            ? $promiseOrValue
            : new PromiseFulfilled($promiseOrValue);
    }

    /** A rejected promise; of a promise: rejected with its value once that is there. */
    public static function doReject(mixed $promiseOrValue = null): PromiseInterface
    {
        return $promiseOrValue instanceof PromiseInterface
            ? $promiseOrValue->then(
                static fn (mixed $value): PromiseInterface => new PromiseRejected($value)
            )
            : new PromiseRejected($promiseOrValue);
    }

    /** A cancelled promise; of a promise: cancelled with what comes out of it. */
    public static function doCancel(mixed $promiseOrValue = null): PromiseInterface
    {
        $cancelled = static fn (mixed $value): PromiseInterface => new PromiseCancelled($value);
        return $promiseOrValue instanceof PromiseInterface
            ? $promiseOrValue->then($cancelled, $cancelled)
            : new PromiseCancelled($promiseOrValue);
    }

    /** All values, under their keys; rejected with the first reason. */
    public static function all(mixed $promisesOrValues): PromiseInterface
    {
        return self::map($promisesOrValues, static fn (mixed $value): mixed => $value);
    }

    /** Ends as the first of them that ends; the others are cancelled. Nothing of nothing: null. */
    public static function race(mixed $promisesOrValues): PromiseInterface
    {
        $begin = static function (array $all, Promise $answer): void {
            if ($all === []) {
                $answer->resolve();
            }
            foreach ($all as $one) {
                $one->done(...self::endsOf($answer));
            }
        };
        return self::collect($promisesOrValues, $begin, true);
    }

    /** The first value; rejected with all reasons when there is none. */
    public static function any(mixed $promisesOrValues): PromiseInterface
    {
        return self::some($promisesOrValues, 1)
            ->then(static fn (array $values): mixed => \array_shift($values));
    }

    /**
     * The first so many values, under their keys, while the rest is cancelled; rejected with the
     * reasons as soon as too few are left.
     */
    public static function some(mixed $promisesOrValues, int $howMany): PromiseInterface
    {
        $begin = static function (array $all, Promise $answer) use ($howMany): void {
            if ($howMany < 1) {
                $answer->resolve([]);
                return;
            }
            $spare = \count($all) - $howMany;
            if ($spare < 0) {
                $answer->reject(new UnderflowException(\sprintf(
                    'Input array must contain at least %d items but contains only %d items.',
                    $howMany,
                    \count($all)
                )));
                return;
            }
            $values = [];
            $reasons = [];
            foreach ($all as $key => $one) {
                $one->done(
                    static function (mixed $value) use ($answer, $key, $howMany, &$values): void {
                        $values[$key] = $value;
                        if (\count($values) === $howMany) {
                            $answer->resolve($values);
                        }
                    },
                    static function (mixed $reason) use ($answer, $key, $spare, &$reasons): void {
                        $reasons[$key] = $reason;
                        if (\count($reasons) > $spare) {
                            $answer->reject($reasons);
                        }
                    },
                    self::endsOf($answer)[2]
                );
            }
        };
        return self::collect($promisesOrValues, $begin, true);
    }

    /** What the function makes of each value, a promise perhaps, under the same keys. */
    public static function map(mixed $promisesOrValues, callable $mapFunc): PromiseInterface
    {
        $begin = static function (array $all, Promise $answer) use ($mapFunc): void {
            $values = \array_fill_keys(\array_keys($all), null);
            $left = \count($all);
            if ($left === 0) {
                $answer->resolve([]);
            }
            foreach ($all as $key => $one) {
                $one->then(static fn (mixed $value): mixed => $mapFunc($value))->done(
                    static function (mixed $value) use ($answer, $key, &$values, &$left): void {
                        $values[$key] = $value;
                        if (--$left === 0) {
                            $answer->resolve($values);
                        }
                    },
                    self::endsOf($answer)[1],
                    self::endsOf($answer)[2]
                );
            }
        };
        return self::collect($promisesOrValues, $begin, false);
    }

    /**
     * As array_reduce, with promises anywhere: `fn($carry, $value, $index, $total)`, in order.
     */
    public static function reduce(
        mixed $promisesOrValues,
        callable $reduceFunc,
        mixed $initialValue = null
    ): PromiseInterface {
        $carry = self::doResolve($initialValue);
        $begin = static function (array $all, Promise $answer) use ($reduceFunc, $carry): void {
            $total = \count($all);
            foreach (\array_values($all) as $i => $one) {
                $carry = $carry->then(static fn (mixed $c): PromiseInterface => $one->then(
                    static fn (mixed $value): mixed => $reduceFunc($c, $value, $i, $total)
                ));
            }
            $carry->done(...self::endsOf($answer));
        };
        return self::collect($promisesOrValues, $begin, false);
    }

    /**
     * The three ends of a promise as callbacks for done(), which looks at what they return.
     *
     * @return list<\Closure(mixed): void>
     */
    private static function endsOf(Promise $answer): array
    {
        return [
            static function (mixed $value) use ($answer): void {
                $answer->resolve($value);
            },
            static function (mixed $reason) use ($answer): void {
                $answer->reject($reason);
            },
            static function (mixed $reason) use ($answer): void {
                $answer->cancel($reason);
            },
        ];
    }

    /**
     * @param \Closure(array<PromiseInterface>, Promise): void $begin
     * @param bool $firstWins whether what is left over is cancelled when the answer is there
     */
    private static function collect(
        mixed $promisesOrValues,
        \Closure $begin,
        bool $firstWins
    ): PromiseInterface {
        $parts = [];
        $cancelParts = static function () use (&$parts): void {
            $left = $parts;
            $parts = [];
            foreach ($left as $part) {
                $part->cancel();
            }
        };
        $answer = new Promise(null, $cancelParts);
        $whole = self::doResolve($promisesOrValues);
        $parts[] = $whole;
        $whole->done(
            static function (mixed $array) use ($answer, $begin, &$parts): void {
                $all = \array_map(self::doResolve(...), \is_array($array) ? $array : []);
                $parts = \array_filter(
                    $all,
                    static fn (PromiseInterface $one): bool => $one->isPending()
                );
                $begin($all, $answer);
            },
            self::endsOf($answer)[1],
            self::endsOf($answer)[2]
        );
        if ($firstWins) {
            // Not counted as an interest in the answer: it must not keep it from being cancelled.
            $answer->waiting[] = [$cancelParts, $cancelParts, $cancelParts, null];
        }
        return $answer;
    }
}
