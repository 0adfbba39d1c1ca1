<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The application of the integration and fault tests: answers, and breaks in every way.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

use Kraken\Request;
use Kraken\Response;
use Kraken\Worker;

function number(Request $request, string $name, int $default): int
{
    return (int) ($request->queryParams()[$name] ?? $default);
}

function own(int $signal): Response
{
    posix_kill(getmypid(), $signal);
    return Response::text("signal $signal did not end this process\n", 500);
}

/** Bytes straight into the connection to the daemon, as a broken worker would write them. */
function raw(Request $request): Response
{
    $out = fopen('php://fd/3', 'r+b');
    stream_set_blocking($out, true);
    fwrite($out, (string) hex2bin($request->queryParams()['hex'] ?? ''));
    if (isset($request->queryParams()['close'])) {
        // The worker's own descriptors stay open: only the end of the process closes the socket.
        posix_kill(getmypid(), SIGKILL);
    }
    if (isset($request->queryParams()['hang'])) {
        sleep(60);
    }
    return Response::text("after raw bytes\n");
}

function flood(Request $request): Response
{
    $line = str_repeat("\e[31mgarbage\0 ", 1_024) . ($request->queryParams()['end'] ?? "\n");
    for ($left = number($request, 'mb', 1) << 20; $left > 0; $left -= strlen($line)) {
        fwrite(STDOUT, $line);
    }
    return Response::text("flooded\n");
}

function stream(Request $request): Response
{
    $parts = number($request, 'parts', 5);
    $ms = number($request, 'ms', 0);
    $fill = str_repeat('.', number($request, 'fill', 0));
    $end = $request->queryParams()['end'] ?? '';
    return Response::stream((static function () use ($parts, $ms, $fill, $end): Generator {
        for ($i = 1; $i <= $parts; ++$i) {
            yield "part $i$fill\n";
            usleep($ms * 1_000);
        }
        if ($end === 'kill') {
            posix_kill(getmypid(), SIGKILL);
        } elseif ($end === 'throw') {
            throw new RuntimeException('thrown in the middle of a body');
        }
    })());
}

/** Dies the first time it is asked for a name, answers the second time. */
function failsOnce(Request $request): Response
{
    $mark = getenv('TMPDIR') . '/once-' . ($request->queryParams()['name'] ?? '');
    if (!is_file($mark)) {
        touch($mark);
        posix_kill(getmypid(), SIGKILL);
    }
    return Response::text("second time\n");
}

$routes = [
    '/retry/once' => failsOnce(...),
    '/once' => failsOnce(...),
    '/retry/kill' => static fn () => own(SIGKILL),
    '/hello' => static fn () => Response::text("hello\n"),
    '/ini' => static fn (Request $request) => Response::text(
        (string) ini_get($request->queryParams()['name'] ?? '')),
    '/pid' => static fn () => Response::text((string) getmypid()),
    '/echo' => static fn (Request $r) => new Response(
        200,
        ['Content-Type' => 'application/octet-stream', 'X-Method' => $r->method()],
        $r->body()
    ),
    '/seen' => static fn (Request $r) => Response::json([
        'method' => $r->method(), 'target' => $r->target(), 'path' => $r->path(),
        'query' => $r->query(), 'headers' => $r->headers(), 'host' => $r->host(),
        'protocol' => $r->protocolVersion(), 'remote' => $r->remoteAddress(),
        'body_bytes' => strlen($r->body()), 'pid' => getmypid(), 'alias' => Worker::alias(),
    ]),
    '/sha' => static fn (Request $r) => Response::text(hash('sha256', $r->body())),
    '/bytes' => static fn (Request $r) => new Response(
        200,
        ['Content-Type' => 'application/octet-stream'],
        str_repeat("0123456789abcde\n", intdiv(number($r, 'n', 1024), 16))
    ),
    '/slow' => static function (Request $r): Response {
        usleep(number($r, 'ms', 1_000) * 1_000);
        return Response::text((string) getmypid());
    },
    '/spin' => static function (Request $r): Response {
        $end = hrtime(true) + number($r, 'ms', 1_000) * 1_000_000;
        while (hrtime(true) < $end) {
            continue;
        }
        return Response::text((string) getmypid());
    },
    '/stream' => stream(...),
    '/hints' => static function (): Response {
        Worker::earlyHints(['Link' => '</a.css>; rel=preload; as=style']);
        Worker::earlyHints(['Link' => '</b.js>; rel=preload; as=script', 'Connection' => 'close']);
        return Response::html('<p>the page</p>');
    },
    '/status' => static fn (Request $r) => new Response(number($r, 'code', 200), [], 'text'),
    '/cookies' => static fn () => Response::text('')
        ->withAddedHeader('Set-Cookie', 'first=1; Path=/')
        ->withAddedHeader('Set-Cookie', 'second=2; Path=/'),
    '/split' => static fn () => new Response(200, ['X-Bad' => "a\r\nX-Injected: yes"], 'no'),
    '/throw' => static fn () => throw new DomainException('thrown on purpose'),
    '/exit' => static fn (Request $r) => exit(number($r, 'code', 0)),
    '/fatal' => static function (): Response {
        eval('class Broken implements Countable { public function count(int $a): int {} }');
        return Response::text("still here\n", 500);
    },
    '/oom' => static function (): Response {
        for ($held = []; ; $held[] = str_repeat('x', 1 << 20)) {
            continue;
        }
    },
    '/kill' => static fn (Request $r) => own(number($r, 'signal', SIGKILL)),
    '/echo-stray' => static function (): Response {
        echo "stray output\n";
        fwrite(STDERR, "stray error\n");
        return Response::text("clean\n");
    },
    '/die-talking' => static function (): never {
        fwrite(STDERR, "last words of the worker\n");
        exit(7);
    },
    '/hang' => static function (): Response {
        pcntl_async_signals(true);
        pcntl_signal(SIGTERM, static fn () => null);
        while (true) {
            usleep(10_000);
        }
    },
    '/grandchild' => static function (Request $r): Response {
        $pid = (int) exec('sleep 600 >/dev/null 2>&1 & echo $!');
        if (isset($r->queryParams()['die'])) {
            posix_kill(getmypid(), SIGKILL);
        }
        return Response::text("$pid " . getmypid());
    },
    '/shell' => static function (Request $r): Response {
        exec($r->body());
        return Response::text('');
    },
    '/leak' => static function (Request $r): Response {
        static $held = [];
        $held[] = str_repeat("\1", number($r, 'mb', 10) << 20);
        return Response::text((string) getmypid());
    },
    '/raw' => raw(...),
    '/flood' => flood(...),
    '/recycle' => static function (): Response {
        Worker::recycle();
        return Response::text((string) getmypid());
    },
];

Worker::run(static function (Request $request) use ($routes): Response {
    $route = $routes[$request->path()] ?? null;
    // What no route knows is answered 200: the table of malformed requests asks for anything.
    return $route === null ? Response::text("any\n") : $route($request);
});
