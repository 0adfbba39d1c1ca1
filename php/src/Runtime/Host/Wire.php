<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Protocol\Frame;
use Kraken\Protocol\Link;
use Kraken\Protocol\Outlet;
use Kraken\Protocol\ProtocolError;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;

/**
 * @file The connection to the daemon for an event loop: never waits, collects what is sent until
 * the loop sleeps. It knows frames, not what is in them.
 */
final class Wire implements Outlet
{
    private const READ_BYTES = 65_536;
    /** More than this is sent at once. */
    private const COLLECT_BYTES = 65_536;
    /** Less than a frame holds: what the daemon passes on has the path of its sender in it. */
    public const PAYLOAD_BYTES_MAX = Frame::LENGTH_MAX - 4_096;
    /** Two of the longest frames: a daemon that reads nothing is no reason to run out of memory. */
    private const WAITING_BYTES_MAX = 2 * Frame::LENGTH_MAX;

    /** Of the frame that next() found. */
    public int $stream = 0;
    public string $payload = '';
    /** The daemon has closed the connection. */
    public bool $ended = false;

    /** @var resource */
    public readonly mixed $input;
    /** @var resource */
    public readonly mixed $output;
    private string $in;
    private int $at = 0;
    private string $out = '';

    public function __construct(Link $link)
    {
        [$this->input, $this->output, $this->in] = $link->handOver($this);
    }

    /** Takes what has arrived. */
    public function read(): void
    {
        $bytes = @\fread($this->input, self::READ_BYTES);
        if ($bytes === '' || $bytes === false) {
            $this->ended = $this->ended || \feof($this->input);
            return;
        }
        $this->in = $this->at === \strlen($this->in)
            ? $bytes
            : \substr($this->in, $this->at) . $bytes;
        $this->at = 0;
    }

    /**
     * The type of the next whole frame, which is then in $stream and $payload; null without one.
     *
     * @throws ProtocolError on a length outside the protocol's range
     */
    public function next(): ?int
    {
        $have = \strlen($this->in) - $this->at;
        if ($have < Frame::HEADER_BYTES) {
            return null;
        }
        $head = \unpack('Nlength/Ctype/Cflags/nreserved/Nstream', $this->in, $this->at);
        $length = $head['length'];
        if ($length < Frame::LENGTH_MIN || $length > Frame::LENGTH_MAX) {
            throw new ProtocolError("a frame of length $length; allowed are 8 to 16777216");
        }
        if ($have < $length + Frame::LENGTH_BYTES) {
            return null;
        }
        $this->payload = \substr(
            $this->in,
            $this->at + Frame::HEADER_BYTES,
            $length - Frame::LENGTH_MIN
        );
        $this->at += $length + Frame::LENGTH_BYTES;
        $this->stream = $head['stream'];
        return $head['type'];
    }

    public function send(string $bytes): bool
    {
        $this->out .= $bytes;
        if (\strlen($this->out) > self::COLLECT_BYTES) {
            $this->flush();
            if (\strlen($this->out) > self::WAITING_BYTES_MAX) {
                $this->drain();
            }
        }
        return !$this->ended;
    }

    /**
     * Sends one frame without flags.
     *
     * @throws InvalidArgumentException for more than a frame holds; the daemon would end the process
     */
    public function frame(int $type, int $stream, string $payload): void
    {
        if (\strlen($payload) > self::PAYLOAD_BYTES_MAX) {
            throw new InvalidArgumentException('This is more than a frame holds: '
                . \strlen($payload) . ' bytes; allowed are ' . self::PAYLOAD_BYTES_MAX . '.');
        }
        $this->send(\pack('NCCnN', 8 + \strlen($payload), $type, 0, 0, $stream) . $payload);
    }

    /** @return bool whether everything has left */
    public function flush(): bool
    {
        if ($this->out === '') {
            return true;
        }
        try {
            $n = @\fwrite($this->output, $this->out);
        } catch (\Throwable) {
            // An application may turn every warning into an exception, even a silenced one.
            $n = false;
        }
        if ($n === \strlen($this->out)) {
            $this->out = '';
            return true;
        }
        if ($n === false || $n === 0) {
            $this->ended = $this->ended || \feof($this->output);
            if ($this->ended) {
                $this->out = '';
            }
            return $this->ended;
        }
        $this->out = \substr($this->out, $n);
        return false;
    }

    public function drain(): void
    {
        while (!$this->flush()) {
            $write = [$this->output];
            $none = null;
            if (@\stream_select($none, $write, $none, null) === false) {
                \error_clear_last(); // a signal
            }
        }
    }

    /**
     * Sleeps until something arrives.
     *
     * @return bool false when nothing has
     */
    public function await(int $milliseconds): bool
    {
        $read = [$this->input];
        $none = null;
        return (int) @\stream_select(
            $read,
            $none,
            $none,
            \intdiv($milliseconds, 1_000),
            $milliseconds % 1_000 * 1_000
        ) > 0;
    }
}
