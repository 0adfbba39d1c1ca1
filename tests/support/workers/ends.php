<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Handlers that end in ways of their own: what php-fpm does then, a worker does as well.
 */

declare(strict_types=1);

function burn(float $seconds): void
{
    for ($began = microtime(true); microtime(true) - $began < $seconds;) {
        continue;
    }
}

function note(string $what): void
{
    file_put_contents(getenv('TMPDIR') . '/' . getmypid() . '-' . $what, '');
}

$routes = [
    '/pid' => static fn () => print((string) getmypid()),
    '/handler-throws' => static function (): void {
        set_exception_handler(static fn () => throw new Exception('thrown by the handler'));
        throw new Exception('thrown first');
    },
    '/handler-exits' => static function (): void {
        set_exception_handler(static fn () => exit('handled'));
        throw new Exception('thrown first');
    },
    '/oom' => static function (): void {
        register_shutdown_function(static fn () => print('SHUT'));
        str_repeat('x', 200 << 20);
    },
    '/dies-alone' => static function (): void {
        session_save_path(getenv('TMPDIR'));
        session_id('kept');
        session_start();
        $_SESSION['seen'] = 'yes';
        ob_start();
        print(str_repeat('x', 4 << 20)); // more than an answer holds: it is written at the end
        note('begun');
        for ($began = microtime(true); !file_exists(getenv('TMPDIR') . '/alone');) {
            microtime(true) - $began < 30 || throw new Exception('nobody says that the client is gone');
        }
        trigger_error('nothing goes on from here', E_USER_ERROR);
    },
    '/unfinished' => static fn () => fwrite(fopen('php://stderr', 'w'), 'no line end'),
    '/warns' => static fn () => trigger_error('of its own', E_USER_WARNING),
    '/burn' => static fn () => burn((float) $_GET['s']),
    '/status' => static function (): void {
        http_response_code((int) $_GET['code']);
        echo 'text';
    },
    '/fork' => static function (): void {
        if (pcntl_fork() === 0) {
            echo 'child';
            match ($_GET['by']) {
                'finish' => fastcgi_finish_request(),
                'flush' => flush(),
                'large' => print(str_repeat('x', 1 << 20)),
                default => null,
            };
            $_GET['by'] === 'return' || exit;
            return;
        }
        pcntl_wait($status);
        echo 'parent';
    },
    '/events' => static function (): void {
        ignore_user_abort((bool) ($_GET['ignore'] ?? false));
        register_shutdown_function(static fn () => note($_GET['as'] . '-aborted' . connection_aborted()));
        while (connection_aborted() === 0) {
            echo "data: 1\n\n";
            ob_get_level() === 0 || ob_flush();
            flush();
        }
        note($_GET['as'] . '-went-on');
    },
];

Kraken\handle(static function () use ($routes): void {
    $routes[parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)]();
});
