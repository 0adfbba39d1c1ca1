<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use PHPUnit\Framework\TestCase;

/**
 * @file The Narya worker that integration tests use keeps to the dialect.
 */
final class NaryaWorkerTest extends TestCase
{
    private const SCRIPT = __DIR__ . '/../support/narya_worker.php';
    private const DEADLINE_S = 20;

    private string $path;
    /** @var resource */
    private $listener;
    /** @var resource */
    private $process;
    /** @var resource */
    private $socket;

    protected function setUp(): void
    {
        if (!\extension_loaded('msgpack')) {
            self::markTestSkipped('the dialect needs ext-msgpack');
        }
        $this->path = \sys_get_temp_dir() . '/kraken-narya-' . \getmypid() . '.sock';
        $this->listener = \stream_socket_server("unix://$this->path");
    }

    protected function tearDown(): void
    {
        if (isset($this->process) && \is_resource($this->process)) {
            \proc_terminate($this->process, 9);
            \proc_close($this->process);
        }
        if (isset($this->listener)) {
            \fclose($this->listener);
            \unlink($this->path);
        }
    }

    /** @param list<string> $arguments @param array<string, string> $environment */
    private function start(array $arguments, array $environment = []): void
    {
        $this->process = \proc_open(
            [\PHP_BINARY, self::SCRIPT, ...$arguments],
            [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
            $pipes,
            null,
            $environment + \getenv()
        );
        $this->socket = \stream_socket_accept($this->listener, self::DEADLINE_S);
        \stream_set_timeout($this->socket, self::DEADLINE_S);
        // A worker told to close may be gone already.
        @\fwrite($this->socket, 'NARYA1');
    }

    /** @return array<string, mixed> */
    private function ask(string $target, int $timeoutMs = 30_000): array
    {
        [$path, $query] = \explode('?', $target, 2) + [1 => ''];
        $request = \msgpack_pack(['id' => 7, 'method' => 'GET', 'uri' => $target, 'path' => $path,
            'query' => $query, 'headers' => ['Accept' => ['*/*']], 'body' => "\0\xff",
            'remote_addr' => '127.0.0.1:5', 'host' => 'h', 'scheme' => 'http',
            'timeout_ms' => $timeoutMs, 'worker_id' => 3, 'runtime_version' => '2.0.0']);
        \fwrite($this->socket, \pack('N', \strlen($request)) . $request);
        $length = \unpack('N', (string) \fread($this->socket, 4))[1];
        for ($payload = ''; \strlen($payload) < $length;) {
            $payload .= (string) \fread($this->socket, $length - \strlen($payload));
        }
        return \msgpack_unpack($payload);
    }

    public function testShakesHandsAndAnswers(): void
    {
        $this->start(['--unknown', '--sock', $this->path, '--max-requests', '3']);
        self::assertSame('OK', \fread($this->socket, 2));
        $answer = $this->ask('/whoami');
        self::assertSame(
            [7, 200, ['Content-Type' => ['application/json']], ''],
            [$answer['id'], $answer['status'], $answer['headers'], $answer['error']]
        );
        self::assertSame(3, \json_decode($answer['body'], true)['worker_id']);
        self::assertSame([1, false], [$answer['_meta']['req_count'], $answer['_meta']['recycle']]);
        self::assertSame('thrown on purpose', $this->ask('/throw')['error']);
        self::assertTrue($this->ask('/empty-headers')['_meta']['recycle']);
        self::assertSame('', \fread($this->socket, 1));
        self::assertSame(0, \proc_close($this->process));
    }

    public function testGoesWhenItHasBeenIdleForTheTimeout(): void
    {
        $this->start(["--sock=$this->path"]);
        self::assertSame('OK', \fread($this->socket, 2));
        self::assertSame('201', \json_encode($this->ask('/status?v=201', 1)['status']));
        self::assertSame('', \fread($this->socket, 1), 'one second later');
        self::assertSame(0, \proc_close($this->process));
    }

    /** @return array<string, array{string, string}> */
    public static function handshakes(): array
    {
        return ['wrong' => ['wrong', 'NO'], 'close' => ['close', '']];
    }

    /** @dataProvider handshakes */
    public function testShakesHandsWronglyWhenTold(string $mode, string $answer): void
    {
        $this->start(["--sock=$this->path"], ['NARYA_HANDSHAKE' => $mode]);
        self::assertSame($answer, (string) @\fread($this->socket, 2));
    }
}
