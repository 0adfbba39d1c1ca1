<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Demo;

use Kraken\Log;
use Kraken\Request;
use Kraken\Response;

/**
 * @file The routes that break the worker that answers them, each in another way, to watch it heal.
 */
final class Faults
{
    private const LEAK_MB_MAX = 4_096;
    private const MIB = 1_048_576;
    private const SIGKILL = 9;
    private const SIGSEGV = 11;

    /** @var list<string> what /leak holds on to */
    private array $leak = [];

    /** @return array<string, callable(Request): mixed> as App's */
    public function routes(): array
    {
        return [
            'GET /throw' => static fn () => throw new \DomainException('thrown on purpose'),
            'GET /exit' => static fn (Request $r) => exit(App::number($r, 'code', 1, 255)),
            'GET /fatal' => static fn () => self::redeclare(),
            'GET /kill' => static fn () => self::signal(self::SIGKILL),
            'GET /segv' => static fn () => self::signal(self::SIGSEGV),
            'GET /oom' => static fn () => self::fillMemory(),
            'GET /hang' => static fn () => self::spin(),
            'GET /leak' => $this->leak(...),
            'GET /stray' => static fn () => self::stray(),
        ];
    }

    public function leakedMb(): int
    {
        return \array_sum(\array_map(\strlen(...), $this->leak)) >> 20;
    }

    private function leak(Request $request): Response
    {
        $mb = App::number($request, 'mb', 10, self::LEAK_MB_MAX);
        $this->leak[] = \str_repeat("\1", $mb * self::MIB);
        return Response::json([
            'pid' => \getmypid(),
            'leaked_mb' => $this->leakedMb(),
            'memory' => \memory_get_usage(true),
        ]);
    }

    /** Ends this process by a signal; a shell helps out where ext-posix is missing. */
    private static function signal(int $signal): Response
    {
        if (\function_exists('posix_kill')) {
            \posix_kill((int) \getmypid(), $signal);
        } else {
            \exec("kill -$signal " . (int) \getmypid());
        }
        return Response::text("signal $signal did not end this process\n", 500);
    }

    /** A fatal error that no handler can catch: a class that breaks its parent's contract. */
    private static function redeclare(): Response
    {
        eval('class Broken implements \Countable { public function count(int $a): int {} }');
        return Response::text("a fatal error did not end this process\n", 500);
    }

    /** Reaches memory_limit, which is set low first: Debian's PHP has none on the command line. */
    private static function fillMemory(): never
    {
        \ini_set('memory_limit', (string) (\memory_get_usage(true) + 8 * self::MIB));
        for ($hold = [];;) {
            $hold[] = \str_repeat('x', 4_096);
        }
    }

    private static function spin(): never
    {
        while (true) {
            // Only the daemon can end this: the request's time runs out.
        }
    }

    private static function stray(): Response
    {
        echo "stray output\n", "\0\1\xff not UTF-8 \e[31mred\e[0m\n";
        \fwrite(\STDOUT, "stray bytes on descriptor 1\n");
        \fwrite(\STDERR, "stray bytes on descriptor 2\n");
        Log::warn('stray output was written on purpose', ['pid' => \getmypid()]);
        return Response::text("the output is in the log, not here\n");
    }
}
