<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The application of the template's tests: what it does while it boots is told by MODE.
 */

declare(strict_types=1);

/** A thread of C that waits for ever, as extensions have them. */
function startThread(): void
{
    $c = FFI::cdef('void *dlsym(void *, const char *);
        int pthread_create(void *, void *, void *, void *);');
    $GLOBALS['kept'] = FFI::new('long');
    $c->pthread_create(FFI::addr($GLOBALS['kept']), null, $c->dlsym(null, 'pause'), null);
}

class Database extends PDO
{
    public function __construct()
    {
        parent::__construct('sqlite::memory:');
    }
}

/** As many that are gone again as nobody need remember, and two that stay. */
function openDatabases(): array
{
    for ($i = 0; $i < 100; ++$i) {
        new Database();
    }
    return [new PDO('sqlite::memory:'), // the first
        new Database()]; // the second
}

$bootedBy = getmypid();
$bootedAs = getenv('KRAKEN_ALIAS');
$hooks = [];
mt_srand(1);
mt_rand();
random_int(0, 1);
openssl_random_pseudo_bytes(8);

$mode = (string) getenv('MODE');
if (is_file($mode)) { // decided anew at each boot
    $mode = trim(file_get_contents($mode));
}
match ($mode) {
    'socket' => $GLOBALS['kept'] = stream_socket_client(getenv('PEER')),
    'database' => $GLOBALS['kept'] = new PDO('sqlite::memory:'),
    'databases' => $GLOBALS['kept'] = openDatabases(),
    'thread' => startThread(),
    'say' => error_log('said while it boots'),
    'throw' => throw new DomainException('boot fails on purpose'),
    default => null,
};

Kraken\onFork(static function () use (&$hooks): void {
    $hooks[] = getmypid();
    if (getenv('MODE') === 'hook') {
        throw new DomainException('hook fails on purpose');
    }
});

$shared = str_repeat('x', 8 << 20);

Kraken\handle(static function () use ($bootedBy, $bootedAs, $mode, &$hooks): void {
    if ($_SERVER['REQUEST_URI'] === '/kill') {
        posix_kill(getmypid(), SIGKILL);
    }
    if ($_SERVER['REQUEST_URI'] === '/compile') {
        opcache_compile_file(__DIR__ . '/native.php');
    }
    header('Content-Type: application/json');
    echo json_encode([
        'booted_by' => $bootedBy, 'booted_as' => $bootedAs, 'pid' => getmypid(), 'mode' => $mode,
        'parent' => posix_getppid(), 'group' => posix_getpgrp(), 'hooks' => $hooks,
        'alias' => getenv('KRAKEN_ALIAS'), 'server' => $_SERVER['KRAKEN_ALIAS'],
        'compiled' => opcache_is_script_cached(__DIR__ . '/native.php'),
        'channel' => getenv('KRAKEN_FD'), 'mark' => getenv('KRAKEN_LAUNCH'),
        'random' => [mt_rand(), lcg_value(), random_int(0, PHP_INT_MAX),
            bin2hex(openssl_random_pseudo_bytes(8)), uniqid('', true)],
        'descriptors' => array_map(static fn ($each) => @readlink("/proc/self/fd/$each"),
            array_diff(scandir('/proc/self/fd'), ['.', '..'])),
    ], JSON_PARTIAL_OUTPUT_ON_ERROR);
});
