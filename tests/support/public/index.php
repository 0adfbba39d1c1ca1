<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The front controller of the classic carrier's tests.
 */

declare(strict_types=1);

function calls(): int
{
    static $calls = 0;
    return ++$calls;
}

if (isset($_GET['do'])) {
    match ($_GET['do']) {
        'exit' => exit('gone'),
        'throw' => throw new DomainException('thrown on purpose'),
        'fatal' => undefined_function(),
        'kill' => posix_kill(getmypid(), SIGKILL),
        'finish' => (static function (): void {
            echo 'answered';
            fastcgi_finish_request();
            echo 'never seen';
        })(),
        'fork' => (static function (): void {
            if (pcntl_fork() === 0) {
                echo 'child';
                fastcgi_finish_request() || flush();
                exit((int) ($_GET['code'] ?? 0));
            }
            pcntl_wait($status);
            echo 'parent', pcntl_wexitstatus($status) ?: '';
        })(),
        'handle' => Kraken\handle(static fn () => null),
    };
    return;
}
header('Content-Type: application/json');
echo json_encode([
    'calls' => calls(), 'pid' => getmypid(), 'cwd' => getcwd(), 'server' => $_SERVER,
    'get' => $_GET, 'post' => $_POST, 'method' => $_SERVER['REQUEST_METHOD'],
    'opcache' => opcache_get_status(false)['opcache_enabled'] ?? false,
    'limit' => ini_get('memory_limit'), 'input' => file_get_contents('php://input'),
]);
