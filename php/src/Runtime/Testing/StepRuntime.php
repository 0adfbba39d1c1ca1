<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Testing;

use Kraken\Loop\Loop;
use Kraken\Loop\LoopExtendedInterface;
use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Boot\Services;
use Kraken\Runtime\Command\CommandManagerInterface;
use Kraken\Runtime\Host\Host;
use Kraken\Runtime\Host\RequestParams;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Throwable\Exception\Logic\IllegalCallException;

/**
 * @file A container without a daemon, for the tests of an application: it lives in the test's own
 * process, step by step, on a clock that the test moves. What it asks of others is written down and
 * answered by the test.
 *
 *     $step = new StepRuntime(TestContainer::class, args: ['color' => 'red']);
 *     $step->create();
 *     $step->deliver('hello', from: 'Main/other');
 *     $step->advance(1.5);
 *     $step->asked[0]->promise->resolve('Process has been created.');
 *
 * There are no supervisors here: fail() is noted in $failures, and succeed() goes on.
 */
final class StepRuntime implements Host
{
    private const NS_PER_S = 1_000_000_000;
    private const ROUNDS_MAX = 10_000;

    public readonly RuntimeContainer $container;
    /** @var list<Asked> what the container has asked of others, oldest first */
    public array $asked = [];
    /** @var list<\Throwable> what it failed with */
    public array $failures = [];
    /** @var list<\Throwable> what its last hooks threw */
    public array $complaints = [];
    /** @var array<string, mixed> answers of commandNow(), by command */
    public array $answers = [];
    /** @var array<string, bool> target to whether it is watched */
    public array $watched = [];

    private readonly StepTime $time;
    private readonly Loop $loop;

    /**
     * @param class-string<RuntimeContainer> $class
     * @param array<string, string> $args
     */
    public function __construct(
        string $class,
        array $args = [],
        ?string $parent = 'Main',
        string $alias = 'T1',
        string $name = 'Test'
    ) {
        $this->time = new StepTime();
        $this->loop = new Loop($this->time);
        $this->container = new $class($parent, $alias, $name, $args);
        Services::prepare($this->container, $this);
    }

    /** Creates and starts the container. */
    public function create(): self
    {
        $this->container->create()->done();
        return $this->step();
    }

    /** Runs what is to be run now, without moving the clock. */
    public function step(): self
    {
        for ($i = 0; $i < self::ROUNDS_MAX; ++$i) {
            $this->loop->tick();
            if (!$this->loop->isBusy()) {
                return $this;
            }
        }
        throw new IllegalCallException('The container always has something to do at once.');
    }

    /** Lets time pass: every timer on the way runs when it is due. */
    public function advance(float $seconds): self
    {
        $until = $this->time->now + (int) ($seconds * self::NS_PER_S);
        $this->step();
        while (($due = $this->loop->nextTimer()) !== null && $due <= $until) {
            $this->time->now = \max($this->time->now, $due);
            $this->step();
        }
        $this->time->now = $until;
        return $this->step();
    }

    /** A message has come. */
    public function deliver(mixed $value, string $from = 'Main/test'): self
    {
        $this->container->emit('message', [$value, $from]);
        return $this->step();
    }

    /** A request has come; the promise is the answer. */
    public function ask(mixed $value, string $from = 'Main/test'): PromiseInterface
    {
        $handler = $this->container->requestHandler()
            ?? throw new IllegalCallException('The container takes no requests.');
        $answer = Promise::doResolve()->then(static fn (): mixed => $handler($value, $from));
        $this->step();
        return $answer;
    }

    /**
     * A command has come; the promise is the answer.
     *
     * @param array<string, mixed> $params
     */
    public function order(
        string $name,
        array $params = [],
        string $from = 'Main/test'
    ): PromiseInterface {
        $commands = $this->container->getCore()->make(CommandManagerInterface::class);
        $answer = $commands->execute($name, ['origin' => $from] + $params);
        $this->step();
        return $answer;
    }

    public function getLoop(): LoopExtendedInterface
    {
        return $this->loop;
    }

    public function change(string $verb): ?PromiseInterface
    {
        return null;
    }

    public function started(): void
    {
    }

    public function failed(\Throwable $why): void
    {
        $this->failures[] = $why;
    }

    public function complain(\Throwable $what): void
    {
        $this->complaints[] = $what;
    }

    public function command(
        string $target,
        string $name,
        array $params,
        RequestParams $how
    ): PromiseInterface {
        return $this->note('command', $target, $name, $params, 0);
    }

    public function commandNow(string $target, string $name, array $params): mixed
    {
        if (!\array_key_exists($name, $this->answers)) {
            throw new IllegalCallException("\$answers has nothing for $name.");
        }
        $answer = $this->answers[$name];
        return $answer instanceof \Throwable ? throw $answer : $answer;
    }

    public function request(
        string|array $target,
        mixed $value,
        int $mode,
        RequestParams $how
    ): PromiseInterface {
        return $this->note('request', $target, '', $value, $mode);
    }

    public function message(string|array $target, mixed $value, int $mode): PromiseInterface
    {
        return $this->note('message', $target, '', $value, $mode);
    }

    public function watch(string $target, bool $on): void
    {
        $this->watched[$target] = $on;
    }

    /** @param string|list<string> $target */
    private function note(
        string $what,
        string|array $target,
        string $name,
        mixed $value,
        int $mode
    ): PromiseInterface {
        $this->asked[] = $asked = new Asked($what, $target, $name, $value, $mode, new Promise());
        return $asked->promise;
    }
}
