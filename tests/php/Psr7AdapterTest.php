<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\BadRequest;
use Kraken\Codec\Binary;
use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Psr7Adapter;
use Kraken\Request;
use Kraken\Tests\Fixtures\Psr15Handler;
use Kraken\Tests\Support\Frames;
use Kraken\Tests\Support\WorkerProcess;
use Nyholm\Psr7\Factory\Psr17Factory;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ServerRequestInterface;

/**
 * @file PSR-15 handlers with Debian's nyholm/psr7 (php-nyholm-psr7).
 */
final class Psr7AdapterTest extends TestCase
{
    private const FIXTURE = __DIR__ . '/fixtures/psr15.php';

    protected function setUp(): void
    {
        require_once self::FIXTURE;
        if (!\class_exists(Psr17Factory::class)) {
            self::markTestSkipped('php-nyholm-psr7 is not installed');
        }
    }

    public function testAWorkerServesWithAPsr15Handler(): void
    {
        $worker = (new WorkerProcess([\PHP_BINARY, self::FIXTURE]))->boot();
        $body = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\nfile\r\n"
            . "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--";
        $answer = $worker->request('POST', '/p%20q?x=1&y[]=2', [
            'host', 'example.com', 'x-id', '1', 'x-id', '2', 'cookie', 'c=d',
            'content-type', 'multipart/form-data; boundary=b',
        ], $body);
        self::assertSame(201, $answer->status());
        self::assertSame(['X-A', '1', 'X-A', '2'], $answer->headers());
        self::assertSame([
            'http://example.com/p%20q?x=1&y[]=2',
            '1.1',
            ['1', '2'],
            ['x' => '1', 'y' => ['2']],
            ['c' => 'd'],
            ['a' => '1'],
            ['f' => ['n', 'file']],
            \strlen($body),
            '127.0.0.1',
            '50000',
        ], \json_decode(\str_replace('%5B%5D', '[]', $answer->body()), true));
        self::assertNull(\json_decode($worker->request('GET', '/')->body(), true)[5]);
    }

    public function testALargeBodyIsStreamed(): void
    {
        $worker = (new WorkerProcess([\PHP_BINARY, self::FIXTURE]))->boot();
        $frame = $worker->request('GET', '/large');
        for ($body = $frame->body(); $frame->more(); $body .= $frame->value()) {
            $frame = $worker->next();
        }
        self::assertSame(3_000_000, \substr_count($body, 'L'));
        self::assertSame(201, $worker->request('GET', '/')->status());
    }

    /** @return array<string, array{string, string}> */
    public static function targets(): array
    {
        return [
            'a path' => ['/a?b', 'http://example.com/a?b'],
            'a whole URI' => ['http://other.example/a?b', 'http://example.com/a?b'],
            'a whole URI without a path' => ['http://other.example', 'http://example.com/'],
            'a whole URI with a query' => ['http://other.example?a=/b', 'http://example.com/?a=/b'],
            'an asterisk' => ['*', 'http://example.com/'],
            'two slashes' => ['//a', 'http://example.com//a'],
        ];
    }

    /** @dataProvider targets */
    public function testTargetsBecomeUris(string $target, string $uri): void
    {
        $request = (new Psr7Adapter(new Psr17Factory()))->request(Frames::object('GET', $target));
        self::assertSame($uri, (string) $request->getUri());
        $shown = $target === '*' ? '*' : \substr($uri, \strlen('http://example.com'));
        self::assertSame($shown, $request->getServerParams()['REQUEST_URI']);
    }

    /** @return array<string, array{string, string}> */
    public static function targetsWithoutHost(): array
    {
        return [
            'a path' => ['/a?b', '/a?b'],
            'two slashes' => ['//a', '/a'],
            'what looks like a port' => ['/a:80', '/a:80'],
            'what looks like a host with one' => ['//a:99999/b?c:1', '/a:99999/b?c:1'],
            'nothing but a port' => ['/:80', '/:80'],
            'an asterisk' => ['*', '/'],
        ];
    }

    /** @dataProvider targetsWithoutHost */
    public function testTargetsWithoutAHostArePaths(string $target, string $uri): void
    {
        $request = $this->psr('', $target);
        self::assertSame($uri, (string) $request->getUri());
        self::assertSame([], $request->getHeader('Host'));
    }

    public function testAHostThatIsNoneIsABadRequest(): void
    {
        self::assertSame(8_080, $this->psr('a:8080', '/')->getUri()->getPort());
        $this->expectException(BadRequest::class);
        $this->psr('a:99999', '/');
    }

    /** Of a client that names that host. */
    private function psr(string $host, string $target): ServerRequestInterface
    {
        $frame = Frame::bytes(Frame::REQUEST, MessagePack::encode([
            'GET', $target, '/', '', '1.0', 'http', $host, '',
            new Binary(MessagePack::encode([])), new Binary(''), 0,
        ]));
        return (new Psr7Adapter(new Psr17Factory()))->request(new Request($frame));
    }

    public function testWhatIsNoHandlerIsNamed(): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->expectExceptionMessage('stdClass is neither callable nor a Psr');
        Psr7Adapter::handler(new \stdClass());
    }

    public function testTheFixtureIsNoOrdinaryCallable(): void
    {
        $response = Psr7Adapter::handler(new Psr15Handler())(Frames::object('GET', '/'));
        self::assertSame(201, $response->status);
    }
}
