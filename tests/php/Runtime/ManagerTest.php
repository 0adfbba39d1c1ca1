<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Runtime;

use Kraken\Channel\Channel;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Runtime;
use Kraken\Runtime\RuntimeCommand;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Runtime\RuntimeManagerInterface;
use Kraken\Runtime\Testing\StepRuntime;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;
use Kraken\Throwable\Exception\Logic\ResourceUndefinedException;
use Kraken\Throwable\Exception\Runtime\BulkRejectionException;
use PHPUnit\Framework\TestCase;

/**
 * @file Every method of the manager: the verb it asks the daemon for, and the framework's sentences.
 */
final class ManagerTest extends TestCase
{
    private StepRuntime $step;
    private RuntimeManagerInterface $manager;

    protected function setUp(): void
    {
        $this->step = (new StepRuntime(RuntimeContainer::class))->create();
        $this->manager = $this->step->container->getManager();
    }

    /** How a promise ended: the sentence, or what it was rejected with. */
    private static function end(PromiseInterface $promise): mixed
    {
        $seen = 'pending';
        $see = static function (mixed $outcome) use (&$seen): void {
            $seen = $outcome;
        };
        $promise->done($see, $see, $see);
        return $seen;
    }

    /** @return iterable<string, array{string, list<mixed>, string, array<string, mixed>}> */
    public static function verbs(): iterable
    {
        $to = ['parent' => 'Main/T1', 'alias' => 'B'];
        foreach (['Process', 'Thread'] as $one) {
            $family = \strtolower($one);
            yield "create$one" => ["create$one", ['B', 'Name'], "$family:create",
                $to + ['name' => 'Name', 'flags' => 'CREATE_DEFAULT']];
            yield "create$one again" => ["create$one", ['B', null, Runtime::CREATE_FORCE],
                "$family:create", $to + ['name' => 'null', 'flags' => 'CREATE_FORCE']];
        }
        foreach (['Process', 'Thread', 'Runtime'] as $one) {
            $family = \strtolower($one);
            yield "destroy$one" => ["destroy$one", ['B'], "$family:destroy",
                $to + ['flags' => 'DESTROY_FORCE_SOFT']];
            yield "destroy$one hard" => ["destroy$one", ['B', Runtime::DESTROY_FORCE_HARD],
                "$family:destroy", $to + ['flags' => 'DESTROY_FORCE_HARD']];
            yield "start$one" => ["start$one", ['B'], "$family:start", $to];
            yield "stop$one" => ["stop$one", ['B', ['timeout' => 1.0]], "$family:stop", $to];
        }
        foreach (['Processes', 'Threads', 'Runtimes'] as $many) {
            yield "get$many" => ["get$many", [], \strtolower($many) . ':get',
                ['parent' => 'Main/T1']];
        }
    }

    /** @dataProvider verbs */
    public function testAsksTheDaemonForAVerb(
        string $method,
        array $arguments,
        string $verb,
        array $params
    ): void {
        $promise = $this->manager->$method(...$arguments);
        self::assertCount(1, $this->step->asked);
        $asked = $this->step->asked[0];
        self::assertSame(['command', '', $verb], [$asked->what, $asked->target, $asked->name]);
        self::assertSame($params, $asked->value);
        $asked->promise->resolve('the daemon says so');
        self::assertSame('the daemon says so', self::end($promise));
    }

    /** @return iterable<string, array{string, array<mixed>, string, string}> */
    public static function bulks(): iterable
    {
        foreach (['processes' => 'Process', 'threads' => 'Thread', 'runtimes' => 'Runtime'] as $many => $one) {
            $Many = \ucfirst($many);
            if ($one !== 'Runtime') {
                yield "create$Many" => ["create$Many", [['a' => 'A', 'b' => 'B']],
                    "$Many have been created.", "Some of the $many could not be created."];
            }
            foreach (['destroy' => 'destroyed', 'start' => 'started', 'stop' => 'stopped'] as $verb => $done) {
                yield "$verb$Many" => ["$verb$Many", [['a', 'b']],
                    "$Many have been $done.", "Some of the $many could not be $done."];
            }
        }
    }

    /** @dataProvider bulks */
    public function testManyAtOnceSayWhatBecameOfEach(
        string $method,
        array $arguments,
        string $all,
        string $some
    ): void {
        $promise = $this->manager->$method(...$arguments);
        self::assertSame(['a', 'b'], \array_map(
            static fn ($asked): string => $asked->value['alias'],
            $this->step->asked
        ));
        $this->step->asked[0]->promise->resolve('yes');
        self::assertSame('pending', self::end($promise));
        $this->step->asked[1]->promise->resolve('yes');
        self::assertSame($all, self::end($promise));

        $this->step->asked = [];
        $promise = $this->manager->$method(...$arguments);
        $why = new \DomainException('no');
        $this->step->asked[0]->promise->reject($why);
        self::assertSame('pending', self::end($promise)); // the other one is waited for
        $this->step->asked[1]->promise->resolve('yes');
        $end = self::end($promise);
        self::assertInstanceOf(BulkRejectionException::class, $end);
        self::assertSame($some, $end->getMessage());
        self::assertSame(['a' => $why, 'b' => 'yes'], $end->getResults());
    }

    public function testExistsIsAnsweredAtOnce(): void
    {
        foreach (['Process', 'Thread', 'Runtime'] as $one) {
            $verb = \strtolower($one) . ':exists';
            $this->step->answers[$verb] = "$one exists.";
            self::assertTrue($this->manager->{"exists$one"}('B'));
            $this->step->answers[$verb] = new ResourceUndefinedException('no');
            self::assertFalse($this->manager->{"exists$one"}('B'));
        }
        $this->step->answers['process:exists'] = new \DomainException('no daemon');
        $this->expectExceptionMessage('no daemon');
        $this->manager->existsProcess('B');
    }

    public function testFlushDestroysAllUnlessTheyAreKept(): void
    {
        $kept = ['Processes' => 'Process', 'Threads' => 'Threads', 'Runtimes' => 'Runtimes'];
        foreach ($kept as $many => $word) {
            self::assertSame(
                "$word storage could not be flushed because of force level set to DESTROY_KEEP.",
                self::end($this->manager->{"flush$many"}())->getMessage()
            );
            self::assertSame([], $this->step->asked);
            $promise = $this->manager->{"flush$many"}(Runtime::DESTROY_FORCE);
            $this->step->asked[0]->promise->resolve(['x', 'y']);
            foreach ([1, 2] as $i) {
                self::assertSame('DESTROY_FORCE', $this->step->asked[$i]->value['flags']);
                $this->step->asked[$i]->promise->resolve('yes');
            }
            self::assertSame("$many storage has been flushed.", self::end($promise));
            $this->step->asked = [];
        }
    }

    public function testMessagesRequestsAndCommands(): void
    {
        $this->manager->sendMessage('B', ['x' => 1], Channel::MODE_BUFFER);
        $this->manager->sendRequest(['B', 'web/*'], 'question');
        $this->manager->sendCommand('B', 'app:test', ['a' => 1]);
        $this->manager->sendRequest('B', new RuntimeCommand('app:test', ['b' => 2]));
        $seen = \array_map(static fn ($a): array => [$a->what, $a->target, $a->name, $a->value,
            $a->mode], $this->step->asked);
        self::assertSame([
            ['message', 'B', '', ['x' => 1], 3],
            ['request', ['B', 'web/*'], '', 'question', 0],
            ['command', 'B', 'app:test', ['a' => 1], 0],
            ['command', 'B', 'app:test', ['b' => 2], 0],
        ], $seen);
        $this->manager->watch('B');
        $this->manager->unwatch('C');
        self::assertSame(['B' => true, 'C' => false], $this->step->watched);
    }

    public function testMistakesOfTheCallerAreThrown(): void
    {
        foreach ([
            fn () => $this->manager->createProcess('B', 'N', 9),
            fn () => $this->manager->destroyProcess('B', -1),
            fn () => $this->manager->sendMessage('B', 1, -1),
            fn () => $this->manager->sendMessage('B', 1, Channel::MODE_BUFFER + 1),
        ] as $mistake) {
            try {
                $mistake();
                self::fail('silent');
            } catch (InvalidArgumentException $e) {
                self::assertSame('Given flag option is invalid.', $e->getMessage());
            }
        }
        foreach ([
            'process:create takes no nope, args; it takes restart, user, group, timeout, '
                . 'retriesLimit, retriesInterval, total.'
                => fn () => $this->manager->createProcess('B', 'N', 0, ['nope' => 1, 'args' => []]),
            'thread:start takes no user; it takes timeout, retriesLimit, retriesInterval, total.'
                => fn () => $this->manager->startThread('B', ['user' => 'daemon']),
            'user: expected a text, got array'
                => fn () => $this->manager->createThread('B', 'N', 0, ['user' => []]),
        ] as $says => $mistake) {
            try {
                $mistake();
                self::fail('silent');
            } catch (InvalidArgumentException $e) {
                self::assertSame($says, $e->getMessage());
            }
        }
        self::assertSame([], $this->step->asked);
        $this->manager->createProcess('B', 'N', 0, ['user' => 'daemon', 'group' => 'nogroup']);
        $asked = \array_pop($this->step->asked)->value;
        self::assertSame(['daemon', 'nogroup'], [$asked['user'], $asked['group']]);
        $this->expectExceptionMessage('timeout: expected a number from 0 to 4000000, got "soon"');
        $this->manager->startProcess('B', ['timeout' => 'soon']);
    }
}
