<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace App\Process\Container\Probe;

use Kraken\Core\CoreInterface;
use Kraken\Loop\Timer\TimerInterface;
use Kraken\Promise\Deferred;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Throwable\Exception\Runtime\RejectionException;

/**
 * @file Does what a test asks of it, and tells what its hooks see.
 */
final class ProbeContainer extends RuntimeContainer
{
    private const MESSAGES_KEPT = 100;

    /** @var list<string> */
    private array $messages = [];
    private int $ticks = 0;

    protected function config(CoreInterface $core)
    {
        if (($this->getArgs()['exit'] ?? '') === 'config') {
            exit(3);
        }
        return ['probe.answer' => 42];
    }

    protected function boot(CoreInterface $core)
    {
        if (($this->getArgs()['exit'] ?? '') === 'boot') {
            exit(3);
        }
        return $this;
    }

    protected function construct(CoreInterface $core)
    {
        if (($this->getArgs()['exit'] ?? '') === 'construct') {
            exit(3);
        }
        foreach (['Create', 'Destroy', 'Start', 'Stop'] as $what) {
            foreach (['Before', '', 'After'] as $when) {
                $this->{"on$when$what"}(function (string $reason = '') use ($when, $what): void {
                    echo "hook $when$what state={$this->getState()} reason=$reason\n";
                    if (($this->getArgs()['throw'] ?? '') === "$when$what") {
                        throw new \DomainException("in $when$what");
                    }
                    if (($this->getArgs()['exit'] ?? '') === "$when$what") {
                        exit(7);
                    }
                });
            }
        }
        if (isset($this->getArgs()['construct'])) {
            $this->probe($this->getArgs()['construct'], null);
        }
        $this->onMessage(function (mixed $value, string $from): void {
            $this->messages[] = $from . ':' . \json_encode($value);
            $this->messages = \array_slice($this->messages, -self::MESSAGES_KEPT);
            if (\is_string($value)) {
                $this->probe($value, null);
            }
        });
        $this->onRequest(fn (mixed $value, string $from): mixed => \is_array($value)
            ? $this->probe($value[0], $value[1] ?? null)
            : ['echo' => $value, 'from' => $from]);
        $this->onCommand('probe', fn (array $params): mixed =>
            $this->probe($params['do'], $params['with'] ?? null) ?? $params);
        $this->onNotice(function (string $path, int $state, string $cause): void {
            $this->messages[] = "notice:$path:$state";
        });
    }

    private function probe(string $what, mixed $with): mixed
    {
        $manager = $this->isBooting() ? null : $this->getManager();
        return match ($what) {
            'who' => [$this->getType(), $this->getParent(), $this->getAlias(), $this->getPath(),
                $this->getName(), $this->getArgs(), $this->getState()],
            'config' => $this->getCore()->config(),
            'messages' => $this->messages,
            'forget' => $this->messages = [],
            'pid' => \getmypid(),
            'memory' => [\memory_get_usage(), \count(\debug_backtrace())],
            'ticks' => $this->ticks,
            'tick' => $this->getLoop()->addPeriodicTimer($with, function (): void {
                ++$this->ticks;
            })->isActive(),
            'tick and throw' => $this->getLoop()->addPeriodicTimer($with, function (): void {
                ++$this->ticks;
                throw new \DomainException("tick {$this->ticks}");
            })->isActive(),
            'throw' => throw new \DomainException((string) ($with ?? 'thrown')),
            'throw soon' => $this->getLoop()->onTick(
                static fn () => throw new \DomainException((string) ($with ?? 'soon'))
            ),
            'fail' => $this->fail(new \LengthException((string) $with)),
            'fail twice' => $this->failTwice(),
            'fail and succeed' => $this->failAndSucceed(),
            'exit' => exit(7),
            'exit 0' => exit(0),
            'echo and die' => self::echoAndDie((int) $with),
            'too large' => $this->refusals($text = \str_repeat('h', $with))
                + $this->refusals($text, ['create' => fn () => $manager->createProcess('B', $text)]),
            'unsendable' => [
                $this->refusals(['user' => [1, new \ArrayObject()]]),
                $this->refusals(\array_reduce(\range(1, 64), static fn ($in) => [$in], 1)),
                $this->refusals(new \stdClass()),
            ],
            'fatal' => \ini_set('memory_limit', '16M') . \str_repeat('x', 64 << 20),
            'warn' => \trigger_error('careful', \E_USER_WARNING),
            'deprecated' => \trigger_error('old', \E_USER_DEPRECATED),
            'busy' => self::busy((float) $with),
            'later' => $this->later((float) $with),
            'never' => $this->never(),
            'reject' => throw new RejectionException((string) $with),
            'object' => new \stdClass(),
            'lose a rejection' => \is_object(\Kraken\Promise\Promise::doReject('lost')->then()),
            'stop loop' => $this->getModel()->getLoop()->stop(),
            'stop' => $this->stop()->done() ?? true,
            'destroy' => $this->destroy()->done() ?? true,
            'create' => $manager->createProcess($with[0], $with[1], $with[2] ?? 0),
            'createAll' => $manager->createProcesses($with),
            'destroyChild' => $manager->destroyProcess($with),
            'exists' => $manager->existsProcess($with),
            'children' => $manager->getProcesses(),
            'request' => $manager->sendRequest($with[0], $with[1], $with[2] ?? []),
            'message' => $manager->sendMessage($with[0], $with[1], $with[2] ?? 0),
            'command' => $manager->sendCommand($with[0], $with[1], $with[2] ?? []),
            'settled' => self::settled($with[0] === 'command'
                ? $manager->sendCommand($with[1], $with[2])
                : $manager->{'send' . \ucfirst($with[0])}($with[1], $with[2])),
            'watch' => $manager->watch($with) ?? true,
            'construct child' => $this->onCreate(fn () => $this->getManager()
                ->createProcess('kid', 'Probe')->done(function (string $text): void {
                    echo $text . PHP_EOL;
                })),
            'hello' => 'hello',
            default => null,
        };
    }

    /** SIGKILL without a number. */
    private static function echoAndDie(int $signal): never
    {
        echo 'one', "\ntwo\nthr";
        \posix_kill(\getmypid(), $signal ?: \SIGKILL);
    }

    /** What a promise of each way to send says to a value that cannot be sent. */
    private function refusals(mixed $value, array $ways = []): array
    {
        $manager = $this->getManager();
        $said = [];
        foreach ($ways ?: [
            'message' => fn () => $manager->sendMessage('Main/T1', $value),
            'request' => fn () => $manager->sendRequest('Main/T1', $value),
            'command' => fn () => $manager->sendCommand('Main/T1', 'probe', ['with' => $value]),
        ] as $way => $send) {
            $send()->then(
                static function (mixed $value) use (&$said, $way): void {
                    $said[$way] = 'sent';
                },
                static function (\Throwable $why) use (&$said, $way): void {
                    $said[$way] = \get_class($why) . ': ' . $why->getMessage();
                }
            );
        }
        return $said;
    }

    /** The answers of many, with what can be told of the exceptions among them. */
    private static function settled(PromiseInterface $answers): PromiseInterface
    {
        $tell = static fn (mixed $each): mixed => $each instanceof \Throwable
            ? [$each::class, $each->getMessage(), $each->getCode()]
            : $each;
        return $answers->then(static fn (array $all): array => \array_map($tell, $all));
    }

    private function isBooting(): bool
    {
        return $this->getState() === 2;
    }

    private function failTwice(): string
    {
        $this->fail(new \LengthException('first'));
        throw new \DomainException('second');
    }

    private function failAndSucceed(): string
    {
        $this->fail(new \LengthException('short'));
        $this->succeed();
        return 'asked';
    }

    private static function busy(float $seconds): bool
    {
        $until = \hrtime(true) + (int) ($seconds * 1e9);
        while (\hrtime(true) < $until) {
            \md5('busy');
        }
        return true;
    }

    private function later(float $seconds): mixed
    {
        $deferred = new Deferred();
        $this->getLoop()->addTimer($seconds, static function () use ($deferred): void {
            $deferred->resolve('later');
        });
        return $deferred->getPromise();
    }

    private function never(): mixed
    {
        return (new Deferred(static function (): void {
            echo "cancelled\n";
        }))->getPromise();
    }
}
