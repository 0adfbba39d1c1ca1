<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

use Kraken\Codec\MessagePack;
use Kraken\Request;

/**
 * @file Tells the daemon why this process is about to end when it was not asked to: a FATAL frame.
 *
 * It cannot see a signal or a crash of PHP itself; the daemon learns those from the kernel.
 */
final class CrashReport
{
    /** Given back when memory has run out, so that the report can still be built. */
    private const RESERVE_BYTES = 262_144;
    private const MESSAGE_BYTES_MAX = 8_192;
    private const TRACE_BYTES_MAX = 16_384;
    /** Errors after which PHP ends the process. */
    private const DEADLY = \E_ERROR | \E_PARSE | \E_CORE_ERROR | \E_COMPILE_ERROR | \E_USER_ERROR
        | \E_RECOVERABLE_ERROR;

    /** The request being answered; an exit meanwhile is a death. */
    public ?Request $serving = null;
    /** Native\serve() has it instead. */
    public bool $served = false;
    /** What an exit interrupts when no request is served; '' until there is anything. */
    public string $doing = '';
    /** Set once the worker may end without anything being wrong. */
    public bool $finished = false;

    private ?string $reserve = null;
    private bool $reported = false;
    private bool $ready = false;
    private int $pid;

    public function __construct(private readonly Link $link)
    {
        $this->pid = (int) \getmypid();
    }

    /** Starts watching this process. Errors go to standard error as plain text from here on. */
    public function install(): void
    {
        $this->reserve = \str_repeat("\0", self::RESERVE_BYTES);
        // Only the command line program knows 'stderr'; elsewhere the log is standard error.
        $program = \PHP_SAPI === 'cli';
        \ini_set('display_errors', $program ? 'stderr' : '0');
        \ini_set('html_errors', '0');
        if ($program && (string) \ini_get('error_log') === '') {
            // The log would go to standard error as well and show everything twice.
            \ini_set('log_errors', '0');
        }
        \register_shutdown_function($this->onShutdown(...));
        \set_exception_handler($this->onException(...));
    }

    /** This process is another one than that which began to watch. */
    public function forked(): void
    {
        $this->pid = (int) \getmypid();
    }

    /** From now on the worker serves; before, it booted. */
    public function ready(): void
    {
        $this->ready = true;
    }

    /** Reports a throwable nobody caught and ends the process as PHP would. */
    public function onException(\Throwable $e): never
    {
        $this->send(self::fields($e));
        $this->link->drain();
        \fwrite(\STDERR, 'PHP Fatal error:  Uncaught ' . $e . "\n");
        exit(255);
    }

    private function onShutdown(): void
    {
        $this->reserve = null;
        if ((int) \getmypid() !== $this->pid) {
            return; // a fork of this worker ends; the connection is not its own
        }
        if ($this->served) {
            $this->serving = \Kraken\Native\serving();
        }
        $this->serving?->release();
        $this->link->output->flush();
        if ($this->finished || $this->reported) {
            return;
        }
        $error = \error_get_last();
        $this->send($error !== null && ($error['type'] & self::DEADLY) !== 0
            ? self::fieldsOfError($error)
            : ['exit', $this->exitText(), '', 0, '', []]);
        $this->link->drain();
    }

    /** @param array{string, string, string, int, string, list<string>} $fields */
    private function send(array $fields): void
    {
        if (!$this->reported) {
            $this->reported = true;
            $this->link->send(Frame::bytes(Frame::FATAL, MessagePack::encode($fields)));
        }
    }

    /**
     * What FATAL and FAIL say of a throwable: class, message, file, line, trace, parent classes and
     * interfaces, nearest first, for the supervisor's rules.
     *
     * @return array{string, string, string, int, string, list<string>}
     */
    public static function fields(\Throwable $e): array
    {
        return [
            $e::class,
            \substr($e->getMessage(), 0, self::MESSAGE_BYTES_MAX),
            $e->getFile(),
            $e->getLine(),
            \substr($e->getTraceAsString(), 0, self::TRACE_BYTES_MAX),
            \array_values(\class_parents($e) + \class_implements($e)),
        ];
    }

    /**
     * @param array{type: int, message: string, file: string, line: int} $error
     * @return array{string, string, string, int, string, list<string>}
     */
    private static function fieldsOfError(array $error): array
    {
        $text = \substr($error['message'], 0, self::MESSAGE_BYTES_MAX);
        $class = 'FatalError';
        $parents = [];
        $trace = '';
        if (\str_starts_with($text, 'Allowed memory size of ')) {
            $class = 'OutOfMemory';
            $parents = ['FatalError'];
        } elseif (\preg_match('/^Uncaught ([\w\\\\]+)(?:: (.*))? in \S+:\d+/sU', $text, $m) === 1) {
            // An application's own exception handler rethrew, or PHP reports before ours is set.
            $class = $m[1];
            $parents = \class_exists($class, false) ? \array_values(\class_parents($class)) : [];
            $trace = \substr((string) \strstr($text, '#0 '), 0, self::TRACE_BYTES_MAX);
            $text = $m[2];
        }
        return [$class, $text, $error['file'], $error['line'], $trace, $parents];
    }

    private function exitText(): string
    {
        if ($this->serving !== null) {
            return 'exit during ' . $this->serving->method() . ' ' . $this->serving->path();
        }
        if ($this->doing !== '') {
            return 'exit in ' . $this->doing;
        }
        return $this->ready
            ? 'exit between requests'
            : 'the program ended before Kraken\Worker::run() was ready';
    }
}
