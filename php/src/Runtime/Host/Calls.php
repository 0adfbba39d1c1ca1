<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Codec\DecodeError;
use Kraken\Codec\MessagePack;
use Kraken\Codec\Values;
use Kraken\Loop\LoopInterface;
use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Protocol\Frame;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;
use Kraken\Throwable\Exception\Logic\ResourceOccupiedException;
use Kraken\Throwable\Exception\Logic\ResourceUndefinedException;
use Kraken\Throwable\Exception\Runtime\CancellationException;
use Kraken\Throwable\Exception\Runtime\ExecutionException;
use Kraken\Throwable\Exception\Runtime\OverflowException;
use Kraken\Throwable\Exception\Runtime\ReadException;
use Kraken\Throwable\Exception\Runtime\RejectionException;
use Kraken\Throwable\Exception\Runtime\TimeoutException;
use Kraken\Throwable\ThrowableProxy;

/**
 * @file What this container has asked others and the daemon: frames out, promises settled by the
 * answers. The daemon answers everything, so that nothing here needs a clock but the pause before
 * another try.
 */
final class Calls
{
    /** Answers after which it may be tried again: the target has not begun, or said nothing. */
    private const WORTH_ANOTHER_TRY = ['full', 'mailbox_full', 'closed', 'not_started', 'expired',
        'timeout', 'busy'];
    private const NO_ANSWER = 'No response was received during specified timeout.';
    private const CANCELLED = 'The request has been cancelled.';
    private const STREAM_MAX = 0xffff_ffff;

    /** @var array<int, OpenCall> */
    private array $open = [];
    private int $stream = 0;
    private int $ids = 0;
    private readonly string $idPrefix;

    public function __construct(private readonly Wire $wire, private readonly LoopInterface $loop)
    {
        $this->idPrefix = \bin2hex(\random_bytes(6)) . '.';
    }

    /** @param string|list<string> $target */
    public function message(string|array $target, mixed $value, int $mode): PromiseInterface
    {
        return $this->open(Frame::MESSAGE, $target, [$mode, $value], null);
    }

    /** @param string|list<string> $target */
    public function request(
        string|array $target,
        mixed $value,
        int $mode,
        RequestParams $how
    ): PromiseInterface {
        // The identity makes sure that another try is never carried out a second time.
        $id = $how->retriesLimit > 1 ? $this->idPrefix . ++$this->ids : '';
        return $this->open(Frame::CALL, $target, [$mode, $value, $how->timeoutMs(), $id], $how);
    }

    /** @param array<string, mixed> $params */
    public function command(
        string $target,
        string $name,
        array $params,
        RequestParams $how
    ): PromiseInterface {
        try {
            $encoded = Values::map($params);
        } catch (\InvalidArgumentException $e) {
            return self::unsent($params, 'params', MessagePack::DEPTH_MAX, $e);
        }
        return $this->openEncoded(
            Frame::COMMAND,
            "\x94" . Values::encode($target) . Values::encode($name) . $encoded
                . Values::encode($target === '' && !$how->given ? 0 : $how->patienceMs()),
            null,
            self::isMany($target),
            $how->total
        );
    }

    /** Takes a REPLY or RESULT. */
    public function answered(int $stream, string $payload): void
    {
        $call = $this->open[$stream] ?? null;
        if ($call === null) {
            return; // taken back, or answered
        }
        try {
            [$status, $value] = Values::array($payload) + [Frame::FAILED, null];
        } catch (DecodeError $e) {
            unset($this->open[$stream]);
            $call->limit?->cancel();
            $call->promise->reject(new ReadException(
                'The answer cannot be read: ' . $e->getMessage() . '.',
                $e
            ));
            return;
        }
        if ($status === Frame::UNFINISHED) {
            $call->tries = 1;
            return;
        }
        unset($this->open[$stream]);
        if ($status === Frame::DONE || $status === Frame::CANCELLED) {
            $call->limit?->cancel();
        }
        match ($status) {
            Frame::DONE => $call->promise->resolve($call->many ? self::each($value) : $value),
            Frame::CANCELLED => $call->promise->cancel($value),
            default => $this->refused($call, ...self::words($value)),
        };
    }

    /** The stream of what was asked last. */
    public function last(): int
    {
        return $this->stream;
    }

    /**
     * @param string|list<string> $target
     * @param list<mixed> $rest of the payload; its second is the application's
     */
    private function open(
        int $type,
        string|array $target,
        array $rest,
        ?RequestParams $retry
    ): PromiseInterface {
        try {
            $payload = Values::encode([$target, ...$rest]);
        } catch (\InvalidArgumentException $e) {
            return self::unsent($rest[1], 'value', MessagePack::DEPTH_MAX - 1, $e);
        }
        $total = $retry?->total ?? 0.0;
        return $this->openEncoded($type, $payload, $retry, self::isMany($target), $total);
    }

    private static function unsent(
        mixed $value,
        string $name,
        int $depth,
        \InvalidArgumentException $why
    ): PromiseInterface {
        $promise = new Promise();
        $promise->reject(new InvalidArgumentException(
            'This cannot be sent: ' . (Values::refusal($value, $name, $depth) ?: $why->getMessage())
                . '.',
            $why
        ));
        return $promise;
    }

    /** @param string|list<string> $target */
    private static function isMany(string|array $target): bool
    {
        return \is_array($target) || \strpbrk($target, '*?') !== false;
    }

    /**
     * What became of each of many targets.
     *
     * @return array<string, mixed> target to its answer, or to the exception one alone rejects with
     */
    private static function each(mixed $parts): array
    {
        $out = [];
        foreach (\is_array($parts) ? $parts : [] as $target => $part) {
            [$status, $value] = (\is_array($part) ? $part : []) + [Frame::FAILED, null];
            $out[$target] = match ($status) {
                Frame::DONE => $value,
                Frame::CANCELLED => new CancellationException(self::CANCELLED),
                default => self::reason(...self::words($value)),
            };
        }
        return $out;
    }

    /** @return array{string, string, string} class, message, code of what an answer failed with */
    private static function words(mixed $why): array
    {
        $why = (\is_array($why) ? $why : []) + ['', '', ''];
        return [(string) $why[0], (string) $why[1], (string) $why[2]];
    }

    private function openEncoded(
        int $type,
        string $payload,
        ?RequestParams $retry,
        bool $many,
        float $total = 0.0
    ): PromiseInterface {
        $call = null;
        $promise = new Promise(null, function () use (&$call): void {
            $this->takeBack($call);
        });
        $call = new OpenCall($promise, $type, $payload, $retry, $many);
        try {
            $this->send($call);
        } catch (InvalidArgumentException $e) {
            unset($this->open[$call->stream]);
            $promise->reject($e);
            return $promise;
        }
        if ($total > 0.0) {
            $call->limit = $this->loop->addTimer($total, function () use ($call, $total): void {
                $this->takeBack($call);
                $call->promise->reject(
                    new TimeoutException("No response was received within $total s in all.")
                );
            });
        }
        return $promise;
    }

    private function send(OpenCall $call): void
    {
        do {
            $this->stream = $this->stream === self::STREAM_MAX ? 1 : $this->stream + 1;
        } while (isset($this->open[$this->stream]));
        $this->open[$this->stream] = $call;
        $call->stream = $this->stream;
        $this->wire->frame($call->type, $this->stream, $call->payload);
    }

    private function takeBack(OpenCall $call): void
    {
        $call->limit?->cancel();
        if (($this->open[$call->stream] ?? null) === $call) {
            unset($this->open[$call->stream]);
            $this->wire->frame(Frame::CANCEL, $call->stream, '');
        }
    }

    private function refused(OpenCall $call, string $class, string $message, string $code): void
    {
        $retry = $call->retry;
        if ($class === '' && $retry !== null && $call->tries < $retry->retriesLimit
            && \in_array($code, self::WORTH_ANOTHER_TRY, true)) {
            ++$call->tries;
            $this->loop->addTimer($retry->retriesInterval, function () use ($call): void {
                if ($call->promise->isPending()) {
                    $this->send($call);
                }
            });
            return;
        }
        $call->limit?->cancel();
        $call->promise->reject(self::reason($class, $message, $code));
    }

    /** The exception a failed answer stands for; of the tree's own answers by their code. */
    private static function reason(string $class, string $message, string $code): \Throwable
    {
        if ($class !== '') {
            return (new ThrowableProxy($class, $message, (int) $code))->toThrowable();
        }
        return match ($code) {
            'no_such', 'not_found' => new ResourceUndefinedException($message),
            'already_exists', 'refused' => new ResourceOccupiedException($message),
            'invalid_argument' => new InvalidArgumentException($message),
            'full', 'mailbox_full' => new OverflowException($message),
            'expired', 'timeout' => new TimeoutException(self::NO_ANSWER),
            'in_flight', 'unhandled' => new ExecutionException($message),
            default => new RejectionException($message),
        };
    }
}
