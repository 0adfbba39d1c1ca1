<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Promise;

use Kraken\Promise\Deferred;
use Kraken\Promise\Promise;
use Kraken\Promise\PromiseCancelled;
use Kraken\Promise\PromiseFulfilled;
use Kraken\Promise\PromiseInterface;
use Kraken\Promise\PromiseRejected;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;
use Kraken\Throwable\Exception\LogicException;
use Kraken\Throwable\Exception\Runtime\CancellationException;
use Kraken\Throwable\Exception\Runtime\RejectionException;
use Kraken\Throwable\ThrowableProxy;
use PHPUnit\Framework\TestCase;

/**
 * @file One promise: its four states, the way results go down and cancellations go up a chain.
 */
final class PromiseTest extends TestCase
{
    protected function tearDown(): void
    {
        Promise::onUnheardRejection(null);
    }

    private static function state(PromiseInterface $promise): string
    {
        return \implode(' ', \array_keys(\array_filter([
            'pending' => $promise->isPending(),
            'fulfilled' => $promise->isFulfilled(),
            'rejected' => $promise->isRejected(),
            'cancelled' => $promise->isCancelled(),
        ])));
    }

    /** How a promise ended: state and outcome. */
    private static function end(PromiseInterface $promise): array
    {
        $seen = [self::state($promise), null];
        $see = static function (mixed $outcome) use (&$seen): void {
            $seen[1] = $outcome;
        };
        $promise->done($see, $see, $see);
        return $seen;
    }

    /** @return array<string, array{string, string}> */
    public static function ends(): array
    {
        return [
            'resolve' => ['resolve', 'fulfilled'],
            'reject' => ['reject', 'rejected'],
            'cancel' => ['cancel', 'cancelled'],
        ];
    }

    /** @dataProvider ends */
    public function testOnlyTheFirstEndCounts(string $how, string $state): void
    {
        foreach (['resolve', 'reject', 'cancel'] as $second) {
            $promise = new Promise();
            self::assertSame('pending', self::state($promise));
            $promise->$how('first');
            $promise->$second('second');
            self::assertSame([$state, 'first'], self::end($promise));
        }
    }

    /** @dataProvider ends */
    public function testCallbacksRunWhenItEndsAndWhenItHasEnded(string $how): void
    {
        $deferred = new Deferred();
        $order = [];
        $note = static function (string $who) use (&$order): \Closure {
            return static function (mixed $x) use (&$order, $who): void {
                $order[] = "$who:$x";
            };
        };
        $add = static function (string $who) use ($deferred, $note): void {
            $deferred->getPromise()->done($note($who), $note($who), $note($who));
        };
        $add('a');
        $add('b');
        self::assertSame([], $order);
        $deferred->$how(1);
        self::assertSame(['a:1', 'b:1'], $order);
        $add('c');
        self::assertSame(['a:1', 'b:1', 'c:1'], $order);
    }

    public function testTheConstructorHandsOutAllThreeEnds(): void
    {
        foreach (['fulfilled', 'rejected', 'cancelled'] as $i => $state) {
            $promise = new Promise(static fn (callable ...$ends) => $ends[$i]('x'));
            self::assertSame([$state, 'x'], self::end($promise));
        }
        $thrown = new \LogicException('no');
        $promise = new Promise(static fn () => throw $thrown);
        self::assertSame(['rejected', $thrown], self::end($promise));
    }

    public function testReadyMadePromises(): void
    {
        self::assertSame(['fulfilled', 1], self::end(new PromiseFulfilled(1)));
        self::assertSame(['rejected', 1], self::end(new PromiseRejected(1)));
        self::assertSame(['cancelled', 1], self::end(new PromiseCancelled(1)));
        $this->expectException(InvalidArgumentException::class);
        $this->expectExceptionMessage('You cannot create PromiseRejected with a promise. '
            . 'Use Promise::doReject($promiseOrValue) instead.');
        new PromiseRejected(new Promise());
    }

    public function testValuesAreHandedDownAChain(): void
    {
        $deferred = new Deferred();
        $end = $deferred->getPromise()
            ->then(static fn (int $x): int => $x + 1)
            ->then()
            ->success(static fn (int $x): PromiseInterface => Promise::doResolve($x + 1));
        $deferred->resolve(1);
        self::assertSame(['fulfilled', 3], self::end($end));
    }

    public function testReasonsAreHandedDownAChainLikeExceptions(): void
    {
        $deferred = new Deferred();
        $end = $deferred->getPromise()
            ->then(static fn (int $x) => throw new \RuntimeException((string) ($x + 1)))
            ->failure(static fn (\Throwable $e) => throw $e)
            ->failure(static fn (\Throwable $e) => Promise::doReject((int) $e->getMessage() + 1))
            ->then(static fn () => self::fail('not fulfilled'));
        $caught = $end->failure(static fn (int $x): string => "caught $x");
        $deferred->resolve(1);
        self::assertSame(['rejected', 3], self::end($end));
        self::assertSame(['fulfilled', 'caught 3'], self::end($caught));
    }

    public function testACancellationKeepsItsReasonWhateverItsCallbacksReturn(): void
    {
        $deferred = new Deferred();
        $inner = new Deferred();
        $end = $deferred->getPromise()
            ->abort(static fn (): int => 2)
            ->abort(static fn (): PromiseInterface => $inner->getPromise());
        $deferred->cancel(1);
        self::assertSame('pending', self::state($end));
        $inner->resolve(3);
        self::assertSame(['cancelled', 1], self::end($end));
    }

    public function testWhatACancellationCallbackThrowsIsNotLost(): void
    {
        $thrown = new \LogicException('in abort');
        $end = (new PromiseCancelled(1))->abort(static fn () => throw $thrown);
        self::assertSame(['rejected', $thrown], self::end($end));
    }

    public function testCancellingGoesUpWhenAllChildrenAreCancelled(): void
    {
        $reasons = [];
        $parent = new Promise(null, static function (mixed $reason) use (&$reasons): void {
            $reasons[] = $reason;
        });
        $child1 = $parent->then();
        $child2 = $parent->then();
        $child1->cancel('one');
        self::assertSame(['cancelled', 'one'], self::end($child1));
        self::assertSame('pending', self::state($parent));
        $child1->cancel('again');
        self::assertSame('pending', self::state($parent));
        $child2->cancel('two');
        self::assertSame(['cancelled', 'two'], self::end($parent));
        self::assertSame(['two'], $reasons);
    }

    public function testADoneKeepsThePromiseFromBeingCancelledByItsChildren(): void
    {
        $parent = new Promise();
        $seen = null;
        $parent->done(static function (int $x) use (&$seen): void {
            $seen = $x;
        });
        $parent->then()->cancel();
        $parent->resolve(5);
        self::assertSame(5, $seen);
    }

    public function testCancellingReachesTheWorkAChainWaitsFor(): void
    {
        $called = null;
        $work = new Promise(null, static function (mixed $reason) use (&$called): void {
            $called = $reason;
        });
        $chain = Promise::doResolve()->then(static fn (): PromiseInterface => $work);
        $chain->cancel('enough');
        self::assertSame('enough', $called);
        self::assertSame(['cancelled', 'enough'], self::end($work));
        self::assertSame(['cancelled', 'enough'], self::end($chain));
    }

    public function testWorkOthersWaitForGoesOn(): void
    {
        $work = new Promise();
        $other = $work->then(static fn (int $x): int => $x * 2);
        $chain = Promise::doResolve()->then(static fn (): PromiseInterface => $work);
        $chain->cancel();
        self::assertSame('cancelled', self::state($chain));
        $work->resolve(4);
        self::assertSame(['fulfilled', 8], self::end($other));
    }

    public function testACancellerThatThrowsEndsThePromiseAllTheSame(): void
    {
        $promise = new Promise(null, static fn () => throw new \LogicException('canceller'));
        try {
            $promise->cancel();
            self::fail('silent');
        } catch (\LogicException $e) {
            self::assertSame('canceller', $e->getMessage());
        }
        self::assertSame('cancelled', self::state($promise));
    }

    /** @dataProvider ends */
    public function testAPromiseAsValueIsFollowed(string $how, string $state): void
    {
        $inner = new Promise();
        $outer = new Promise();
        $outer->resolve($inner);
        $outer->resolve('too late');
        $outer->reject('too late');
        self::assertSame('pending', self::state($outer));
        $inner->$how('x');
        self::assertSame([$state, 'x'], self::end($outer));
    }

    public function testAPromiseCannotWaitForItself(): void
    {
        $promise = new Promise();
        $promise->resolve($promise);
        [$state, $reason] = self::end($promise);
        self::assertSame('rejected', $state);
        self::assertInstanceOf(LogicException::class, $reason);
    }

    public function testRejectingWithAPromiseWaitsForIt(): void
    {
        $inner = new Promise();
        $outer = new Promise();
        $outer->reject($inner);
        $inner->resolve('reason');
        self::assertSame(['rejected', 'reason'], self::end($outer));
    }

    public function testDoneThrowsWhatNobodyHandles(): void
    {
        $own = new \DomainException('own');
        $cases = [
            [new PromiseRejected($own), \DomainException::class, 'own'],
            [new PromiseRejected('text'), RejectionException::class, 'text'],
            [new PromiseRejected(), RejectionException::class, 'Without a reason.'],
            [new PromiseRejected([1 => $own]), \DomainException::class, 'own'],
            [new PromiseRejected(new \stdClass()), RejectionException::class,
                'The reason is of type stdClass.'],
            [new PromiseRejected(new ThrowableProxy(\RangeException::class, 'far')),
                \RangeException::class, 'far'],
            [new PromiseCancelled('off'), CancellationException::class, 'off'],
        ];
        foreach ($cases as [$promise, $class, $message]) {
            try {
                $promise->done();
                self::fail("silent: $message");
            } catch (\PHPUnit\Framework\Exception $e) {
                throw $e;
            } catch (\Throwable $e) {
                self::assertSame([$class, $message], [$e::class, $e->getMessage()]);
            }
        }
        (new PromiseFulfilled(1))->done();
    }

    public function testWhatADoneCallbackThrowsComesOutAfterAllOthersWereTold(): void
    {
        $deferred = new Deferred();
        $told = [];
        $deferred->getPromise()->done(static fn () => throw new \DomainException('first'));
        $deferred->getPromise()->done(static fn () => throw new \DomainException('second'));
        $deferred->getPromise()->done(static function () use (&$told): void {
            $told[] = 'third';
        });
        try {
            $deferred->resolve();
            self::fail('silent');
        } catch (\DomainException $e) {
            self::assertSame('first', $e->getMessage());
        }
        self::assertSame(['third'], $told);
    }

    public function testWhatADoneCallbackThrowsComesThroughAChainOfPromises(): void
    {
        $work = new Deferred();
        Promise::doResolve()
            ->then(static fn (): PromiseInterface => $work->getPromise())
            ->done(static fn () => throw new \DomainException('late'));
        $this->expectExceptionMessage('late');
        $work->resolve();
    }

    public function testAPromiseReturnedToDoneMustNotFailSilently(): void
    {
        $this->expectExceptionMessage('inner');
        (new PromiseFulfilled())->done(
            static fn (): PromiseInterface => new PromiseRejected(new \DomainException('inner'))
        );
    }

    public function testSpreadHandsOverSeparateArguments(): void
    {
        $join = static fn (int $a, int $b): string => "$a+$b";
        self::assertSame(
            ['fulfilled', '1+2'],
            self::end((new PromiseFulfilled(['x' => 1, 'y' => 2]))->spread($join))
        );
        self::assertSame(
            ['fulfilled', '3+4'],
            self::end((new PromiseRejected([3, 4]))->spread(null, $join))
        );
        self::assertSame(['fulfilled', 5], self::end((new PromiseFulfilled(5))->spread()));
    }

    /** @dataProvider ends */
    public function testAlwaysRunsAndHandsTheEndOn(string $how, string $state): void
    {
        $deferred = new Deferred();
        $arguments = null;
        $end = $deferred->getPromise()->always(static function () use (&$arguments): string {
            $arguments = \func_get_args();
            return 'ignored';
        });
        $deferred->$how('x');
        self::assertSame([$state, 'x'], self::end($end));
        self::assertSame([], $arguments);
    }

    public function testAlwaysThatThrowsRejects(): void
    {
        $end = (new PromiseFulfilled(1))->always(static fn () => throw new \DomainException('a'));
        self::assertSame('rejected', self::state($end));
    }

    public function testARejectionNobodyLookedAtIsReported(): void
    {
        $unheard = [];
        Promise::onUnheardRejection(static function (mixed $reason) use (&$unheard): void {
            $unheard[] = $reason;
        });
        (new PromiseFulfilled())->then(static fn () => throw new \DomainException('lost'));
        (new PromiseRejected('heard'))->failure(static fn (): int => 1);
        self::assertCount(1, $unheard);
        self::assertSame('lost', $unheard[0]->getMessage());
    }

    public function testALongChainEndsWithoutAStackOfItsLength(): void
    {
        $deferred = new Deferred();
        $end = $deferred->getPromise();
        for ($i = 0; $i < 20_000; ++$i) {
            $end = $end->then(static fn (int $x): int => $x + 1);
        }
        $deferred->resolve(0);
        self::assertSame(['fulfilled', 20_000], self::end($end));
    }
}
