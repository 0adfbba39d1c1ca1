<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker of the PHP package that shows what it sees and answers in every form there is: to
 * answer the same whatever carries it.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

use Kraken\BadRequest;
use Kraken\Log;
use Kraken\Request;
use Kraken\Response;
use Kraken\Worker;

ini_set('memory_limit', '64M'); // stock PHP has none

final class Kept
{
    public static ?Request $request = null;
    public static ?Request $copy = null;
    public static ?WeakReference $weak = null;
    public static ?WeakMap $map = null;
    public static string $bytes = '';
    public static int $resets = 0;
    public static string $hintsInReset = 'not asked';
    public static string $upload = '';
}

/** @return array<string, mixed> all but what differs from one client to the next */
function seen(Request $r): array
{
    return [
        'method' => $r->method(), 'target' => $r->target(), 'path' => $r->path(),
        'query' => $r->query(), 'params' => $r->queryParams(), 'version' => $r->protocolVersion(),
        'scheme' => $r->scheme(), 'host' => $r->host(), 'headers' => $r->headers(),
        'cookies' => $r->cookies(), 'body' => $r->body(), 'timeout' => $r->timeoutMs(),
        'one' => $r->header('X-One'), 'none' => $r->header('x-none', 'none'),
        'ends' => [preg_replace('/\d+$/', '', $r->remoteAddress()),
            preg_replace('/\d+$/', '', $r->localAddress())],
    ];
}

/** @return array<string, mixed> */
function narya(Request $r): array
{
    $all = $r->toArray();
    $all['remote_addr'] = preg_replace('/\d+$/', '', $all['remote_addr']);
    return $all;
}

/** Reads in an order of its own, writes to what it got, and looks again. */
function written(Request $r): array
{
    $all = $r->toArray();
    $all['headers']['X-One'][] = 'written';
    $all['method'] = 'written';
    $headers = $r->headers();
    foreach ($headers['x-one'] as &$value) {
        $value = 'by reference';
    }
    return [$r->headers()['x-one'], $r->toArray()['headers']['X-One'], $r->toArray()['method']];
}

function parts(): Generator
{
    yield 'one,';
    yield '';
    yield 'two';
}

const JSON = ['Content-Type' => 'application/json'];

$counted = new class () {
    public function __toString(): string
    {
        return 'counted';
    }
};

$routes = [
    '/hello' => static fn () => Response::text("hello\n"),
    '/seen' => static fn (Request $r) => Response::json(seen($r)),
    '/narya' => static fn (Request $r) => Response::json(narya($r)),
    '/written' => static fn (Request $r) => Response::json(written($r)),
    '/string' => static fn () => '<p>html</p>',
    '/list' => static fn () => [201, ['X-A' => 'a', 'X-N' => 7], 'list'],
    '/list-short' => static fn () => [202],
    '/list-json' => static fn () => [200, [], ['a' => 1]],
    '/map' => static fn () => ['status' => 203, 'headers' => JSON, 'body' => '{}'],
    '/map-body' => static fn () => ['body' => 'only'],
    '/pairs' => static fn () => new Response(200, [['X-A', '1'], ['X-A', '2'], ['X-B', ['3', '4']]]),
    '/lists' => static fn () => new Response(200, ['X-A' => ['1', 2], 'X-S' => $counted]),
    '/number' => static fn () => new Response(200, ['X-F' => 1.5, 'X-T' => true], 'x'),
    '/referred' => static function (): array {
        static $calls = 0;
        static $headers = ['X-Call' => '0'];
        $value = &$headers['X-Call'];
        $value = (string) ++$calls;
        return [200, $headers, ''];
    },
    '/changing' => static function (): array {
        static $headers = [];
        $headers['X-' . count($headers)] = 'v';
        return [200, $headers, ''];
    },
    '/bad-name' => static fn () => [200, ['X Bad' => '1'], 'no'],
    '/bad-value' => static fn () => [200, ['X-Bad' => "1\n2"], 'no'],
    '/bad-status' => static fn () => [99, [], 'no'],
    '/bad-pair' => static fn () => [200, ['alone'], 'no'],
    '/bad-keys' => static fn () => ['status' => 200, 'error' => ''],
    '/bad-type' => static fn () => 42,
    '/null' => static fn () => null,
    '/owned' => static fn () => new Response(200, ['Content-Length' => '1', 'X-Sent' => 'yes'], 'all'),
    '/large' => static fn () => Response::text(str_repeat('0123456789', 50_000)),
    '/binary' => static fn () => new Response(200, [], "\0\xff\r\n"),
    '/empty' => static fn () => new Response(204),
    '/redirect' => static fn () => Response::redirect('/hello'),
    '/stream' => static fn () => Response::stream(parts()),
    '/writer' => static fn () => Response::stream(static function (callable $write): void {
        $write('a');
        $write('b');
    }),
    '/throwing-stream' => static fn () => Response::stream((static function (): Generator {
        yield 'part';
        throw new DomainException('in the middle');
    })()),
    '/hints' => static function (): Response {
        $said = Worker::earlyHints(['Link' => '</a.css>; rel=preload']);
        return Response::text($said ? 'said' : 'not said');
    },
    '/bad-hints' => static fn () => Worker::earlyHints(['Bad Name' => '1']),
    '/print' => static function (): Response {
        echo "printed\n";
        ob_start();
        echo "in a buffer left open\n";
        return Response::text('clean');
    },
    '/log' => static function (): Response {
        Log::info('a line', ['a' => 1]);
        return Response::text('logged');
    },
    '/throw' => static fn () => throw new DomainException('on purpose'),
    '/bad-request' => static fn () => throw new BadRequest('what you ask'),
    '/json' => static fn (Request $r) => Response::json($r->json()),
    '/requests' => static fn () => Response::text((string) Worker::requests()),
    '/state' => static fn () => Response::json([Kept::$resets, Kept::$hintsInReset]),
    '/keep' => static function (Request $r): Response {
        Kept::$request = $r;
        Kept::$copy = clone $r;
        return Response::text('kept');
    },
    '/kept' => static fn () => Response::json([
        Kept::$request?->target(), Kept::$request?->header('x-one'), Kept::$copy?->target(),
        Kept::$copy?->toArray()['headers']['X-One'] ?? null]),
    '/copy' => static fn (Request $r) => Response::json([
        (clone $r)->path(), str_contains(print_r($r, true), 'Kraken\Request Object'),
        unserialize(serialize($r))->path()]),
    '/weak' => static function (Request $r): Response {
        Kept::$weak = WeakReference::create($r);
        Kept::$map = new WeakMap();
        Kept::$map[$r] = 1;
        $r->path();
        return Response::text('kept weakly');
    },
    '/note' => static function (Request $r): Response {
        @$r->note = 'of this request';
        return Response::text($r->note);
    },
    '/left' => static fn (Request $r) => Response::json([
        Kept::$weak?->get()?->target(), count(Kept::$map ?? []), isset($r->note)]),
    '/bound' => static function (Request $r): Response {
        (function (): void {
            $this->host = 'bound';
            $this->headers['x-bound'] = ['written'];
        })->call($r);
        return Response::json([$r->host(), $r->header('x-bound')]);
    },
    '/bytes' => static function (Request $r): Response {
        Kept::$bytes = (fn (): string => $this->frame)->call($r);
        return Response::text(sha1(Kept::$bytes));
    },
    '/bytes-kept' => static fn () => Response::text(sha1(Kept::$bytes)),
    '/collect' => static function (Request $r): Response {
        $cycle = [$r];
        $cycle[] = &$cycle;
        unset($cycle);
        return Response::json([gc_collect_cycles() > 0, $r->path(), $r->header('x-one')]);
    },
    '/private' => static function (Request $r): Response {
        try {
            return Response::json($r->all);
        } catch (Error $e) {
            return Response::text($e->getMessage());
        }
    },
    '/upload' => static function (Request $r): Response {
        $file = $r->files()['file'];
        Kept::$upload = $file->tmpName;
        return Response::json([$file->name, sha1_file($file->tmpName), $r->form()]);
    },
    '/form' => static fn (Request $r) => Response::json([
        count($r->form()), count($r->form()), count($r->queryParams()), count($r->queryParams())]),
    '/uploaded' => static fn () => Response::text(is_file(Kept::$upload) ? 'there' : 'gone'),
    '/sha' => static fn (Request $r) => Response::text(sha1($r->body())),
    '/recycle' => static function (): Response {
        Worker::recycle();
        return Response::text((string) getmypid());
    },
    '/exit' => static fn () => exit(3),
    '/exit-in-stream' => static fn () => Response::stream((static function (): Generator {
        yield 'part';
        exit(3);
    })()),
    '/memory' => static function (): never {
        for ($held = []; ; $held[] = str_repeat('x', 1 << 20)) {
            continue;
        }
    },
    '/fork' => static function (Request $r): Response {
        $child = pcntl_fork();
        if ($child === 0) {
            file_put_contents(getenv('TMPDIR') . '/child', $r->path() . ' ' . $r->header('x-one'));
            return Response::text('of the child');
        }
        pcntl_waitpid($child, $status);
        return Response::text((string) file_get_contents(getenv('TMPDIR') . '/child'));
    },
    '/endless' => static fn () => Response::stream((static function (): Generator {
        while (true) {
            yield str_repeat('.', 4_096);
        }
    })()),
];

Worker::run(
    static fn (Request $request): mixed => ($routes[$request->path()] ?? $routes['/seen'])($request),
    static function (): void {
        ++Kept::$resets;
        Kept::$hintsInReset = Worker::earlyHints(['Link' => '</late>']) ? 'said' : 'not said';
    }
);
