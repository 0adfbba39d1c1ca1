<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Support;

use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;

/**
 * @file A worker as a child process, and the daemon's end of its connection in a test's hands.
 *
 * Every wait has a deadline: a worker that hangs fails its test instead of holding up the run.
 */
final class WorkerProcess
{
    private const DEADLINE_S = 20;

    /** @var resource */
    private $process;
    /** @var resource */
    private $socket;
    /** @var array<int, resource> standard output and error */
    private array $pipes = [];
    /** @var array<int, string> what was read from them */
    private array $text = [1 => '', 2 => ''];
    private string $buffer = '';
    private ?int $exit = null;
    /** @var list<array{level: string, message: string, context: array<mixed>}> */
    public array $logs = [];

    /**
     * @param list<string> $command
     * @param array<string, string> $environment added to this process's
     * @param ?string $welcome the first frame, null for none
     */
    public function __construct(array $command, array $environment = [], ?string $welcome = null)
    {
        [$this->socket, $theirs] = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        \stream_set_read_buffer($this->socket, 0);
        \stream_set_timeout($this->socket, self::DEADLINE_S);
        $this->send($welcome ?? Frames::welcome());
        // The child inherits our end too, PHP cannot prevent it: that is why hangUp() shuts down.
        $process = \proc_open(
            $command,
            [['file', '/dev/null', 'r'], ['pipe', 'w'], ['pipe', 'w'], 3 => $theirs],
            $this->pipes,
            null,
            $environment + ['KRAKEN_FD' => '3'] + \getenv()
        );
        if ($process === false) {
            throw new \RuntimeException('cannot start ' . \implode(' ', $command));
        }
        $this->process = $process;
        \fclose($theirs);
    }

    public function __destruct()
    {
        if (\is_resource($this->process)) {
            \proc_terminate($this->process, 9);
            \proc_close($this->process);
        }
    }

    public function pid(): int
    {
        return \proc_get_status($this->process)['pid'];
    }

    public function send(string $bytes): void
    {
        for ($rest = $bytes; $rest !== ''; $rest = \substr($rest, $n)) {
            $n = @\fwrite($this->socket, $rest);
            if ($n === false || $n === 0) {
                throw new \RuntimeException('the worker does not read');
            }
        }
    }

    /** The next frame that is no LOG (those are collected in $logs); null at the end. */
    public function next(): ?ReceivedFrame
    {
        while (true) {
            $frame = $this->frame();
            if ($frame === null || $frame->type !== Frame::LOG) {
                return $frame;
            }
            [$level, $message, $context] = $frame->value();
            $this->logs[] = ['level' => $level, 'message' => $message, 'context' => $context];
        }
    }

    /** HELLO and READY: the worker has booted. */
    public function boot(): self
    {
        foreach ([Frame::HELLO, Frame::READY] as $expected) {
            $frame = $this->next();
            if ($frame?->type !== $expected) {
                throw new \RuntimeException(\sprintf(
                    'expected frame 0x%02x, got %s; standard error: %s',
                    $expected,
                    $frame === null ? 'the end' : \sprintf('0x%02x', $frame->type),
                    $frame === null ? $this->errorText() : ''
                ));
            }
        }
        return $this;
    }

    /** Sends a request and reads the first frame of its answer. @param list<string> $headers */
    public function request(
        string $method,
        string $target,
        array $headers = [],
        string $body = ''
    ): ?ReceivedFrame {
        $this->send(Frames::request($method, $target, $headers, $body));
        return $this->next();
    }

    /** Closes the daemon's end. */
    public function hangUp(): void
    {
        \stream_socket_shutdown($this->socket, \STREAM_SHUT_RDWR);
    }

    /** Waits for the end of the process; its exit code, or the signal that ended it. */
    public function exitCode(): int
    {
        if ($this->exit !== null) {
            return $this->exit;
        }
        $this->drainPipes();
        $code = \proc_close($this->process);
        return $this->exit = $code;
    }

    /** Standard error of the ended process. */
    public function errorText(): string
    {
        $this->exitCode();
        return $this->text[2];
    }

    /** Standard output of the ended process. */
    public function outputText(): string
    {
        $this->exitCode();
        return $this->text[1];
    }

    /** The end of both pipes is the end of the process: nobody else holds them. */
    private function drainPipes(): void
    {
        $open = [1 => $this->pipes[1], 2 => $this->pipes[2]];
        while ($open !== []) {
            $read = $open;
            $none = null;
            if (\stream_select($read, $none, $none, self::DEADLINE_S) === 0) {
                \proc_terminate($this->process, 9);
                throw new \RuntimeException('the worker did not end');
            }
            foreach ($read as $index => $pipe) {
                $bytes = \fread($pipe, 65_536);
                $this->text[$index] .= $bytes;
                if ($bytes === '' || $bytes === false) {
                    unset($open[$index]);
                }
            }
        }
    }

    private function frame(): ?ReceivedFrame
    {
        while (true) {
            $have = \strlen($this->buffer);
            if ($have >= Frame::LENGTH_BYTES) {
                $length = \unpack('N', $this->buffer)[1];
                if ($have >= $length + Frame::LENGTH_BYTES) {
                    $bytes = \substr($this->buffer, 0, $length + Frame::LENGTH_BYTES);
                    $this->buffer = \substr($this->buffer, \strlen($bytes));
                    return new ReceivedFrame($bytes);
                }
            }
            $more = @\fread($this->socket, 1_048_576);
            if (\stream_get_meta_data($this->socket)['timed_out']) {
                throw new \RuntimeException('the worker sent nothing in time');
            }
            if ($more === '' || $more === false) {
                return null;
            }
            $this->buffer .= $more;
        }
    }
}
