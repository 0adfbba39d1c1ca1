<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace App\Process\Container\Driver;

use Kraken\Core\CoreInterface;
use Kraken\Loop\LoopInterface;
use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Throwable\ThrowableProxy;

/**
 * @file A container whose manager a test holds in its hands: a line of JSON, `[method, arguments]`,
 * comes on a unix socket named after the container, and the answer goes back as one.
 */
final class DriverContainer extends RuntimeContainer
{
    /** @var list<string> */
    private array $messages = [];
    private string $rest = '';

    protected function construct(CoreInterface $core)
    {
        $path = \getenv('TMPDIR') . '/' . $this->getAlias() . '.sock';
        if (\file_exists($path)) {
            \unlink($path);
        }
        $server = \stream_socket_server("unix://$path");
        $this->getLoop()->addReadStream($server, function ($server, LoopInterface $loop): void {
            $client = \stream_socket_accept($server, 0);
            $loop->addReadStream($client, $this->read(...));
        });
        $this->onMessage(function (mixed $value, string $from): void {
            $this->messages[] = "$from " . \json_encode($value);
        });
        $this->onNotice(function (string $path, int $state, string $cause): void {
            $this->messages[] = "notice $path $state";
        });
        $this->onRequest(static fn (mixed $value, string $from): mixed => [$value, $from]);
    }

    /** @param resource $client */
    private function read($client, LoopInterface $loop): void
    {
        $bytes = (string) \fread($client, 65_536);
        if ($bytes === '') {
            $loop->removeStream($client);
            \fclose($client);
            return;
        }
        $lines = \explode("\n", $this->rest . $bytes);
        $this->rest = \array_pop($lines);
        foreach ($lines as $line) {
            $say = static function (array $answer) use ($client): void {
                \array_walk_recursive($answer, static function (mixed &$each): void {
                    $each = $each instanceof \Throwable ? ['thrown' => self::words($each)] : $each;
                });
                if (\is_resource($client)) {
                    \fwrite($client, \json_encode($answer) . "\n");
                }
            };
            $no = static fn (mixed $why) => $say(['error' => self::words($why)]);
            Promise::doResolve(\json_decode($line, true))
                ->then(fn (array $asked): mixed => $this->carryOut(...$asked))
                ->done(static fn (mixed $value) => $say(['value' => $value]), $no, $no);
        }
    }

    private static function words(mixed $why): array
    {
        return match (true) {
            $why instanceof \Throwable => [$why::class, $why->getMessage()],
            $why instanceof ThrowableProxy => [$why->getClass(), $why->getMessage()],
            default => ['cancelled', \json_encode($why)],
        };
    }

    private function carryOut(string $method, mixed ...$arguments): mixed
    {
        return match ($method) {
            'messages' => $this->messages,
            'state' => $this->getState(),
            'pid' => \getmypid(),
            'sequential' => $this->sequential(...$arguments),
            'pipelined' => $this->pipelined(...$arguments),
            default => $this->getManager()->$method(...$arguments) ?? true,
        };
    }

    /** Requests one after the other; the seconds they took. */
    private function sequential(string $target, int $count): PromiseInterface
    {
        $began = \hrtime(true);
        $done = new Promise();
        $next = function () use (&$next, &$count, $target, $done, $began): void {
            if ($count-- === 0) {
                $done->resolve((\hrtime(true) - $began) / 1e9);
                return;
            }
            $this->getManager()->sendRequest($target, 'ping')->done($next);
        };
        $next();
        return $done;
    }

    /** Requests, so many under way at a time; the seconds they took. */
    private function pipelined(string $target, int $count, int $width): PromiseInterface
    {
        $began = \hrtime(true);
        $done = new Promise();
        $left = $count;
        $next = function () use (&$next, &$count, &$left, $target, $done, $began): void {
            if ($count-- > 0) {
                $this->getManager()->sendRequest($target, 'ping')->done(
                    static function () use (&$next, &$left, $done, $began): void {
                        if (--$left === 0) {
                            $done->resolve((\hrtime(true) - $began) / 1e9);
                        } else {
                            $next();
                        }
                    }
                );
            }
        };
        for ($i = 0; $i < $width; ++$i) {
            $next();
        }
        return $done;
    }
}
