<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Codec\DecodeError;
use Kraken\Codec\MessagePack;
use Kraken\Codec\Values;
use Kraken\Log;
use Kraken\Loop\LoopInterface;
use Kraken\Loop\Timer\TimerInterface;
use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Protocol\Frame;
use Kraken\Runtime\Command\CommandManagerInterface;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;
use Kraken\Throwable\Exception\Runtime\ExecutionException;
use Kraken\Throwable\Exception\Runtime\ReadException;
use Kraken\Throwable\Exception\Runtime\RejectionException;
use Kraken\Throwable\ThrowableProxy;

/**
 * @file What others ask this container: messages to its listeners, requests and commands to their
 * handlers, and the answers back, at once or when a promise is settled.
 */
final class Inbox
{
    /** A request that takes long gives a sign of life twice within the time it was given. */
    private const SIGNS_PER_TIMEOUT = 2;
    private const MS_PER_S = 1_000;
    /** Of a request without a time of its own. */
    private const TIMEOUT_MS = 2_000;

    /** @var array<int, array{PromiseInterface, ?TimerInterface}> by frame type and stream */
    private array $pending = [];
    private bool $warned = false;
    private ?\Closure $whenIdle = null;

    /** @param \Closure(\Throwable): void $complain takes what nobody waits for an answer to */
    public function __construct(
        private readonly Wire $wire,
        private readonly LoopInterface $loop,
        private readonly RuntimeContainer $container,
        private readonly CommandManagerInterface $commands,
        private readonly \Closure $complain
    ) {
    }

    public function message(string $payload): void
    {
        try {
            [$from, $value] = Values::array($payload) + ['', null];
        } catch (DecodeError $e) {
            ($this->complain)(self::unread('message', $e));
            return;
        }
        $this->container->emit('message', [$value, $from]);
    }

    public function notice(string $payload): void
    {
        try {
            $notice = Values::array($payload);
        } catch (DecodeError $e) {
            ($this->complain)(self::unread('notice', $e));
            return;
        }
        $this->container->emit('notice', $notice);
    }

    public function call(int $stream, string $payload): void
    {
        try {
            [$from, $value, $timeout] = Values::array($payload) + ['', null, 0];
        } catch (DecodeError $e) {
            $this->refuse(Frame::REPLY, $stream, self::unread('request', $e));
            return;
        }
        $handler = $this->container->requestHandler();
        if ($handler === null) {
            $this->refuse(Frame::REPLY, $stream, new ExecutionException(
                'The container ' . $this->container->getPath() . ' takes no requests.'
            ));
            return;
        }
        try {
            $this->answer(Frame::REPLY, $stream, $handler($value, $from), $timeout);
        } catch (\Throwable $e) {
            $this->refuse(Frame::REPLY, $stream, $e);
        }
    }

    public function command(int $stream, string $payload): void
    {
        try {
            [$from, $name, $params, $timeout] = Values::array($payload) + ['', '', [], 0];
        } catch (DecodeError $e) {
            $this->refuse(Frame::RESULT, $stream, self::unread('command', $e));
            return;
        }
        $answer = $this->commands->execute($name, ['origin' => $from] + (array) $params);
        $this->answer(Frame::RESULT, $stream, $answer, $timeout);
    }

    /** The one who asked does not want the answer any more. */
    public function cancel(int $stream): void
    {
        foreach ([Frame::REPLY, Frame::RESULT] as $type) {
            ($this->pending[self::key($type, $stream)][0] ?? null)?->cancel();
        }
    }

    /** Calls $then once nothing is unanswered; at once if that is so now. */
    public function whenIdle(\Closure $then): void
    {
        if ($this->pending === []) {
            $then();
        } else {
            $this->whenIdle = $then;
        }
    }

    private function answer(int $type, int $stream, mixed $answer, int $timeoutMs): void
    {
        if (!$answer instanceof PromiseInterface) {
            $this->send($type, $stream, Frame::DONE, $answer);
            return;
        }
        if ($answer->isPending()) {
            $this->keep($type, $stream, $answer, $timeoutMs);
        }
        $answer->done(
            function (mixed $value) use ($type, $stream): void {
                $this->send($type, $stream, Frame::DONE, $value);
            },
            function (mixed $reason) use ($type, $stream): void {
                $this->refuse($type, $stream, $reason);
            },
            function () use ($type, $stream): void {
                $this->send($type, $stream, Frame::CANCELLED, null);
            }
        );
    }

    private function keep(int $type, int $stream, PromiseInterface $answer, int $timeoutMs): void
    {
        $every = ($timeoutMs > 0 ? $timeoutMs : self::TIMEOUT_MS) / self::SIGNS_PER_TIMEOUT;
        $sign = $this->loop->addPeriodicTimer(
            $every / self::MS_PER_S,
            function () use ($type, $stream): void {
                $this->wire->frame($type, $stream, "\x92\x03\xc0");
            }
        );
        $this->pending[self::key($type, $stream)] = [$answer, $sign];
    }

    private function refuse(int $type, int $stream, mixed $reason): void
    {
        $reason = match (true) {
            $reason instanceof ThrowableProxy => $reason,
            $reason instanceof \Throwable => ThrowableProxy::of($reason),
            \is_scalar($reason) => new ThrowableProxy(RejectionException::class, (string) $reason),
            default => new ThrowableProxy(RejectionException::class, 'Without a reason.'),
        };
        $this->send($type, $stream, Frame::FAILED, [
            $reason->getClass(),
            $reason->getMessage(),
            (string) $reason->getCode(),
        ]);
    }

    private function send(int $type, int $stream, int $status, mixed $value): void
    {
        $key = self::key($type, $stream);
        if (isset($this->pending[$key])) {
            $this->pending[$key][1]?->cancel();
            unset($this->pending[$key]);
        }
        try {
            $bytes = Values::encode($value);
        } catch (\InvalidArgumentException $e) {
            $why = Values::refusal($value, 'answer', MessagePack::DEPTH_MAX) ?: $e->getMessage();
            $this->refuse($type, $stream, new InvalidArgumentException("This cannot be sent: $why.", $e));
            return;
        }
        if (\strlen($bytes) + 2 > Wire::PAYLOAD_BYTES_MAX) {
            $this->refuse($type, $stream, new ExecutionException(
                'The answer is longer than a frame: ' . \strlen($bytes) . ' bytes.'
            ));
            return;
        }
        $this->wire->frame($type, $stream, "\x92" . \chr($status) . $bytes);
        if ($this->pending === [] && $this->whenIdle !== null) {
            $then = $this->whenIdle;
            $this->whenIdle = null;
            $then();
        }
    }

    /** The daemon passes values on unread: what comes may be more than PHP can hold. */
    private static function unread(string $what, DecodeError $why): ReadException
    {
        return new ReadException("The $what cannot be read: " . $why->getMessage() . '.', $why);
    }

    private static function key(int $type, int $stream): int
    {
        return $stream << 1 | ($type & 4) >> 2;
    }
}
