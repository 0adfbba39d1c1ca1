<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Promise;

use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Promise\PromiseRejected;
use Kraken\Throwable\Exception\Runtime\UnderflowException;
use PHPUnit\Framework\TestCase;

/**
 * @file Many promises at once: which of them decide, in what order, and which are called off.
 */
final class CollectionsTest extends TestCase
{
    /** How a promise ended: state and outcome. */
    private static function end(PromiseInterface $promise): array
    {
        $seen = ['pending', null];
        foreach (['fulfilled', 'rejected', 'cancelled'] as $i => $state) {
            $ends[$i] = static function (mixed $outcome) use (&$seen, $state): void {
                $seen = [$state, $outcome];
            };
        }
        $promise->done(...$ends);
        return $seen;
    }

    public function testStaticsMakePromisesOfValuesAndPromises(): void
    {
        $promise = new Promise();
        self::assertSame($promise, Promise::doResolve($promise));
        self::assertSame(['fulfilled', 1], self::end(Promise::doResolve(1)));
        self::assertSame(['rejected', 1], self::end(Promise::doReject(1)));
        self::assertSame(['cancelled', 1], self::end(Promise::doCancel(1)));
        self::assertSame(['rejected', 2], self::end(Promise::doReject(Promise::doResolve(2))));
        self::assertSame(['cancelled', 2], self::end(Promise::doCancel(Promise::doReject(2))));
    }

    public function testAllKeepsKeysAndOrder(): void
    {
        [$a, $b] = [new Promise(), new Promise()];
        $all = Promise::all(['a' => $a, 'b' => $b, 'c' => 3]);
        $b->resolve(2);
        self::assertTrue($all->isPending());
        $a->resolve(1);
        self::assertSame(['fulfilled', ['a' => 1, 'b' => 2, 'c' => 3]], self::end($all));
    }

    public function testAllOfNothingIsNothing(): void
    {
        self::assertSame(['fulfilled', []], self::end(Promise::all([])));
    }

    public function testAllEndsWithTheFirstReason(): void
    {
        [$a, $b] = [new Promise(), new Promise()];
        $all = Promise::all([$a, $b]);
        $b->reject('b');
        $a->reject('a');
        self::assertSame(['rejected', 'b'], self::end($all));
    }

    public function testAllOfAPromiseOfAnArray(): void
    {
        $array = new Promise();
        $all = Promise::all($array);
        $array->resolve([1, Promise::doResolve(2)]);
        self::assertSame(['fulfilled', [1, 2]], self::end($all));
        self::assertSame(['rejected', 'x'], self::end(Promise::all(new PromiseRejected('x'))));
    }

    public function testCancellingAnAnswerCancelsItsParts(): void
    {
        [$a, $b] = [new Promise(), new Promise()];
        Promise::all([$a, $b])->cancel('off');
        self::assertTrue($a->isCancelled() && $b->isCancelled());
        $array = new Promise();
        Promise::all($array)->cancel();
        self::assertTrue($array->isCancelled());
    }

    public function testCancellingTheOnlyChildOfAnAnswerCancelsItsParts(): void
    {
        foreach (['all', 'any', 'race'] as $what) {
            $part = new Promise();
            Promise::$what([$part])->then(static fn (): int => 1)->cancel();
            self::assertTrue($part->isCancelled(), $what);
        }
    }

    public function testRaceEndsAsTheFirstAndCancelsTheOthers(): void
    {
        [$a, $b] = [new Promise(), new Promise()];
        $race = Promise::race([$a, $b]);
        $b->resolve('b');
        self::assertSame(['fulfilled', 'b'], self::end($race));
        self::assertTrue($a->isCancelled());

        [$a, $b] = [new Promise(), new Promise()];
        $race = Promise::race([$a, $b]);
        $a->reject('a');
        self::assertSame(['rejected', 'a'], self::end($race));
        self::assertTrue($b->isCancelled());
        self::assertSame(['fulfilled', null], self::end(Promise::race([])));
    }

    public function testAnyTakesTheFirstValue(): void
    {
        [$a, $b, $c] = [new Promise(), new Promise(), new Promise()];
        $any = Promise::any([$a, $b, $c]);
        $a->reject('a');
        self::assertTrue($any->isPending());
        $c->resolve('c');
        self::assertSame(['fulfilled', 'c'], self::end($any));
        self::assertTrue($b->isCancelled());
    }

    public function testAnyWithoutAValueHasAllReasons(): void
    {
        $any = Promise::any([new PromiseRejected('a'), new PromiseRejected('b')]);
        self::assertSame(['rejected', ['a', 'b']], self::end($any));
    }

    public function testSomeTakesSoMany(): void
    {
        $parts = [new Promise(), new Promise(), new Promise()];
        $some = Promise::some($parts, 2);
        $parts[2]->resolve('c');
        $parts[0]->resolve('a');
        self::assertSame(['fulfilled', [2 => 'c', 0 => 'a']], self::end($some));
        self::assertTrue($parts[1]->isCancelled());
    }

    public function testSomeEndsAsSoonAsTooFewAreLeft(): void
    {
        $parts = [new Promise(), new Promise(), new Promise()];
        $some = Promise::some($parts, 2);
        $parts[1]->reject('b');
        $parts[0]->reject('a');
        self::assertSame(['rejected', [1 => 'b', 0 => 'a']], self::end($some));
        self::assertSame(['fulfilled', []], self::end(Promise::some([1], 0)));
        [$state, $reason] = self::end(Promise::some([1], 2));
        self::assertSame('rejected', $state);
        self::assertInstanceOf(UnderflowException::class, $reason);
        self::assertSame(
            'Input array must contain at least 2 items but contains only 1 items.',
            $reason->getMessage()
        );
    }

    public function testMapTakesValuesAndPromises(): void
    {
        $a = new Promise();
        $map = Promise::map(
            ['x' => $a, 'y' => 2],
            static fn (int $n): mixed => $n === 2 ? Promise::doResolve(20) : $n * 10
        );
        $a->resolve(1);
        self::assertSame(['fulfilled', ['x' => 10, 'y' => 20]], self::end($map));
        $failed = Promise::map([1], static fn () => throw new \DomainException('map'));
        self::assertSame('map', self::end($failed)[1]->getMessage());
    }

    public function testReduceWaitsForEachInOrder(): void
    {
        $parts = [new Promise(), Promise::doResolve('b'), 'c'];
        $reduce = Promise::reduce(
            $parts,
            static fn (string $c, string $v, int $i, int $n): PromiseInterface =>
                Promise::doResolve("$c$v$i/$n "),
            Promise::doResolve('> ')
        );
        self::assertTrue($reduce->isPending());
        $parts[0]->resolve('a');
        self::assertSame(['fulfilled', '> a0/3 b1/3 c2/3 '], self::end($reduce));
        self::assertSame(['fulfilled', 7], self::end(Promise::reduce([], 'strlen', 7)));
    }
}
