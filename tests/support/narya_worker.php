<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A minimal worker of the Narya dialect, written from its description, for tests of the daemon:
 * it connects to `--sock PATH`, shakes hands and answers MessagePack maps. Needs ext-msgpack.
 *
 * Like the dialect's own workers it takes a read timeout for the end of the connection: idle for as
 * long as the last request allowed, it exits with code 0.
 *
 * NARYA_HANDSHAKE in the environment makes it shake hands wrongly: `wrong` answers other bytes,
 * `silent` reads and never answers, `close` closes at once.
 */

declare(strict_types=1);

const FRAME_BYTES_MAX = 10_485_760;
const CONNECT_DEADLINE_NS = 10_000_000_000;
const FIRST_TIMEOUT_S = 30;
const DEFAULT_MAX_REQUESTS = 10_000;

/** Thrown by a route to send these bytes instead of an answer. */
final class RawBytes extends RuntimeException
{
    public function __construct(public readonly string $bytes)
    {
        parent::__construct('raw bytes');
    }
}

/** @return array{string, int} the values of --sock and --max-requests; other arguments are ignored */
function arguments(array $argv): array
{
    $path = '';
    $max = DEFAULT_MAX_REQUESTS;
    for ($i = 1; $i < count($argv); ++$i) {
        [$name, $value] = explode('=', $argv[$i], 2) + [1 => null];
        if ($name === '--sock') {
            $path = $value ?? $argv[++$i] ?? '';
        } elseif ($name === '--max-requests') {
            $max = (int) ($value ?? $argv[++$i] ?? 0);
        }
    }
    if ($path === '') {
        fwrite(STDERR, "usage: narya_worker.php --sock PATH [--max-requests N]\n");
        exit(1);
    }
    return [$path, $max];
}

/** @return resource */
function connect(string $path)
{
    $deadline = hrtime(true) + CONNECT_DEADLINE_NS;
    do {
        $socket = @stream_socket_client("unix://$path", $code, $text, 1.0);
        if ($socket !== false) {
            stream_set_timeout($socket, FIRST_TIMEOUT_S);
            return $socket;
        }
        usleep(20_000);
    } while (hrtime(true) < $deadline);
    fwrite(STDERR, "cannot connect to $path: $text\n");
    exit(1);
}

/** @param resource $socket */
function shakeHands($socket): void
{
    $mode = (string) getenv('NARYA_HANDSHAKE');
    if ($mode === 'close') {
        exit(0);
    }
    $greeting = fread($socket, 6);
    if ($greeting !== 'NARYA1') {
        fwrite(STDERR, 'bad greeting: ' . bin2hex((string) $greeting) . "\n");
        exit(1);
    }
    if ($mode === 'silent') {
        fread($socket, 1);
        exit(0);
    }
    fwrite($socket, $mode === 'wrong' ? 'NO' : 'OK');
}

/** So many bytes, or null at the end of the connection or after the read timeout. */
function readBytes($socket, int $n): ?string
{
    for ($bytes = ''; strlen($bytes) < $n; $bytes .= $more) {
        $more = fread($socket, $n - strlen($bytes));
        if ($more === '' || $more === false) {
            return null;
        }
    }
    return $bytes;
}

/** @return ?array<string, mixed> */
function readRequest($socket): ?array
{
    $header = readBytes($socket, 4);
    if ($header === null) {
        return null;
    }
    $length = unpack('N', $header)[1];
    if ($length === 0 || $length > FRAME_BYTES_MAX) {
        fwrite(STDERR, "a frame of $length bytes\n");
        exit(1);
    }
    $payload = readBytes($socket, $length);
    return $payload === null ? null : msgpack_unpack($payload);
}

/** @return array<string, mixed> */
function answer(int $status, mixed $body, array $headers = ['Content-Type' => ['text/plain']]): array
{
    return ['status' => $status, 'headers' => $headers, 'body' => $body, 'error' => ''];
}

/**
 * Routes by path; the part of the query behind `=` is the argument.
 *
 * @return array<string, callable(array<string, mixed>, string, int): array<string, mixed>>
 */
function routes(): array
{
    $json = static fn (mixed $data): array => answer(
        200,
        json_encode($data, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE),
        ['Content-Type' => ['application/json']]
    );
    return [
        '/hello' => static fn (): array => $json(['message' => 'hello']),
        '/whoami' => static fn (array $r, string $a, int $count): array => $json([
            'pid' => getmypid(),
            'id' => $r['id'],
            'worker_id' => $r['worker_id'],
            'requests' => $count,
        ]),
        '/echo' => static fn (array $r): array => $json(
            ['body' => base64_encode($r['body'])] + $r
        ),
        '/status' => static fn (array $r, string $a): array => ['status' => json_decode($a)]
            + answer(200, 'status'),
        '/empty-headers' => static fn (): array => answer(200, 'empty headers', []),
        '/scalar-header' => static fn (): array => answer(200, 'scalar', ['X-Scalar' => 'one']),
        '/two-cookies' => static fn (): array => answer(200, '', ['Set-Cookie' => ['a=1', 'b=2']]),
        '/nil-body' => static fn (): array => answer(200, null),
        '/error' => static fn (): array => ['error' => 'secret text'] + answer(404, 'unseen'),
        '/no-status' => static fn (): array => array_diff_key(answer(200, 'x'), ['status' => 1]),
        '/throw' => static fn () => throw new RuntimeException('thrown on purpose'),
        '/exit' => static fn (array $r, string $a) => exit((int) $a),
        '/slow' => static function (array $r, string $a): array {
            usleep((int) $a * 1_000);
            return answer(200, 'slow');
        },
        // Here, so that a copy of this file alone is a worker too.
        '/mixed' => static function (array $r): array {
            defined('MIXED_BY_HAND') || define('MIXED_BY_HAND', true);
            require_once __DIR__ . '/workers/mixed.php';
            parse_str($r['query'], $asked);
            [$status, $fields, $body] = mixedAnswer($asked, $r['body']);
            return answer($status, $body, array_map(static fn (string $each) => [$each], $fields));
        },
        '/bytes' => static fn (array $r, string $a): array => answer(200, str_repeat('x', (int) $a)),
        '/wrong-id' => static fn (array $r): array => ['id' => $r['id'] + 1] + answer(200, 'x'),
        // The body says in JSON what the answer has instead, and in `without` which keys it lacks.
        '/answer' => static function (array $r): array {
            return json_decode($r['body'], true) + answer(200, 'answer');
        },
        '/bin-body' => static fn (array $r) => throw new RawBytes(
            pack('N', 31) . "\x83\xa2id\xcf" . pack('J', $r['id'])
            . "\xa6status\xcc\xc8\xa4body\xc4\x02\0\xff"
        ),
        '/garbage' => static fn () => throw new RawBytes(pack('N', 4) . "\xc1\xc1\xc1\xc1"),
        '/huge' => static fn () => throw new RawBytes(pack('N', 0xffff_ffff) . 'x'),
        '/stray' => static function (): array {
            echo 'stray output';
            fwrite(STDERR, "stray error\n");
            return answer(200, 'stray');
        },
    ];
}

[$path, $maxRequests] = arguments($argv);
$socket = connect($path);
shakeHands($socket);
$routes = routes();
for ($count = 1; ($request = readRequest($socket)) !== null; ++$count) {
    if ($request['timeout_ms'] > 0) {
        stream_set_timeout($socket, (int) ceil($request['timeout_ms'] / 1000));
    }
    try {
        $route = $routes[$request['path']] ?? static fn (): array => answer(404, 'not found');
        $response = $route($request, explode('=', $request['query'], 2)[1] ?? '', $count);
    } catch (RawBytes $raw) {
        fwrite($socket, $raw->bytes);
        continue;
    } catch (Throwable $e) {
        $response = ['error' => $e->getMessage()] + answer(500, '');
    }
    $recycle = $count >= $maxRequests;
    $response += ['id' => $request['id'], '_meta' => [
        'req_count' => $count,
        'mem_usage' => memory_get_usage(true),
        'mem_peak' => memory_get_peak_usage(true),
        'recycle' => $recycle,
    ]];
    $payload = msgpack_pack(
        array_diff_key($response, array_flip($response['without'] ?? []), ['without' => 1])
    );
    fwrite($socket, pack('N', strlen($payload)) . $payload);
    if ($recycle) {
        break;
    }
}
