<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The application of the mixed traffic: says whose request it has and what has come of its body,
 * in an answer of the size and form that was asked for, or fails as asked. The same for everybody who
 * can run it: kraken-php in both modes, stock PHP, and the Narya worker, which includes it.
 */

declare(strict_types=1);

/** Bytes of which a reader who knows the id knows each. */
function mixedText(string $id, int $bytes): string
{
    return substr(str_repeat(sha1($id) . "\n", intdiv($bytes, 41) + 1), 0, $bytes);
}

/** What the request asked for in the way of trouble, before its answer begins. */
function mixedTrouble(array $q): void
{
    usleep((int) ($q['ms'] ?? 0) * 1_000);
    match ($q['trouble'] ?? '') {
        '' => null,
        'kill' => posix_kill(getmypid(), SIGKILL),
        'once' => mixedOnce($q['id']),
        'exit' => exit(3),
        'throw' => throw new DomainException('asked for'),
        'hang' => sleep(600),
        'noise' => fwrite(fopen('php://stderr', 'wb'), str_repeat("noise of {$q['id']}\n", 20)),
    };
}

/** The first who is asked dies, the second answers. */
function mixedOnce(string $id): void
{
    $mark = getenv('TMPDIR') . "/once-$id";
    if (@mkdir($mark)) {
        posix_kill(getmypid(), SIGKILL);
    }
    rmdir($mark);
}

/** @return array<string, string> */
function mixedFields(array $q, int $bytes, string $sha): array
{
    $fields = ['X-Id' => $q['id'], 'X-Bytes' => (string) $bytes, 'X-Sha' => $sha,
        'Content-Type' => 'application/octet-stream'];
    return isset($q['file']) ? ['X-Sendfile' => $q['file']] + $fields : $fields;
}

/** @return Generator<string> the answer in parts, in the middle of which its worker may end */
function mixedParts(array $q): Generator
{
    $text = mixedText($q['id'], (int) $q['n']);
    $size = max(1, intdiv(strlen($text), max(1, (int) $q['parts'])) + 1);
    foreach (str_split($text, $size) as $at => $part) {
        yield $part;
        if ($at === 1 && isset($q['half'])) {
            posix_kill(getmypid(), SIGKILL);
        }
        usleep((int) ($q['pause'] ?? 0) * 1_000);
    }
}

function mixedSuperglobals(): void
{
    $q = $_GET;
    $hash = hash_init('sha1');
    $bytes = isset($q['ignore']) ? 0 : hash_update_stream($hash, fopen('php://input', 'rb'));
    if (isset($q['hints'])) {
        header('Link: </a.css>; rel=preload');
        headers_send(103);
    }
    foreach (mixedFields($q, $bytes, hash_final($hash)) as $name => $value) {
        header("$name: $value");
    }
    http_response_code((int) ($q['status'] ?? 200));
    if (isset($q['readfile'])) {
        mixedTrouble($q);
        readfile($q['readfile']);
        return;
    }
    if (!isset($q['parts'])) {
        mixedTrouble($q);
        echo mixedText($q['id'], (int) $q['n']);
    } else {
        foreach (mixedParts($q) as $part) {
            echo $part;
            ob_get_level() > 0 && ob_flush();
            flush();
        }
    }
    if (isset($q['finish'])) {
        fastcgi_finish_request();
        echo 'never seen';
        usleep((int) $q['finish'] * 1_000);
    }
}

/** @return array{int, array<string, string>, string} */
function mixedAnswer(array $q, string $body): array
{
    mixedTrouble($q);
    return [(int) ($q['status'] ?? 200), mixedFields($q, strlen($body), sha1($body)),
        mixedText($q['id'], (int) $q['n'])];
}

function mixedPackage(Kraken\Request $request): Kraken\Response
{
    $q = $request->queryParams();
    if (isset($q['hints'])) {
        Kraken\Worker::earlyHints(['Link' => '</a.css>; rel=preload']);
    }
    if (isset($q['parts'])) {
        $body = $request->body();
        return Kraken\Response::stream(
            mixedParts($q), 200, mixedFields($q, strlen($body), sha1($body)));
    }
    return new Kraken\Response(...mixedAnswer($q, $request->body()));
}

if (defined('MIXED_BY_HAND')) {
    return; // whoever includes it has a loop of its own
}
if (PHP_SAPI === 'cli' || ($argv[1] ?? '') === 'package') {
    require __DIR__ . '/../../../php/autoload.php';
    Kraken\Worker::run(mixedPackage(...));
} elseif (defined('MIXED_CLASSIC')) {
    mixedSuperglobals();
} else {
    Kraken\handle(mixedSuperglobals(...));
}
