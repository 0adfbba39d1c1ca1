<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Codec\MessagePack;
use Kraken\Codec\Values;
use Kraken\Log;
use Kraken\Loop\Loop;
use Kraken\Loop\LoopExtendedInterface;
use Kraken\Promise\PromiseInterface;
use Kraken\Protocol\CrashReport;
use Kraken\Protocol\Frame;
use Kraken\Protocol\Link;
use Kraken\Protocol\ProtocolError;
use Kraken\Runtime\Command\CommandManagerInterface;
use Kraken\Runtime\Runtime;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Runtime\RuntimeModel;
use Kraken\Throwable\Exception\Runtime\TimeoutException;

/**
 * @file A container's host in a process that the daemon started: the loop, with the connection on
 * it.
 *
 * While the container has failed, a second loop with nothing but the connection runs in place of
 * its own: its timers, streams and callbacks wait, its mail waits here, the daemon is heard. No call
 * is ever nested in another for that, however often it fails.
 */
final class DaemonHost implements Host
{
    /** How long commandNow() waits; the daemon answers such questions in microseconds. */
    private const PATIENCE_MS = 10_000;
    /** As a shell reports SIGTERM. */
    private const EXIT_TERMINATED = 143;

    private readonly Wire $wire;
    private readonly Calls $calls;
    private readonly Loop $loop;
    private readonly Loop $held;
    private ?Inbox $inbox = null;
    private ?RuntimeModel $model = null;
    /** @var \SplQueue<array{int, int, string}> frames that came while nobody could take them */
    private readonly \SplQueue $waiting;
    private string $path = '';
    private bool $serves = false;
    /** Why it ends; null as long as it does not. */
    private ?string $ending = null;
    private bool $over = false;

    public function __construct(private readonly Link $link)
    {
        $this->wire = new Wire($link);
        $model = new WireModel($this->wire, $link->output);
        $this->loop = new Loop($model);
        $this->held = new Loop($model);
        $this->waiting = new \SplQueue();
        $this->calls = new Calls($this->wire, $this->loop);
        foreach ([$this->loop, $this->held] as $loop) {
            $loop->addReadStream($this->wire->input, $this->readable(...));
        }
    }

    /** Runs the container from create() to its end. */
    public function run(
        RuntimeContainer $container,
        RuntimeModel $model,
        CommandManagerInterface $commands
    ): void {
        $this->model = $model;
        $this->path = $container->getPath();
        $this->link->crash->doing = 'container ' . $this->path;
        $this->inbox = new Inbox(
            $this->wire,
            $this->loop,
            $container,
            $commands,
            $this->complain(...)
        );
        $this->heedTermination();
        try {
            $model->create()->done();
        } catch (\Throwable $e) {
            $this->link->crash->onException($e);
        }
        while (!$this->over) {
            $loop = $this->ending === null && $model->getState() === Runtime::STATE_FAILED
                ? $this->held
                : $this->loop;
            $loop->onBeforeTick($this->pump(...));
            $this->runLoop($loop);
        }
        $this->link->crash->finished = true;
        $this->link->output->flush();
        $this->wire->drain();
    }

    /** Ends the container in good order, for a reason of its own: a signal, the loop stopped. */
    public function end(string $reason): void
    {
        if ($this->ending !== null) {
            return;
        }
        $this->ending = $reason;
        $end = fn () => $this->model->endNow($reason, function (): void {
            $this->over = true;
            $this->loop->stop();
        });
        $this->held->stop();
        if ($this->model->getState() === Runtime::STATE_FAILED) {
            $end();
        } else {
            $this->inbox->whenIdle($end);
        }
    }

    public function getLoop(): LoopExtendedInterface
    {
        return $this->loop;
    }

    public function change(string $verb): ?PromiseInterface
    {
        $how = RequestParams::of();
        return $this->calls->command('', "container:$verb", ['alias' => $this->path], $how);
    }

    public function started(): void
    {
        if (!$this->serves) {
            $this->serves = true;
            $this->link->output->flush();
            $this->link->crash->ready();
            $this->wire->frame(Frame::READY, 0, '');
        }
    }

    public function failed(\Throwable $why): void
    {
        $this->link->output->flush();
        $fields = CrashReport::fields($why);
        $this->wire->frame(Frame::FAIL, 0, MessagePack::encode($fields));
        $this->loop->stop();
    }

    public function complain(\Throwable $what): void
    {
        $this->link->send(Log::frame('error', $what->getMessage(), [
            'class' => $what::class,
            'at' => $what->getFile() . ':' . $what->getLine(),
            'trace' => $what->getTraceAsString(),
        ]));
    }

    public function command(
        string $target,
        string $name,
        array $params,
        RequestParams $how
    ): PromiseInterface {
        return $this->calls->command($target, $name, $params, $how);
    }

    public function commandNow(string $target, string $name, array $params): mixed
    {
        $answer = null;
        $thrown = null;
        $asked = $this->calls->command($target, $name, $params, RequestParams::of());
        $asked->then(
            static function (mixed $value) use (&$answer): void {
                $answer = $value;
            },
            static function (mixed $reason) use (&$thrown): void {
                $thrown = $reason;
            }
        );
        $stream = $this->calls->last();
        $this->wire->drain();
        while ($asked->isPending()) {
            while (($type = $this->wire->next()) !== null) {
                if ($type === Frame::RESULT && $this->wire->stream === $stream) {
                    $this->calls->answered($stream, $this->wire->payload);
                    break;
                }
                $this->waiting->enqueue([$type, $this->wire->stream, $this->wire->payload]);
            }
            if ($asked->isPending() && !$this->listen()) {
                $asked->cancel();
                throw new TimeoutException('No response was received during specified timeout.');
            }
        }
        if (!$this->waiting->isEmpty()) {
            $this->loop->onBeforeTick($this->pump(...));
        }
        return $thrown === null ? $answer : throw $thrown;
    }

    public function request(
        string|array $target,
        mixed $value,
        int $mode,
        RequestParams $how
    ): PromiseInterface {
        return $this->calls->request($target, $value, $mode, $how);
    }

    public function message(string|array $target, mixed $value, int $mode): PromiseInterface
    {
        return $this->calls->message($target, $value, $mode);
    }

    public function watch(string $target, bool $on): void
    {
        $this->wire->frame(Frame::WATCH, 0, Values::encode([$target, $on]));
    }

    /**
     * SIGTERM ends the container in good order; a second one, or one while it ends, at once. Without
     * ext-pcntl it ends at once, as PHP does.
     */
    private function heedTermination(): void
    {
        if (!\function_exists('pcntl_async_signals')) {
            return;
        }
        // Written to in the handler, read by whichever loop runs: a signal between its last look
        // and its sleep is not lost.
        [$told, $tell] = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        foreach ([$this->loop, $this->held] as $loop) {
            $loop->addReadStream($told, function ($told): void {
                \fread($told, 1);
                $this->end('end');
            });
        }
        \pcntl_async_signals(true);
        \pcntl_signal(\SIGTERM, function () use ($tell): void {
            if ($this->ending !== null) {
                $this->link->crash->finished = true;
                exit(self::EXIT_TERMINATED);
            }
            \fwrite($tell, '.');
        });
    }

    private function runLoop(Loop $loop): void
    {
        try {
            $loop->start();
        } catch (ProtocolError $e) {
            $this->link->crash->onException($e);
        } catch (\Throwable $e) {
            $this->thrown($e);
            return;
        }
        $failed = $this->model->getState() === Runtime::STATE_FAILED;
        if ($loop === $this->loop && !$failed && !$this->over) {
            $this->end('end'); // the application stopped its loop
        }
    }

    /** Nobody has caught it. */
    private function thrown(\Throwable $e): void
    {
        if (!$this->serves) {
            $this->link->crash->onException($e);
        }
        if ($this->ending === null) {
            $this->model->fail($e);
        } else {
            $this->complain($e);
        }
    }

    private function listen(): bool
    {
        $arrived = $this->wire->await(self::PATIENCE_MS);
        $this->wire->read();
        return $arrived && !$this->wire->ended;
    }

    private function readable(): void
    {
        $this->wire->read();
        $this->pump();
    }

    /** Takes every frame that is here; those for the application wait while it has failed. */
    private function pump(): void
    {
        while (true) {
            $held = $this->isHeld();
            if (!$held && !$this->waiting->isEmpty()) {
                $this->take(...$this->waiting->dequeue());
                continue;
            }
            $type = $this->wire->next();
            if ($type === null) {
                break;
            }
            if ($held && self::isForTheApplication($type)) {
                $this->waiting->enqueue([$type, $this->wire->stream, $this->wire->payload]);
            } else {
                $this->take($type, $this->wire->stream, $this->wire->payload);
            }
        }
        if ($this->wire->ended) {
            // The daemon is gone, and with it everybody this container could tell.
            $this->over = true;
            $this->loop->stop();
            $this->held->stop();
        }
    }

    private function isHeld(): bool
    {
        return $this->model === null || $this->model->getState() === Runtime::STATE_FAILED;
    }

    private static function isForTheApplication(int $type): bool
    {
        return $type === Frame::CANCEL
            || $type >= Frame::MESSAGE && $type !== Frame::STATE && $type !== Frame::RESUME;
    }

    private function take(int $type, int $stream, string $payload): void
    {
        match ($type) {
            Frame::CALL => $this->inbox->call($stream, $payload),
            Frame::REPLY, Frame::RESULT => $this->calls->answered($stream, $payload),
            Frame::MESSAGE => $this->inbox->message($payload),
            Frame::COMMAND => $this->inbox->command($stream, $payload),
            Frame::NOTICE => $this->inbox->notice($payload),
            Frame::CANCEL => $this->inbox->cancel($stream),
            Frame::PING => $this->wire->frame(Frame::PONG, 0, $payload),
            Frame::RESUME => $this->resume(),
            Frame::DRAIN => $this->end($payload === ''
                ? 'stop'
                : (string) (Values::array($payload)['then'] ?? 'stop')),
            default => null, // of a later version
        };
    }

    private function resume(): void
    {
        if ($this->ending === null && $this->model->getState() === Runtime::STATE_FAILED) {
            $this->model->resumed();
            $this->held->stop();
        }
    }
}
