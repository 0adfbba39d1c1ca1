<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\Protocol\Frame;
use Kraken\Tests\Support\WorkerProcess;
use PHPUnit\Framework\TestCase;

/**
 * @file The demo application, route by route: other tests and the tutorial rely on these answers.
 */
final class DemoTest extends TestCase
{
    private const SCRIPT = __DIR__ . '/../../apps/demo/worker.php';
    private const HELLO = '{"message":"Hello from Go API","data":[{"id":"1","name":"Gandalf","email":'
        . '"gandalf@middleearth.com"},{"id":"2","name":"Frodo","email":"frodo@shire.com"},{"id":"3",'
        . '"name":"Aragorn","email":"aragorn@gondor.com"}],"total":3}';

    private WorkerProcess $worker;

    protected function setUp(): void
    {
        $this->worker = self::start([\PHP_BINARY]);
    }

    /** @param list<string> $php */
    private static function start(array $php): WorkerProcess
    {
        return (new WorkerProcess([...$php, self::SCRIPT]))->boot();
    }

    /** @param list<string> $headers */
    private function json(string $method, string $target, string $body = '', array $headers = []): mixed
    {
        return \json_decode(
            $this->worker->request($method, $target, $headers, $body)->body(),
            true,
            flags: \JSON_THROW_ON_ERROR
        );
    }

    public function testHelloIsTheBenchmarksConstant(): void
    {
        $answer = $this->worker->request('GET', '/hello');
        self::assertSame(self::HELLO, $answer->body());
        self::assertSame(221, \strlen($answer->body()));
        self::assertSame(['Content-Type', 'application/json'], $answer->headers());
    }

    public function testThePageNamesTheWorkerAndNeedsNoOtherServer(): void
    {
        $page = $this->worker->request('GET', '/')->body();
        self::assertStringContainsString('<dd>Main/web/w1</dd>', $page);
        self::assertStringContainsString('<dd>' . $this->worker->pid() . '</dd>', $page);
        self::assertStringContainsString('<meta name="viewport"', $page);
        self::assertStringContainsString('prefers-color-scheme: dark', $page);
        self::assertDoesNotMatchRegularExpression('~(?:src|href)="?(?:https?:)?//~', $page);
        self::assertDoesNotMatchRegularExpression('/\{[a-z]+\}/', \strip_tags($page, '<dd>'));
    }

    public function testEveryLinkOfThePageHasARoute(): void
    {
        $page = $this->worker->request('GET', '/')->body();
        \preg_match_all('~href="(/[^"]*)"~', $page, $matches);
        self::assertGreaterThan(15, \count($matches[1]));
        foreach ($matches[1] as $link) {
            $path = \explode('?', $link)[0];
            if ($path !== '/echo') {
                self::assertSame(405, $this->worker->request('DELETE', $path)->status(), $path);
            }
        }
    }

    public function testWhoamiCounts(): void
    {
        $this->worker->request('GET', '/hello');
        $self = $this->json('GET', '/whoami');
        self::assertSame(
            ['pid', 'alias', 'generation', 'requests', 'memory', 'leaked_mb', 'uptime_ms', 'php'],
            \array_keys($self)
        );
        self::assertSame(
            [$this->worker->pid(), 'Main/web/w1', 3, 2],
            [$self['pid'], $self['alias'], $self['generation'], $self['requests']]
        );
    }

    public function testTheApi(): void
    {
        self::assertSame(['status' => 'ok'], $this->json('GET', '/health'));
        self::assertNotFalse(\strtotime($this->json('GET', '/api/time')['time']));
        self::assertSame(
            ['id' => 3, 'name' => 'cloak'],
            $this->json('POST', '/api/items', '{"name":"cloak"}')['item']
        );
        self::assertCount(3, $this->json('GET', '/api/items')['items']);
        foreach (['', '[]', '{"name":""}', '{"name":5}', 'null'] as $bad) {
            self::assertSame(400, $this->worker->request('POST', '/api/items', [], $bad)->status());
        }
    }

    public function testFormsAndUploads(): void
    {
        self::assertStringContainsString('<form', $this->worker->request('GET', '/form')->body());
        $type = ['content-type', 'application/x-www-form-urlencoded'];
        self::assertSame(
            ['form' => ['a' => '1']],
            $this->json('POST', '/form', 'a=1', $type)
        );
        $body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ring.txt\"\r\n"
            . "Content-Type: text/plain\r\n\r\nprecious\r\n--b--\r\n";
        $type = ['content-type', 'multipart/form-data; boundary=b'];
        self::assertSame([[
            'name' => 'ring.txt',
            'type' => 'text/plain',
            'size' => 8,
            'error' => 0,
            'sha256' => \hash('sha256', 'precious'),
        ]], $this->json('POST', '/upload', $body, $type)['files']);
    }

    public function testEchoTellsWhatArrived(): void
    {
        $echo = $this->json('PUT', '/echo?a=1', "\xff", ['x-a', '1', 'x-a', '2', 'cookie', 'c=d']);
        self::assertSame('PUT', $echo['method']);
        self::assertSame(['a' => '1'], $echo['query']);
        self::assertSame(['1', '2'], $echo['headers']['x-a']);
        self::assertSame(['c' => 'd'], $echo['cookies']);
        self::assertSame(['/w==', 'base64', 1],
            [$echo['body'], $echo['body_encoding'], $echo['body_bytes']]);
        self::assertSame('text', $this->json('POST', '/echo', 'text')['body']);
    }

    public function testSizesTimesAndParts(): void
    {
        foreach ([0, 1, 15, 16, 17, 100_000] as $n) {
            self::assertSame($n, \strlen($this->worker->request('GET', "/bytes?n=$n")->body()));
        }
        self::assertSame(5, $this->json('GET', '/slow?ms=5')['waited_ms']);
        self::assertSame(5, $this->json('GET', '/cpu?ms=5')['worked_ms']);
        $frame = $this->worker->request('GET', '/stream?parts=3&ms=0');
        $parts = [];
        while ($frame->more()) {
            $frame = $this->worker->next();
            $parts[] = $frame->value();
        }
        self::assertSame(["part 1 of 3\n", "part 2 of 3\n", "part 3 of 3\n", ''], $parts);
        foreach (['/bytes?n=x', '/bytes?n=-1', '/slow?ms[]=1', '/bytes?n=99999999'] as $bad) {
            self::assertSame(400, $this->worker->request('GET', $bad)->status());
        }
    }

    public function testCookiesNotFoundAndNotAllowed(): void
    {
        self::assertSame(
            ['Content-Type', 'text/plain; charset=utf-8', 'Set-Cookie', 'first=1; Path=/',
                'Set-Cookie', 'second=2; Path=/', 'X-Demo', 'yes'],
            $this->worker->request('GET', '/headers')->headers()
        );
        $missing = $this->worker->request('GET', '/%3Cb%3E');
        self::assertSame(404, $missing->status());
        self::assertStringContainsString('<code>/&lt;b&gt;</code>', $missing->body());
        self::assertSame(200, $this->worker->request('HEAD', '/hello')->status());
        $refused = $this->worker->request('POST', '/hello');
        self::assertSame(405, $refused->status());
        self::assertContains('GET', $refused->headers());
    }

    public function testThrowLeakAndStrayLeaveTheWorkerAlive(): void
    {
        self::assertSame(500, $this->worker->request('GET', '/throw')->status());
        self::assertSame(3, $this->json('GET', '/leak?mb=3')['leaked_mb']);
        self::assertSame(5, $this->json('GET', '/leak?mb=2')['leaked_mb']);
        self::assertSame(200, $this->worker->request('GET', '/stray')->status());
        self::assertSame(4, $this->json('GET', '/whoami')['requests'] - 1);
        self::assertSame(
            ['thrown on purpose', 'stray output was written on purpose', 'output'],
            \array_column($this->worker->logs, 'message')
        );
        $this->worker->hangUp();
        self::assertSame("stray bytes on descriptor 1\n", $this->worker->outputText());
    }

    /** @return iterable<string, array{list<string>, string, int, ?string}> */
    public static function deaths(): iterable
    {
        foreach (['' => [\PHP_BINARY], ', bare' => [\PHP_BINARY, '-n']] as $suffix => $php) {
            yield "exit$suffix" => [$php, '/exit?code=3', 3, 'exit'];
            yield "exit 0$suffix" => [$php, '/exit?code=0', 0, 'exit'];
            yield "fatal$suffix" => [$php, '/fatal', 255, 'FatalError'];
            yield "memory$suffix" => [$php, '/oom', 255, 'OutOfMemory'];
            yield "kill$suffix" => [$php, '/kill', 9, null];
            yield "segfault$suffix" => [$php, '/segv', 11, null];
        }
    }

    /** @dataProvider deaths @param list<string> $php */
    public function testTheRoutesThatKill(array $php, string $target, int $exit, ?string $class): void
    {
        $worker = self::start($php);
        $frame = $worker->request('GET', $target);
        if ($class === null) {
            self::assertNull($frame, 'nothing can be said after a signal');
        } else {
            self::assertSame(Frame::FATAL, $frame->type);
            self::assertSame($class, $frame->value()[0]);
        }
        self::assertSame($exit, $worker->exitCode());
    }
}
