<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Runtime;

use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Runtime\Testing\StepRuntime;
use Kraken\Throwable\Exception\Runtime\RejectionException;
use PHPUnit\Framework\TestCase;

/**
 * @file The life of a container: hooks in their order, the state during each, the sentences.
 */
final class LifeTest extends TestCase
{
    private const HOOKS = ['BeforeCreate', 'Create', 'AfterCreate', 'BeforeStart', 'Start',
        'AfterStart', 'BeforeStop', 'Stop', 'AfterStop', 'BeforeDestroy', 'Destroy', 'AfterDestroy'];

    private StepRuntime $step;
    private RuntimeContainer $container;
    /** @var list<string> */
    private array $log = [];

    protected function setUp(): void
    {
        $this->step = new StepRuntime(RuntimeContainer::class);
        $this->container = $this->step->container;
        $this->log = [];
        foreach (self::HOOKS as $hook) {
            $this->container->{"on$hook"}(function (string ...$reason) use ($hook): void {
                $this->log[] = $hook . $this->container->getState();
            });
        }
    }

    /** @return list<string> */
    private function taken(): array
    {
        $log = $this->log;
        $this->log = [];
        return $log;
    }

    private static function end(PromiseInterface $promise): string
    {
        $seen = 'pending';
        $promise->done(
            static function (string $text) use (&$seen): void {
                $seen = $text;
            },
            static function (RejectionException $why) use (&$seen): void {
                $seen = 'rejected: ' . $why->getMessage();
            }
        );
        return $seen;
    }

    public function testAWholeLife(): void
    {
        $c = $this->container;
        self::assertTrue($c->isDestroyed());
        $created = $c->create();
        self::assertSame(['BeforeCreate2'], $this->taken());
        self::assertTrue($c->isCreated());
        self::assertSame('pending', self::end($created));
        $this->step->step();
        self::assertSame(
            ['Create1', 'AfterCreate1', 'BeforeStart4', 'Start4', 'AfterStart4'],
            $this->taken()
        );
        self::assertTrue($c->isStarted());
        self::assertSame('Runtime has been created.', self::end($created));

        self::assertSame('Runtime has been stopped.', self::end($c->stop()));
        self::assertSame(['BeforeStop8', 'Stop8', 'AfterStop8'], $this->taken());
        self::assertTrue($c->isStopped());
        self::assertSame('Runtime has been started.', self::end($c->start()));
        self::assertSame(['BeforeStart4', 'Start4', 'AfterStart4'], $this->taken());

        $destroyed = $c->destroy();
        self::assertSame(
            ['BeforeStop8', 'Stop8', 'AfterStop8', 'BeforeDestroy8', 'Destroy8'],
            $this->taken()
        );
        self::assertSame('pending', self::end($destroyed));
        $this->step->step();
        self::assertSame(['AfterDestroy2'], $this->taken());
        self::assertSame('Runtime has been destroyed.', self::end($destroyed));
        self::assertTrue($c->isDestroyed());
    }

    public function testWhatIsSoAlreadyIsNoMistake(): void
    {
        $c = $this->container;
        self::assertSame('Runtime has been already destroyed.', self::end($c->destroy()));
        $c->create();
        self::assertSame('Runtime has been already created.', self::end($c->create()));
        $this->step->step();
        $this->taken();
        self::assertSame('Runtime has been already started.', self::end($c->start()));
        $c->stop();
        self::assertSame('Runtime has been already stopped.', self::end($c->stop()));
        self::assertSame(['BeforeStop8', 'Stop8', 'AfterStop8'], $this->taken());
    }

    public function testWhatTheStateDoesNotAllowIsRejectedAndRunsNoHook(): void
    {
        $c = $this->container;
        $no = static fn (string $verb, int $state): string =>
            "rejected: It is not possible to $verb runtime from state [$state].";
        self::assertSame($no('start', 2), self::end($c->start()));
        self::assertSame($no('stop', 2), self::end($c->stop()));
        $c->create();
        $this->taken();
        self::assertSame($no('stop', 1), self::end($c->stop()));
        $this->step->step();
        $this->taken();
        self::assertSame($no('create', 4), self::end($c->create()));
        $c->fail('broken');
        self::assertSame($no('start', 16), self::end($c->start()));
        self::assertSame([], $this->taken());
    }

    public function testAFailureIsAStateOfItsOwn(): void
    {
        $c = $this->step->create()->container;
        $this->taken();
        self::assertNull($c->getHash());
        $c->fail(new \DomainException('broken'), ['origin' => 'x']);
        self::assertSame([16, true, false], [$c->getState(), $c->isFailed(), $c->isStarted()]);
        self::assertMatchesRegularExpression('/^[0-9a-f]{16}$/', (string) $c->getHash());
        [$why, $params] = $c->getModel()->getFailure();
        self::assertSame('broken', $why->getMessage());
        self::assertSame(['hash' => $c->getHash(), 'origin' => 'x'], $params);
        $hash = $c->getHash();
        $c->fail('and again');
        self::assertSame($hash, $c->getHash());
        self::assertCount(2, $this->step->failures); // none is lost
        $c->succeed();
        self::assertSame([4, null, null], [$c->getState(), $c->getHash(),
            $c->getModel()->getFailure()]);
        $c->succeed();
        self::assertSame([], $this->taken());
    }

    public function testAFailedContainerCanBeStoppedAndDestroyed(): void
    {
        $c = $this->step->create()->container;
        $c->fail('broken');
        $this->taken();
        self::assertSame('Runtime has been stopped.', self::end($c->stop()));
        self::assertSame(['BeforeStop8', 'Stop8', 'AfterStop8'], $this->taken());
        self::assertNull($c->getHash());
    }

    public function testAContainerThatWasOnlyCreatedCanBeDestroyed(): void
    {
        $this->container->create();
        $this->taken();
        $this->container->destroy();
        self::assertSame(['BeforeDestroy1', 'Destroy1'], $this->taken());
    }

    public function testAHookOfTheEndThatThrowsKeepsNothingFromEnding(): void
    {
        foreach (['Stop', 'Destroy', 'AfterDestroy'] as $hook) {
            $this->container->{"on$hook"}(static fn () => throw new \DomainException($hook));
        }
        $this->step->create();
        $this->taken();
        $this->container->destroy();
        $this->step->step();
        self::assertSame(
            ['BeforeStop8', 'Stop8', 'AfterStop8', 'BeforeDestroy8', 'Destroy8', 'AfterDestroy2'],
            $this->taken()
        );
        self::assertSame(
            ['Stop', 'Destroy', 'AfterDestroy'],
            \array_map(static fn (\Throwable $e): string => $e->getMessage(), $this->step->complaints)
        );
    }

    public function testAFailureBeforeItServesIsThrown(): void
    {
        $this->container->onStart(fn () => $this->container->fail(new \DomainException('late')));
        $this->container->onCreate(fn () => $this->container->fail(new \DomainException('early')));
        $this->expectExceptionMessage('early');
        $this->step->create();
    }

    public function testHooksGetTheReason(): void
    {
        $reasons = [];
        $this->container->onStop(function (string $reason) use (&$reasons): void {
            $reasons[] = $reason;
        });
        $this->step->create();
        $this->container->getModel()->endNow('recycle');
        self::assertSame(['recycle'], $reasons);
    }

    public function testAStoppedContainerKeepsItsTimers(): void
    {
        $this->step->create();
        $ticks = 0;
        $this->container->getLoop()->addPeriodicTimer(1.0, static function () use (&$ticks): void {
            ++$ticks;
        });
        $this->container->stop();
        $this->step->advance(3.5);
        self::assertSame(3, $ticks);
    }
}
