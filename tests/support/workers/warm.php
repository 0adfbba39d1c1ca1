<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The application of the tests of `warm`: it keeps what it was asked, and in which process.
 * LOOP says how it takes its requests.
 */

declare(strict_types=1);

$loop = getenv('LOOP') ?: 'handle';
$asked = [];
$kept = [];
$hooks = [];

if ($loop !== 'package') {
    Kraken\onFork(static function () use (&$hooks): void {
        $hooks[] = getmypid();
    });
}

/** @return array<string, mixed> */
function answerTo(string $path, string $host, string $agent): array
{
    global $asked, $kept, $hooks;
    $asked[] = [getmypid(), $path, $host, $agent];
    match ($path) {
        '/throw' => throw new DomainException('a page fails on purpose'),
        '/exit' => exit,
        '/memory' => str_repeat('x', 1 << 30),
        '/database' => $kept[] = new PDO('sqlite::memory:'), // opened here
        '/socket' => $kept[] = stream_socket_client(getenv('PEER')),
        '/slow' => sleep(600),
        '/second' => sleep(1),
        '/large' => print(str_repeat('x', 3 << 20)),
        default => null,
    };
    return ['pid' => getmypid(), 'asked' => $asked, 'hooks' => $hooks,
        'alias' => $GLOBALS['loop'] === 'package' ? Kraken\Worker::alias() : getenv('KRAKEN_ALIAS')];
}

function answer(): void
{
    $agent = $_SERVER['HTTP_USER_AGENT'] ?? '';
    $answer = answerTo($_SERVER['REQUEST_URI'], $_SERVER['HTTP_HOST'] ?? '', $agent);
    if ($_SERVER['REQUEST_URI'] === '/missing') {
        http_response_code(404);
    }
    header('Content-Type: application/json');
    echo json_encode($answer);
}

if ($loop === 'package') {
    require __DIR__ . '/../../../php/autoload.php';
    Kraken\Worker::run(static function (Kraken\Request $request): Kraken\Response {
        if ($request->path() === '/recycle') {
            Kraken\Worker::recycle();
        }
        return Kraken\Response::json(answerTo($request->path(), $request->header('host', ''),
            $request->header('user-agent', '')));
    });
} elseif ($loop === 'frankenphp') {
    while (frankenphp_handle_request(answer(...))) {
        $asked[] = [getmypid(), 'between', '', ''];
    }
} else {
    Kraken\handle(answer(...));
}
