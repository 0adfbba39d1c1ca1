<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

use Kraken\Codec\DecodeError;
use Kraken\Codec\MessagePack;

/**
 * @file The connection to the daemon: whole frames in, whole frames out, one system call each.
 *
 * There is one per process, taken from the inherited descriptor. It knows frames, not what is in them.
 */
final class Link
{
    /** Who says HELLO: this package and its version. */
    private const SDK = 'kraken-php 0.1';
    /** What receive() returns when the daemon has closed the connection. */
    public const END = -1;
    /** Size of one read; a frame that fits costs one system call. */
    private const READ_BYTES = 16_384;
    /** Exit code for a program started in the wrong way (EX_USAGE). */
    private const EXIT_USAGE = 64;

    private static ?self $current = null;

    /** The frame received last, header included; its payload starts at Frame::HEADER_BYTES. */
    public string $frame = '';
    /** Its stream, as the four bytes an answer repeats. */
    public string $stream = Frame::NO_STREAM;
    /** Set from WELCOME: the longest frame the daemon takes. */
    public int $lengthMax = Frame::LENGTH_MAX;

    private string $pending = '';
    private ?Outlet $outlet = null;
    private bool $broken = false;
    private ?Welcome $welcome = null;
    public readonly CrashReport $crash;
    public readonly Output $output;

    /**
     * @param ?resource $in  read without a poll(2) before each read; null: kraken-php has the socket
     * @param ?resource $out another descriptor of the same socket
     */
    private function __construct(private $in, private $out)
    {
        $this->crash = new CrashReport($this);
        $this->output = new Output($this);
    }

    /** The connection of this process, null outside a worker. */
    public static function current(): ?self
    {
        return self::$current;
    }

    /**
     * Opens the descriptor named by KRAKEN_FD, says HELLO and starts to report crashes; once.
     * Without such a descriptor the process ends with code 64 and a text that says what is missing.
     *
     * @param bool $rehearses requests may come before the process is a worker: those a template of
     *        kraken-php has for itself. A WELCOME comes after them; then join() is to be called
     */
    public static function attach(bool $rehearses = false): self
    {
        if (self::$current !== null) {
            return self::$current;
        }
        if (\function_exists('Kraken\Native\attach')) {
            return self::attachNative($rehearses);
        }
        $fd = \getenv('KRAKEN_FD');
        if ($fd === false || \preg_match('/^\d{1,9}$/D', $fd) !== 1) {
            self::refuse($fd === false ? 'KRAKEN_FD is not set' : "KRAKEN_FD is no number: '$fd'");
        }
        // A program this worker starts must not take the connection for its own.
        \putenv('KRAKEN_FD');
        unset($_ENV['KRAKEN_FD'], $_SERVER['KRAKEN_FD']);

        // PHP polls before it reads a socket it believes to be blocking, which would double the
        // system calls. So the first stream is told "non-blocking" and keeps that belief, and the
        // second one makes the socket, which both share, block again.
        $in = @\fopen("php://fd/$fd", 'r+b');
        $out = @\fopen("php://fd/$fd", 'r+b');
        if ($in === false || $out === false) {
            self::refuse("descriptor $fd is not open");
        }
        \stream_set_read_buffer($in, 0);
        \stream_set_blocking($in, false);
        \stream_set_blocking($out, true);
        \stream_set_timeout($out, -1);

        self::$current = new self($in, $out);
        self::$current->crash->install();
        self::$current->output->start();
        self::$current->send(Frame::bytes(Frame::HELLO, MessagePack::encode([
            'protocol' => Frame::PROTOCOL,
            'sdk' => self::SDK,
            'pid' => \getmypid(),
            'tier' => 'protocol',
        ])));
        return self::$current;
    }

    /** kraken-php has said HELLO and holds the socket; its functions move the frames. */
    private static function attachNative(bool $rehearses): self
    {
        $welcome = \Kraken\Native\attach($rehearses);
        foreach (['STDIN' => 'rb', 'STDOUT' => 'wb', 'STDERR' => 'wb'] as $name => $mode) {
            \defined($name) || \define($name, \fopen('php://' . \strtolower($name), $mode));
        }
        self::$current = new self(null, null);
        self::$current->welcome = Welcome::from($welcome);
        self::$current->lengthMax = self::$current->welcome->frameBytesMax;
        self::$current->crash->install();
        self::$current->output->start();
        return self::$current;
    }

    /**
     * Whether kraken-php makes the requests of this package and takes its answers: Native\serve()
     * then, instead of receive().
     */
    public function serves(): bool
    {
        return $this->in === null && \function_exists('Kraken\Native\serves')
            && \Kraken\Native\serves();
    }

    /** Becomes a worker after what was rehearsed; in another process than the one that did. */
    public function join(): void
    {
        $this->welcome = Welcome::from(\Kraken\Native\attach());
        $this->lengthMax = $this->welcome->frameBytesMax;
        $this->crash->forked();
    }

    /**
     * Gives the connection to an event loop, which reads from here on; what this process sends goes
     * through the outlet.
     *
     * @return array{resource, resource, string} the descriptor for reading, for writing, and what
     *         was read already
     */
    public function handOver(Outlet $outlet): array
    {
        $this->outlet = $outlet;
        $pending = $this->pending;
        $this->pending = '';
        \stream_set_blocking($this->out, false);
        return [$this->in, $this->out, $pending];
    }

    /** What was sent leaves now, without a wait. */
    public function flush(): void
    {
        $this->outlet?->flush();
    }

    /** Waits until everything sent has left; for the end of the process. */
    public function drain(): void
    {
        $this->outlet?->drain();
    }

    /** What the daemon said first: alias, arguments and limits. Waits for it if need be. */
    public function welcome(): Welcome
    {
        if ($this->welcome === null) {
            $type = $this->receive();
            if ($type !== Frame::WELCOME && $type !== self::END) {
                throw new ProtocolError(\sprintf('frame 0x%02x came before WELCOME', $type));
            }
            $this->welcome = Welcome::from($type === self::END ? [] : $this->value());
            $this->lengthMax = $this->welcome->frameBytesMax;
        }
        return $this->welcome;
    }

    /**
     * Waits for a frame, which is then in $frame and $stream.
     *
     * @return int its type, or END when the daemon is gone
     * @throws ProtocolError on a length outside the protocol's range
     */
    public function receive(): int
    {
        if ($this->in === null) {
            $this->frame = \Kraken\Native\receive();
            if ($this->frame === '') {
                $this->broken = true;
                return self::END;
            }
            $this->stream = \substr($this->frame, 8, 4);
            return \ord($this->frame[4]);
        }
        $bytes = $this->pending;
        if ($bytes === '') {
            $bytes = @\fread($this->in, self::READ_BYTES);
            if ($bytes === '' || $bytes === false) {
                $bytes = $this->read(self::READ_BYTES);
            }
        }
        $have = \strlen($bytes);
        if ($have < Frame::HEADER_BYTES && !$this->fill($bytes, $have, Frame::HEADER_BYTES)) {
            return self::END;
        }
        $length = \unpack('N', $bytes)[1];
        if ($length < Frame::LENGTH_MIN || $length > Frame::LENGTH_MAX) {
            throw new ProtocolError("a frame of length $length; allowed are 8 to 16777216");
        }
        $end = $length + Frame::LENGTH_BYTES;
        if ($have < $end && !$this->fill($bytes, $have, $end)) {
            return self::END;
        }
        if ($this->pending !== '') {
            $this->pending = '';
        }
        if ($have > $end) {
            $this->pending = \substr($bytes, $end);
            $bytes = \substr($bytes, 0, $end);
        }
        $this->frame = $bytes;
        $this->stream = \substr($bytes, 8, 4);
        return \ord($bytes[4]);
    }

    /** Whether receive() would find bytes, or the end, without waiting. */
    public function readable(): bool
    {
        if ($this->in === null) {
            return \Kraken\Native\readable();
        }
        if ($this->pending !== '') {
            return true;
        }
        $in = [$this->in];
        $none = null;
        return (int) @\stream_select($in, $none, $none, 0) > 0;
    }

    /** The payload of the frame received last, decoded; null if it has none. */
    public function value(): mixed
    {
        $payload = $this->payload();
        try {
            return $payload === '' ? null : MessagePack::decode($payload);
        } catch (DecodeError $e) {
            throw new ProtocolError('a payload is broken: ' . $e->getMessage(), 0, $e);
        }
    }

    /** The payload of the frame received last, as bytes. */
    public function payload(): string
    {
        return \substr($this->frame, Frame::HEADER_BYTES);
    }

    /**
     * Writes bytes, waiting while the daemon is slow.
     *
     * @return bool false when the daemon is gone; the next receive() says END
     */
    public function send(string $bytes): bool
    {
        if ($this->outlet !== null) {
            return $this->outlet->send($bytes);
        }
        if ($this->out === null) {
            return \Kraken\Native\send($bytes);
        }
        while (!$this->broken) {
            try {
                $n = @\fwrite($this->out, $bytes);
            } catch (\Throwable) {
                // An application may turn every warning into an exception, even a silenced one.
                $n = false;
            }
            if ($n === \strlen($bytes)) {
                return true;
            }
            $this->broken = $n === false || ($n === 0 && \feof($this->out));
            $bytes = \substr($bytes, (int) $n);
        }
        return false;
    }

    /** Appends what arrives until so many bytes are there; false when the daemon goes first. */
    private function fill(string &$bytes, int &$have, int $need): bool
    {
        while ($have < $need) {
            $more = $this->read($need - $have);
            if ($more === '') {
                return false;
            }
            $bytes .= $more;
            $have += \strlen($more);
        }
        return true;
    }

    /** The next bytes, '' at the end of the connection. */
    private function read(int $want): string
    {
        if ($this->broken) {
            return '';
        }
        while (true) {
            $bytes = @\fread($this->in, \max($want, self::READ_BYTES));
            if ($bytes !== '' && $bytes !== false) {
                return $bytes;
            }
            if (\feof($this->in)) {
                $this->broken = true;
                return '';
            }
            // A signal came, or somebody made the shared socket non-blocking: wait, do not spin.
            $in = [$this->in];
            $none = null;
            @\stream_select($in, $none, $none, null);
        }
    }

    private static function refuse(string $why): never
    {
        \fwrite(\STDERR, "kraken: $why.\n"
            . "This program is a Kraken worker and is started by the daemon:\n"
            . "    kraken serve " . ($_SERVER['argv'][0] ?? 'worker.php') . "\n");
        exit(self::EXIT_USAGE);
    }
}
