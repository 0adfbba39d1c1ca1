<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

use Kraken\Codec\MessagePack;
use Kraken\Response;

/**
 * @file Writes a Response as RESPONSE and CHUNK frames, and checks headers before they leave.
 */
final class Answer
{
    /** A larger body is written beside its header instead of being copied behind it. */
    private const JOIN_BYTES_MAX = 65_536;
    /** Parts of a stream are collected up to this size only if they come as one string. */
    private const CHUNK_BYTES_MAX = 1_048_576;
    /** Room for what RESPONSE holds beside headers and body. */
    private const OVERHEAD_BYTES = 64;
    /** Header lines remembered in encoded form, and how long a line may be to be remembered. */
    private const KNOWN_LINES_MAX = 512;
    private const KNOWN_BYTES_MAX = 256;
    /** Counted by the length: the frame header after it, and the array header of RESPONSE. */
    private const FIXED_BYTES = Frame::LENGTH_MIN + 1;
    private const NO_HEADERS = "\x90";
    /** Type, flags and reserved bytes of a RESPONSE, by its flags. */
    private const TYPE_AND_FLAGS = ["\x11\0\0\0", "\x11\1\0\0", "\x11\2\0\0", "\x11\3\0\0"];

    /** Set when the first frame of an answer has left: it can no longer be replaced by another. */
    public bool $begun = false;
    /** Set when DRAIN or the end came while an answer was streamed. */
    public bool $draining = false;

    /** @var array<string, string> header line to its encoding */
    private array $known = [];
    /** @var array<mixed> the headers of the last answer, and their encoding */
    private array $lastHeaders = [];
    private string $lastBytes = self::NO_HEADERS;
    /** @var array<int, string> status to its encoding */
    private array $statuses = [];
    /** The last memory figure and its encoding; it changes in steps of 2 MiB. */
    private int $memory = -1;
    private string $memoryBytes = '';

    /** @param bool $served by Native\serve(): it reads what the daemon says, and knows of DRAIN */
    public function __construct(private readonly Link $link, private readonly bool $served = false)
    {
    }

    /**
     * Sends an answer.
     *
     * @param string $stream four bytes, from the REQUEST
     * @param int $flags Frame::RECYCLE or 0
     * @throws \UnexpectedValueException for a header HTTP cannot carry, before anything is sent
     * @throws \Throwable what the body's source throws; look at $begun then
     */
    public function write(Response $response, string $stream, int $flags = 0): void
    {
        $this->begun = false;
        $body = $response->body;
        $headers = $response->headers;
        if ($headers !== $this->lastHeaders) {
            // Most answers of an application have the same few headers.
            $this->lastHeaders = $headers;
            $this->lastBytes = $this->headers($headers);
        }
        $head = ($this->statuses[$response->status] ??= MessagePack::int($response->status))
            . $this->lastBytes;
        if (!\is_string($body)) {
            $this->begin($head, '', $stream, $flags | Frame::MORE);
            $this->parts($body, $stream);
        } elseif (\strlen($body) + \strlen($head) + self::OVERHEAD_BYTES > $this->link->lengthMax) {
            $this->begin($head, '', $stream, $flags | Frame::MORE);
            $this->chunks($body, $stream);
            $this->chunk('', $stream, 0);
        } else {
            $this->begin($head, $body, $stream, $flags);
        }
    }

    /**
     * Sends early hints ahead of the answer.
     *
     * @param array<mixed> $headers as Response takes them
     * @throws \UnexpectedValueException for a header HTTP cannot carry, before anything is sent
     */
    public function hints(array $headers, string $stream): void
    {
        $payload = "\x93" . MessagePack::int(103) . $this->headers($headers) . "\xc4\0";
        $this->link->send(Frame::bytes(Frame::RESPONSE, $payload, $stream, Frame::MORE));
    }

    /** @param string $head status and headers, encoded */
    private function begin(string $head, string $body, string $stream, int $flags): void
    {
        $memory = \memory_get_usage(true);
        if ($memory !== $this->memory) {
            $this->memory = $memory;
            $this->memoryBytes = MessagePack::int($memory);
        }
        $tail = $this->memoryBytes;
        $size = \strlen($body);
        $bin = $size < 0x100 ? "\xc4" . \chr($size) : MessagePack::binHeader($size);
        $length = self::FIXED_BYTES + \strlen($head) + \strlen($bin) + $size + \strlen($tail);
        if ($length > $this->link->lengthMax) {
            throw new \UnexpectedValueException("the headers do not fit into a frame: $length bytes");
        }
        $start = \pack('N', $length) . self::TYPE_AND_FLAGS[$flags];
        $this->begun = true;
        if ($size <= self::JOIN_BYTES_MAX) {
            $this->link->send("$start$stream\x94$head$bin$body$tail");
        } else {
            $this->link->send("$start$stream\x94$head$bin")
                && $this->link->send($body)
                && $this->link->send($tail);
        }
    }

    /** @param \Traversable<string>|\Closure $source */
    private function parts(\Traversable|\Closure $source, string $stream): void
    {
        $write = fn (string $part): bool => $part === ''
            || ($this->wanted($stream) && $this->chunks($part, $stream));
        if ($source instanceof \Closure) {
            $source($write);
        } else {
            foreach ($source as $part) {
                if (!$write((string) $part)) {
                    break;
                }
            }
        }
        $this->chunk('', $stream, 0);
    }

    private function chunks(string $bytes, string $stream): bool
    {
        $step = \min(self::CHUNK_BYTES_MAX, $this->link->lengthMax - self::OVERHEAD_BYTES);
        $size = \strlen($bytes);
        if ($size <= $step) {
            return $this->chunk($bytes, $stream, Frame::MORE);
        }
        for ($at = 0; $at < $size; $at += $step) {
            if (!$this->chunk(\substr($bytes, $at, $step), $stream, Frame::MORE)) {
                return false;
            }
        }
        return true;
    }

    private function chunk(string $bytes, string $stream, int $flags): bool
    {
        return $this->link->send(
            Frame::bytes(Frame::CHUNK, MessagePack::bin($bytes), $stream, $flags)
        );
    }

    /** Looks, without waiting, whether the daemon has called the stream off meanwhile. */
    private function wanted(string $stream): bool
    {
        if ($this->served) {
            return !\Kraken\Native\abandoned();
        }
        while ($this->link->readable()) {
            switch ($this->link->receive()) {
                case Frame::CANCEL:
                    if ($this->link->stream === $stream) {
                        return false;
                    }
                    break;
                case Frame::PING:
                    $this->link->send(Frame::bytes(Frame::PONG, $this->link->payload()));
                    break;
                case Frame::DRAIN:
                    $this->draining = true;
                    break;
                case Link::END:
                    $this->draining = true;
                    return false;
            }
        }
        return true;
    }

    /** @param array<mixed> $headers as Response takes them */
    private function headers(array $headers): string
    {
        $n = 0;
        $lines = '';
        foreach ($headers as $name => $value) {
            if (\is_int($name)) {
                if (!\is_array($value) || !isset($value[0], $value[1])) {
                    throw new \UnexpectedValueException("header $name is no [name, value]");
                }
                [$name, $value] = $value;
            }
            if (\is_array($value)) {
                foreach ($value as $one) {
                    $lines .= $this->known["$name:$one"] ?? $this->line((string) $name, (string) $one);
                    $n += 2;
                }
            } else {
                $lines .= $this->known["$name:$value"] ?? $this->line((string) $name, (string) $value);
                $n += 2;
            }
        }
        return ($n < 16 ? \chr(0x90 | $n) : MessagePack::arrayHeader($n)) . $lines;
    }

    private function line(string $name, string $value): string
    {
        if (\preg_match('/^[!#$%&\'*+\-.^_`|~0-9A-Za-z]+$/D', $name) !== 1) {
            throw new \UnexpectedValueException(
                'the header name ' . \json_encode($name, \JSON_INVALID_UTF8_SUBSTITUTE)
                . ' is no HTTP token'
            );
        }
        if (\strcspn($value, "\r\n\0") !== \strlen($value)) {
            throw new \UnexpectedValueException("the header $name contains CR, LF or NUL");
        }
        $line = MessagePack::str($name) . MessagePack::str($value);
        if (\strlen($line) <= self::KNOWN_BYTES_MAX && \count($this->known) < self::KNOWN_LINES_MAX) {
            $this->known["$name:$value"] = $line;
        }
        return $line;
    }
}
