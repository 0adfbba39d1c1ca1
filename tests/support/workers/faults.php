<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Everything an application can do to harm its worker, its pool and its daemon; each is to
 * cost one request. Runs under stock PHP and under kraken-php.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

use Kraken\Request;
use Kraken\Response;
use Kraken\Worker;

/** Recursion through PHP's own code: its stack ends, not its memory. */
function overflow(int $depth): int
{
    return array_sum(array_map(overflow(...), [$depth + 1]));
}

function allocate(): never
{
    for ($held = []; ; $held[] = str_repeat('x', 1 << 20)) {
        continue;
    }
}

$routes = [
    '/hello' => static fn () => 'hello',
    '/pid' => static fn () => (string) getmypid(),
    '/segfault' => static fn () => (string) overflow(0),
    '/abort' => static fn () => (string) posix_kill(getmypid(), 6),
    '/exit' => static fn () => exit(7),
    '/loop' => static function (): string {
        for (;;) {
            continue;
        }
    },
    '/memory' => static fn () => allocate(),
    '/memory-unlimited' => static function (): string {
        ini_set('memory_limit', '-1');
        allocate();
    },
    '/processes' => static function (): string {
        $loop = 'i=0; while [ $i -lt 100 ]; do sleep 600 & i=$((i+1)); done';
        return (string) shell_exec("($loop) >/dev/null 2>&1; echo ended");
    },
    '/close-output' => static function (): string {
        foreach (['STDOUT', 'STDERR'] as $name) {
            if (defined($name) && is_resource(constant($name))) {
                fclose(constant($name));
            }
        }
        echo 'to nobody';
        error_log('to nobody either');
        return 'closed';
    },
    '/kill-parent' => static fn () => json_encode([
        'killed' => posix_kill(posix_getppid(), 9), 'error' => posix_get_last_error(),
        'user' => posix_geteuid(),
    ]),
];

Worker::run(static function (Request $request) use ($routes): Response {
    return Response::text(($routes[$request->path()] ?? $routes['/hello'])());
});
