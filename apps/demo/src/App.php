<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Demo;

use Kraken\BadRequest;
use Kraken\Request;
use Kraken\Response;
use Kraken\UploadedFile;
use Kraken\Worker;

/**
 * @file The routes of the demo application; the ones that break things are in Faults.
 *
 * What it keeps, it keeps in the memory of one worker process: ask twice and another one may answer.
 */
final class App
{
    /** The answer of /hello, a constant for benchmarks: 221 bytes. */
    private const HELLO = '{"message":"Hello from Go API","data":[{"id":"1","name":"Gandalf",'
        . '"email":"gandalf@middleearth.com"},{"id":"2","name":"Frodo","email":"frodo@shire.com"},'
        . '{"id":"3","name":"Aragorn","email":"aragorn@gondor.com"}],"total":3}';
    private const JSON = ['Content-Type' => 'application/json'];
    private const ITEMS_MAX = 1_000;
    private const WAIT_MS_MAX = 600_000;
    private const BYTES_MAX = 67_108_864;
    private const PARTS_MAX = 10_000;

    /** @var array<string, callable(Request): mixed> `METHOD path` to its answer */
    private readonly array $routes;
    private readonly Faults $faults;
    private readonly int $startedNs;
    /** @var list<array{id: int, name: string}> */
    private array $items = [['id' => 1, 'name' => 'ring'], ['id' => 2, 'name' => 'staff']];
    private int $lastId = 2;

    public function __construct()
    {
        $this->startedNs = \hrtime(true);
        $this->faults = new Faults();
        $this->routes = [
            'GET /' => fn () => Response::html(Page::home($this->self())),
            'GET /hello' => static fn () => new Response(200, self::JSON, self::HELLO),
            'GET /health' => static fn () => Response::json(['status' => 'ok']),
            'GET /whoami' => fn () => Response::json($this->self()),
            'GET /api/time' => static fn () => Response::json(['time' => \date(\DATE_RFC3339_EXTENDED)]),
            'GET /api/items' => fn () => Response::json(['pid' => \getmypid(), 'items' => $this->items]),
            'POST /api/items' => $this->addItem(...),
            'GET /form' => static fn () => Response::html(Page::form()),
            'POST /form' => static fn (Request $r) => Response::json(['form' => $r->form()]),
            'POST /upload' => $this->upload(...),
            'GET /slow' => $this->slow(...),
            'GET /cpu' => $this->cpu(...),
            'GET /bytes' => $this->bytes(...),
            'GET /stream' => $this->stream(...),
            'GET /headers' => static fn () => Response::text("two cookies\n")
                ->withAddedHeader('Set-Cookie', 'first=1; Path=/')
                ->withAddedHeader('Set-Cookie', 'second=2; Path=/')
                ->withHeader('X-Demo', 'yes'),
        ] + $this->faults->routes();
    }

    /** @return mixed whatever Kraken\Worker takes for an answer */
    public function handle(Request $request): mixed
    {
        $path = $request->path();
        if ($path === '/echo') {
            return $this->echo($request);
        }
        $method = $request->method();
        $route = $this->routes[($method === 'HEAD' ? 'GET' : $method) . ' ' . $path] ?? null;
        if ($route !== null) {
            return $route($request);
        }
        $allowed = [];
        foreach (['GET', 'POST'] as $other) {
            if (isset($this->routes["$other $path"])) {
                $allowed[] = $other;
            }
        }
        return $allowed === []
            ? Response::html(Page::notFound($path), 404)
            : Response::text("Method not allowed.\n", 405, ['Allow' => \implode(', ', $allowed)]);
    }

    /**
     * A whole number of the query, within limits.
     *
     * @throws BadRequest
     */
    public static function number(Request $request, string $name, int $default, int $max): int
    {
        $text = $request->queryParams()[$name] ?? (string) $default;
        if (!\is_string($text) || \preg_match('/^\d{1,9}$/D', $text) !== 1 || (int) $text > $max) {
            throw new BadRequest("'$name' must be a whole number from 0 to $max.");
        }
        return (int) $text;
    }

    /** @return array<string, mixed> what this worker knows of itself */
    private function self(): array
    {
        return [
            'pid' => \getmypid(),
            'alias' => Worker::alias(),
            'generation' => Worker::generation(),
            'requests' => Worker::requests(),
            'memory' => \memory_get_usage(true),
            'leaked_mb' => $this->faults->leakedMb(),
            'uptime_ms' => \intdiv(\hrtime(true) - $this->startedNs, 1_000_000),
            'php' => \PHP_VERSION,
        ];
    }

    private function addItem(Request $request): Response
    {
        $data = $request->json();
        $name = \is_array($data) ? $data['name'] ?? null : null;
        if (!\is_string($name) || $name === '') {
            throw new BadRequest('Expected {"name": "..."}.');
        }
        if (\count($this->items) >= self::ITEMS_MAX) {
            return Response::json(['error' => 'This worker keeps ' . self::ITEMS_MAX . ' items.'], 409);
        }
        $item = ['id' => ++$this->lastId, 'name' => $name];
        $this->items[] = $item;
        return Response::json(['pid' => \getmypid(), 'item' => $item], 201);
    }

    private function upload(Request $request): Response
    {
        $files = [];
        $all = $request->files();
        \array_walk_recursive($all, static function (UploadedFile $file) use (&$files): void {
            $files[] = [
                'name' => $file->name,
                'type' => $file->type,
                'size' => $file->size,
                'error' => $file->error,
                'sha256' => $file->ok() ? \hash_file('sha256', $file->tmpName) : null,
            ];
        });
        return Response::json(['form' => $request->form(), 'files' => $files]);
    }

    private function slow(Request $request): Response
    {
        $ms = self::number($request, 'ms', 1_000, self::WAIT_MS_MAX);
        \usleep($ms * 1_000);
        return Response::json(['waited_ms' => $ms, 'pid' => \getmypid()]);
    }

    private function cpu(Request $request): Response
    {
        $ms = self::number($request, 'ms', 200, self::WAIT_MS_MAX);
        $end = \hrtime(true) + $ms * 1_000_000;
        for ($rounds = 0, $hash = ''; \hrtime(true) < $end; ++$rounds) {
            $hash = \hash('sha256', $hash . $rounds);
        }
        return Response::json(['worked_ms' => $ms, 'rounds' => $rounds, 'pid' => \getmypid()]);
    }

    private function bytes(Request $request): Response
    {
        $n = self::number($request, 'n', 1_024, self::BYTES_MAX);
        $text = \str_repeat("0123456789abcde\n", \intdiv($n, 16) + 1);
        return new Response(
            200,
            ['Content-Type' => 'application/octet-stream'],
            \substr($text, 0, $n)
        );
    }

    private function stream(Request $request): Response
    {
        $parts = self::number($request, 'parts', 5, self::PARTS_MAX);
        $ms = self::number($request, 'ms', 100, self::WAIT_MS_MAX);
        return Response::stream((static function () use ($parts, $ms): \Generator {
            for ($i = 1; $i <= $parts; ++$i) {
                if ($i > 1) {
                    \usleep($ms * 1_000);
                }
                yield "part $i of $parts\n";
            }
        })(), 200, ['Content-Type' => 'text/plain; charset=utf-8']);
    }

    private function echo(Request $request): Response
    {
        $body = $request->body();
        $text = \preg_match('//u', $body) === 1;
        return new Response(200, self::JSON, (string) \json_encode([
            'method' => $request->method(),
            'target' => $request->target(),
            'path' => $request->path(),
            'query' => $request->queryParams(),
            'protocol' => $request->protocolVersion(),
            'scheme' => $request->scheme(),
            'host' => $request->host(),
            'remote' => $request->remoteAddress(),
            'headers' => $request->headers(),
            'cookies' => $request->cookies(),
            'body' => $text ? $body : \base64_encode($body),
            'body_encoding' => $text ? 'utf-8' : 'base64',
            'body_bytes' => \strlen($body),
        ], \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_UNESCAPED_SLASHES));
    }
}
