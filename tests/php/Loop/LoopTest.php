<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Loop;

use Kraken\Loop\Loop;
use Kraken\Loop\Model\SelectLoop;
use Kraken\Loop\Timer\TimerInterface;
use Kraken\Tests\Support\MadeUpTime;
use Kraken\Throwable\Exception\Logic\IllegalCallException;
use PHPUnit\Framework\TestCase;

/**
 * @file The event loop on a clock of its own: order of callbacks, timers, what survives an exception.
 */
final class LoopTest extends TestCase
{
    private MadeUpTime $time;
    private Loop $loop;
    /** @var list<string> */
    private array $log = [];

    protected function setUp(): void
    {
        $this->time = new MadeUpTime();
        $this->loop = new Loop($this->time);
        $this->log = [];
    }

    /** A callback that notes its name and the time. */
    private function note(string $what): \Closure
    {
        return function () use ($what): void {
            $this->log[] = $what . '@' . $this->time->seconds();
        };
    }

    public function testTimersRunInTheOrderTheyAreDue(): void
    {
        $this->loop->addTimer(0.3, $this->note('c'));
        $this->loop->addTimer(0.1, $this->note('a'));
        $this->loop->addTimer(0.1, $this->note('b'));
        $this->loop->start();
        self::assertSame(['a@0.1', 'b@0.1', 'c@0.3'], $this->log);
        self::assertSame([100, 200], \array_values(\array_filter($this->time->slept)));
    }

    public function testATimerKnowsItself(): void
    {
        $timer = $this->loop->addTimer(0.5, function (TimerInterface $timer): void {
            self::assertFalse($timer->isActive());
            $this->log[] = $timer->getData();
        });
        $timer->setData('mine');
        self::assertSame([0.5, false, true], [$timer->getInterval(), $timer->isPeriodic(),
            $timer->isActive()]);
        self::assertSame($this->loop, $timer->getLoop());
        $this->loop->start();
        self::assertSame(['mine'], $this->log);
    }

    public function testAPeriodicTimerKeepsItsPaceUntilItIsCancelled(): void
    {
        $timer = $this->loop->addPeriodicTimer(1.0, function (TimerInterface $timer): void {
            ($this->note('p'))();
            $this->time->now += 250_000_000; // its own work takes time
            if (\count($this->log) === 3) {
                $timer->cancel();
            }
        });
        $this->loop->start();
        self::assertSame(['p@1', 'p@2', 'p@3'], $this->log);
        self::assertFalse($this->loop->isTimerActive($timer));
    }

    /** @dataProvider neverIntervals */
    public function testATimerThatIsToComeNeverDoesNotCome(float $interval): void
    {
        $come = function (): void {
            ($this->note('never'))();
            $this->loop->stop(); // else one that comes at once, again and again, holds the test up
        };
        $never = [$this->loop->addTimer($interval, $come),
            $this->loop->addPeriodicTimer($interval, $come)];
        $this->loop->addTimer(3600.0, function () use ($never): void {
            ($this->note('a'))();
            \array_map(static fn (TimerInterface $each) => $each->cancel(), $never);
        });
        $this->loop->start();
        self::assertSame(['a@3600'], $this->log);
    }

    /** @return list<array{float}> */
    public static function neverIntervals(): array
    {
        return [[9e9], [1e10], [1e300], [(float) \PHP_INT_MAX], [\INF]];
    }

    public function testCallsThatCameTooLateAreLeftOut(): void
    {
        $timer = $this->loop->addPeriodicTimer(1.0, function (TimerInterface $timer): void {
            ($this->note('p'))();
            $this->time->now += \count($this->log) === 1 ? 5_500_000_000 : 0;
            if (\count($this->log) === 3) {
                $timer->cancel();
            }
        });
        $this->loop->start();
        self::assertSame(['p@1', 'p@6.5', 'p@7.5'], $this->log);
    }

    public function testTimersMayBeSetAndCancelledInsideTimers(): void
    {
        $other = $this->loop->addTimer(0.2, $this->note('never'));
        $this->loop->addTimer(0.1, function () use ($other): void {
            $this->loop->cancelTimer($other);
            $this->loop->addTimer(0.0, $this->note('nested'));
            $this->loop->addTimer(0.1, function (): void {
                $this->loop->addTimer(0.1, $this->note('deep'));
            });
        });
        $this->loop->start();
        self::assertSame(['nested@0.100001', 'deep@0.3'], $this->log);
    }

    public function testATimerOfNoTimeDoesNotStarveTheStreams(): void
    {
        [$a, $b] = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        $this->time->arrivals = [static fn (): array => [], static fn (): array =>
            [\get_resource_id($a) => $a]];
        $again = function () use (&$again): void {
            $this->loop->addTimer(0.0, $again);
        };
        $again();
        $this->loop->addReadStream($a, function (): void {
            $this->log[] = 'read';
            $this->loop->stop();
        });
        $this->loop->start();
        self::assertSame(['read'], $this->log);
        \fclose($b);
    }

    public function testManyCancelledTimersLeaveNothingBehind(): void
    {
        $before = \memory_get_usage();
        for ($i = 0; $i < 100_000; ++$i) {
            $this->loop->addTimer(3600.0, static fn (): int => 1)->cancel();
        }
        self::assertLessThan(100_000, \memory_get_usage() - $before);
        $this->loop->start();
        self::assertSame([], $this->time->slept);
    }

    public function testTicksRunInOrderAndNestedOnesNextTime(): void
    {
        $this->loop->onStart($this->note('start'));
        $this->loop->onStop($this->note('stop'));
        $this->loop->onTick(function (): void {
            ($this->note('tick'))();
            $this->loop->onTick($this->note('nested'));
        });
        $this->loop->onAfterTick($this->note('after'));
        $this->loop->onBeforeTick($this->note('before'));
        $this->loop->start();
        self::assertSame(
            ['start@0', 'before@0', 'tick@0', 'after@0', 'nested@0', 'stop@0'],
            $this->log
        );
    }

    public function testTickIsOneRoundWithoutSleep(): void
    {
        $this->loop->addTimer(1.0, $this->note('timer'));
        $this->loop->onTick($this->note('tick'));
        $this->loop->tick();
        self::assertSame(['tick@0'], $this->log);
        self::assertSame([], $this->time->slept);
        self::assertFalse($this->loop->isRunning());
    }

    public function testStopTakesEffectAfterTheRunningCallback(): void
    {
        $this->loop->onTick(function (): void {
            $this->loop->stop();
            ($this->note('one'))();
        });
        $this->loop->onTick($this->note('two'));
        $this->loop->start();
        self::assertSame(['one@0'], $this->log);
        $this->loop->start();
        self::assertSame(['one@0', 'two@0'], $this->log);
    }

    public function testNothingIsLostWhenACallbackThrows(): void
    {
        $throw = fn (string $what): \Closure => function () use ($what): void {
            ($this->note($what))();
            throw new \DomainException($what);
        };
        $this->loop->onTick($throw('tick'));
        $this->loop->onTick($this->note('next'));
        $this->loop->addTimer(1.0, $throw('timer'));
        $this->loop->addTimer(1.0, $this->note('same'));
        $periodic = $this->loop->addPeriodicTimer(2.0, $throw('periodic'));
        $thrown = [];
        for ($i = 0; $i < 5; ++$i) {
            try {
                $this->loop->start();
            } catch (\DomainException $e) {
                $thrown[] = $e->getMessage();
                self::assertFalse($this->loop->isRunning());
            }
            if (\count($thrown) === 4) {
                $periodic->cancel();
            }
        }
        self::assertSame(['tick', 'timer', 'periodic', 'periodic'], $thrown);
        self::assertSame(['tick@0', 'next@0', 'timer@1', 'same@1', 'periodic@2', 'periodic@4'],
            $this->log);
    }

    public function testACallbackCannotRunTheLoopAgain(): void
    {
        $this->loop->onTick(fn () => $this->loop->start());
        $this->expectException(IllegalCallException::class);
        $this->loop->start();
    }

    public function testStreamsAreCalledUntilTheyAreRemoved(): void
    {
        $loop = new Loop(new SelectLoop());
        [$a, $b] = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        $loop->addWriteStream($a, function ($stream, Loop $loop) use ($a): void {
            self::assertSame($a, $stream);
            \fwrite($stream, 'ping');
            $loop->removeWriteStream($stream);
        });
        $loop->addReadStream($b, function ($stream, Loop $loop): void {
            $this->log[] = (string) \fread($stream, 100);
            $loop->removeStream($stream);
        });
        $loop->start();
        self::assertSame(['ping'], $this->log);
    }

    public function testAStreamThatWasClosedIsForgotten(): void
    {
        $loop = new Loop();
        [$a, $b] = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        $loop->addReadStream($a, static fn () => self::fail('closed'));
        $loop->onTick(static fn () => \fclose($a));
        $loop->start();
        self::assertFalse($loop->isRunning());
        \fclose($b);
    }

    public function testTheRealClockWaitsForATimer(): void
    {
        $loop = new Loop();
        $began = \hrtime(true);
        $loop->addTimer(0.01, $this->note('x'));
        $loop->start();
        self::assertGreaterThanOrEqual(10_000_000, \hrtime(true) - $began);
    }
}
