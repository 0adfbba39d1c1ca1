<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Event;

use Kraken\Event\AsyncEventEmitter;
use Kraken\Event\EventEmitter;
use Kraken\Loop\Loop;
use Kraken\Tests\Support\MadeUpTime;
use PHPUnit\Framework\TestCase;

/**
 * @file Who is called at which event, and how often.
 */
final class EventEmitterTest extends TestCase
{
    /** @var list<mixed> */
    private array $log = [];

    private function note(): \Closure
    {
        return function (mixed ...$arguments): void {
            $this->log[] = \implode(',', $arguments);
        };
    }

    /** @return array<string, array{\Closure(EventEmitter, \Closure): mixed, list<string>}> */
    public static function ways(): array
    {
        return [
            'on' => [fn ($e, $f) => $e->on('x', $f), ['1', '2', '3', '4', '5']],
            'once' => [fn ($e, $f) => $e->once('x', $f), ['1']],
            'times' => [fn ($e, $f) => $e->times('x', 2, $f), ['1', '2']],
            'times 0' => [fn ($e, $f) => $e->times('x', 0, $f), ['1', '2', '3', '4', '5']],
            'delay' => [fn ($e, $f) => $e->delay('x', 4, $f), ['4', '5']],
            'delayOnce' => [fn ($e, $f) => $e->delayOnce('x', 3, $f), ['3']],
            'delayTimes' => [fn ($e, $f) => $e->delayTimes('x', 2, 2, $f), ['2', '3']],
        ];
    }

    /** @dataProvider ways */
    public function testHowOftenAListenerIsCalled(\Closure $listen, array $expected): void
    {
        $emitter = new EventEmitter();
        $listen($emitter, $this->note());
        $emitter->on('y', fn () => self::fail('another event'));
        for ($i = 1; $i <= 5; ++$i) {
            $emitter->emit('x', [$i]);
        }
        self::assertSame($expected, $this->log);
    }

    public function testListenersCanBeTakenBack(): void
    {
        $emitter = new EventEmitter();
        $listener = $this->note();
        $handle = $emitter->on('x', $listener);
        self::assertSame([$emitter, 'x', $listener], [$handle->getEmitter(), $handle->getEvent(),
            $handle->getHandler()]);
        self::assertNotNull($emitter->findListener('x', $listener));
        $handle->cancel();
        $handle->cancel();
        self::assertNull($emitter->findListener('x', $listener));
        $emitter->on('x', $listener);
        $emitter->removeListener('x', $listener);
        $emitter->on('x', $listener);
        $emitter->removeListeners('x');
        $emitter->on('x', $listener);
        $emitter->flushListeners();
        $emitter->emit('x', [1]);
        self::assertSame([], $this->log);
    }

    public function testAListenerRemovedByAnEarlierOneIsNotCalled(): void
    {
        $emitter = new EventEmitter();
        $emitter->on('x', fn () => $emitter->removeListeners('x'));
        $emitter->on('x', $this->note());
        $emitter->emit('x', [1]);
        self::assertSame([], $this->log);
    }

    public function testAOnceListenerMayEmitTheSameEvent(): void
    {
        $emitter = new EventEmitter();
        $emitter->once('x', function () use ($emitter): void {
            $this->log[] = 'once';
            $emitter->emit('x');
        });
        $emitter->emit('x');
        self::assertSame(['once'], $this->log);
    }

    public function testEventsAreCopiedAndForwarded(): void
    {
        [$a, $b] = [new EventEmitter(), new EventEmitter()];
        $b->on('x', $this->note());
        $b->on('y', $this->note());
        $a->copyEvents($b, ['x', 'y']);
        $a->emit('x', [1]);
        $a->emit('y', [2]);
        $a->flushListeners();
        $a->forwardEvents($b);
        $a->emit('x', [3]);
        $a->discardEvents($b);
        $a->emit('x', [4]);
        self::assertSame(['1', '2', '3'], $this->log);
    }

    public function testModesDiscardEvents(): void
    {
        [$a, $b] = [new EventEmitter(), new EventEmitter()];
        $a->on('x', fn () => $this->log[] = 'own');
        $b->on('x', fn () => $this->log[] = 'other');
        $a->forwardEvents($b);
        foreach ([0, 1, 2, 3] as $mode) {
            $a->setMode($mode);
            self::assertSame($mode, $a->getMode());
            $a->emit('x');
            $this->log[] = '|';
        }
        self::assertSame(['own', 'other', '|', 'other', '|', 'own', '|', '|'], $this->log);
    }

    public function testTheAsynchronousEmitterCallsLater(): void
    {
        $loop = new Loop(new MadeUpTime());
        $emitter = new AsyncEventEmitter($loop);
        $emitter->on('x', $this->note());
        $emitter->emit('x', [1]);
        self::assertSame([], $this->log);
        $loop->start();
        self::assertSame(['1'], $this->log);
    }
}
