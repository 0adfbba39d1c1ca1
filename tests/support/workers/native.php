<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The application of the native carrier's tests: plain PHP with superglobals.
 */

declare(strict_types=1);

$boots = [getmypid(), microtime(true)];
$atBoot = getenv('REMOTE_ADDR');
register_shutdown_function(static fn () => error_log('boot-time shutdown function ran'));
ini_set('session.save_path', getenv('TMPDIR'));

function answer(array $data): void
{
    header('Content-Type: application/json');
    echo json_encode($data, JSON_INVALID_UTF8_SUBSTITUTE);
}

/** Garbage that only a collection finds, and that complains once when it goes. */
final class Ring
{
    public static int $ended = 0;
    public ?Ring $self = null;
    private string $weight;

    public function __construct()
    {
        $this->weight = str_repeat('x', 64 << 10);
    }

    public function __destruct()
    {
        if (++self::$ended === 3) {
            throw new DomainException('a ring ends in vain');
        }
    }
}

$routes = [
    '/hello' => static fn () => print("hello\n"),
    '/pid' => static fn () => print((string) getmypid()),
    '/globals' => static fn () => answer([
        'server' => $_SERVER, 'get' => $_GET, 'post' => $_POST, 'cookie' => $_COOKIE,
        'files' => $_FILES, 'request' => $_REQUEST, 'session' => $_SESSION ?? null,
        'headers' => getallheaders(), 'input' => file_get_contents('php://input'),
    ]),
    '/upload' => static function (): void {
        $to = getenv('TMPDIR') . '/moved';
        $moved = move_uploaded_file($_FILES['file']['tmp_name'] ?? '', $to);
        answer(['files' => $_FILES, 'moved' => $moved, 'sha' => $moved ? sha1_file($to) : null]);
    },
    '/session' => static function (): void {
        session_start();
        $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
        echo $_SESSION['n'];
    },
    '/session-functions' => static function (): void {
        session_set_save_handler(new SessionHandler(), true);
        echo session_start() ? session_id() : 'no session';
    },
    '/cookies' => static function (): void {
        setcookie('a', '1');
        setcookie('b', '2');
        header('X-Twice: 1', false);
        header('X-Twice: 2', false);
        http_response_code(201);
    },
    '/no-headers' => static fn () => answer(['sent' => headers_sent(), 'list' => headers_list(),
        'code' => http_response_code(), 'level' => ob_get_level()]),
    '/late' => static function (): void {
        echo str_repeat('x', 10_000);
        flush();
        echo @header('X-Late: 1') === null && headers_sent() ? 'sent' : 'not sent';
    },
    '/redirect' => static function (): void {
        header('Location: /hello');
        exit;
    },
    '/exit' => static function (): void {
        register_shutdown_function(static fn () => print(' and shut down'));
        echo 'before';
        exit(3);
    },
    '/shutdown' => static function (): void {
        register_shutdown_function(static fn () => print('!'));
        echo 'body';
    },
    '/throw' => static fn () => throw new DomainException('thrown on purpose'),
    '/fatal' => static function (): void {
        echo 'half';
        eval('class Broken implements Countable { public function count(int $a): int {} }');
    },
    '/oom' => static function (): void {
        for ($held = []; ; $held[] = str_repeat('x', 1 << 20)) {
            continue;
        }
    },
    '/kill' => static fn () => posix_kill(getmypid(), (int) ($_GET['signal'] ?? SIGKILL)),
    '/start-sleep' => static function (): void {
        static $kept = [];
        $kept[] = $started = proc_open(['sleep', '1000'], [], $pipes);
        echo getmypid(), ' ', proc_get_status($started)['pid'];
    },
    '/binary' => static function (): void {
        header('Content-Type: application/octet-stream');
        echo file_get_contents('php://input');
    },
    '/keep-input' => static function (): void {
        static $kept = null;
        echo $kept === null ? 'nothing' : get_debug_type($kept);
        $kept = fopen('php://input', 'rb');
    },
    '/large' => static function (): void {
        for ($i = 0; $i < (int) $_GET['kb']; ++$i) {
            echo str_repeat(chr(97 + $i % 26), 1024);
        }
    },
    '/parts' => static function (): void {
        for ($i = 1; $i <= 3; ++$i) {
            echo "part $i\n";
            ob_flush();
            flush();
        }
    },
    '/endless' => static function (): void {
        ignore_user_abort(true);
        while (connection_status() === CONNECTION_NORMAL) {
            echo str_repeat('x', 65_536);
            flush();
        }
        ignore_user_abort(false);
        touch(getenv('TMPDIR') . '/ended');
    },
    '/status' => static function (): void {
        http_response_code((int) $_GET['code']);
        if (isset($_GET['reason'])) {
            header("HTTP/1.1 {$_GET['code']} {$_GET['reason']}");
        }
        echo 'text';
    },
    '/sleep' => static function (): void {
        usleep((int) $_GET['ms'] * 1000);
        echo 'slept';
    },
    '/hints' => static function (): void {
        header('Link: </a.css>; rel=preload; as=style');
        headers_send(103);
        echo 'page';
    },
    '/cycle' => static function (): void {
        $ring = new Ring();
        $ring->self = $ring;
        answer([Ring::$ended]);
    },
    '/settings' => static fn () => answer([
        ini_get('memory_limit'), getenv('FOO'), ini_get('precision')]),
    '/ini-set' => static function (): void {
        answer([ini_set($_GET['name'], $_GET['value']), ini_get($_GET['name'])]);
    },
    '/finish' => static function (): void {
        echo 'answered';
        fastcgi_finish_request();
        echo 'never seen';
        usleep((int) ($_GET['ms'] ?? 0) * 1000);
        touch(getenv('TMPDIR') . '/after');
    },
    '/finish-late' => static function (): void {
        echo 'part';
        ob_flush();
        flush();
        echo ', rest';
        fastcgi_finish_request();
        echo 'never seen';
    },
    '/buffer' => static function (): void {
        ob_start(static fn (string $text) => strtoupper($text));
        echo 'left open';
    },
    '/time-limit' => static function (): void {
        $before = ini_get('max_execution_time');
        set_time_limit(20);
        answer([$before, ini_get('max_execution_time')]);
    },
    '/inner' => static fn () => answer([
        getenv('KRAKEN_FD'), getenv('KRAKEN_SLAB'), isset($_SERVER['KRAKEN_SLAB'])]),
    '/getenv' => static fn () => answer([
        $atBoot, getenv('HTTP_X_ONE'), getenv('REMOTE_USER'), getenv('REMOTE_ADDR')]),
    '/filter-throws' => static function (): void {
        header('X-Kept: 1');
        echo 'before';
        ob_start(static fn (string $text) => throw new DomainException('no filter'));
        echo 'unfiltered';
    },
    '/filter-throws-late' => static function (): void {
        echo str_repeat('x', 10_000);
        flush();
        ob_start(static fn (string $text) => throw new DomainException('no filter'));
        echo 'unfiltered';
    },
    '/filter-exits' => static function (): void {
        ob_start(static fn (string $text) => exit('bye'));
        echo 'unfiltered';
    },
    '/fields-throw' => static function (): void {
        header_register_callback(static fn () => throw new DomainException('no fields'));
        echo 'text';
    },
    '/shutdown-throws' => static function (): void {
        register_shutdown_function(static fn () => throw new DomainException('no shutdown'));
        register_shutdown_function(static fn () => print('second'));
        http_response_code((int) ($_GET['code'] ?? 200));
        echo 'text';
    },
    '/shutdown-exits' => static function (): void {
        register_shutdown_function(static fn () => exit(1));
        echo 'text';
    },
    '/shutdown-fatal' => static function (): void {
        register_shutdown_function(static fn () => eval(
            'class Broken implements Countable { public function count(int $a): int {} }'
        ));
        echo 'half';
    },
    '/static' => static function (): void {
        static $calls = 0;
        echo ++$calls;
    },
    '/nested' => static function (): void {
        try {
            Kraken\handle(static fn () => null);
        } catch (Error $e) {
            echo $e->getMessage();
        }
    },
];

Kraken\handle(static function () use ($routes): void {
    ($routes[parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)] ?? $routes['/hello'])();
});
