<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Protocol;

use Kraken\Codec\Binary;
use Kraken\Codec\MessagePack;
use Kraken\Log;
use Kraken\Protocol\Frame;
use Kraken\Protocol\Welcome;
use Kraken\Request;
use Kraken\Tests\Support\ReceivedFrame;
use PHPUnit\Framework\TestCase;

/**
 * @file The golden vectors that the daemon's tests read too: this side writes the same bytes.
 */
final class VectorsTest extends TestCase
{
    private const FILE = __DIR__ . '/../../support/vectors/worker_frames.txt';

    /** @return array<string, string> name to bytes */
    private static function vectors(): array
    {
        $vectors = [];
        foreach (\file(self::FILE, \FILE_IGNORE_NEW_LINES) as $line) {
            if ($line !== '' && $line[0] !== '#') {
                [$name, $hex] = \explode(': ', $line, 2);
                $vectors[$name] = (string) \hex2bin(\trim($hex));
            }
        }
        return $vectors;
    }

    /** @return array<string, array{int, int, int, mixed}> type, flags, stream, value (or none) */
    private static function meanings(): array
    {
        $none = self::class;
        $welcome = [
            'protocol' => 1,
            'alias' => 'Main/web/w1',
            'generation' => 3,
            'request_timeout_ms' => 30_000,
            'frame_bytes_max' => 16_777_216,
            'args' => ['env' => 'test', 'mode' => 'fast'],
        ];
        $get = ['GET', '/hello%20world?a=1&b=2', '/hello world', 'a=1&b=2', '1.1', 'http',
            'example.com', '127.0.0.1:50000', ['host', 'example.com', 'accept', '*/*'], '', 30_000];
        $post = ['POST', '/submit', '/submit', '', '1.0', 'https', 'shop.example:8443', '',
            null, "\x00\xff\x0d\x0a\x7f", 0];
        $stored = ['PUT', '/file', '/file', '', '1.1', 'http', 'h', '127.0.0.1:50000', ['host', 'h',
            'content-length', '67108864'], '', 30_000, 67_108_864];
        return [
            'hello' => [Frame::HELLO, 0, 0, ['protocol' => 1, 'sdk' => 'kraken-php 0.1', 'pid' => 4242,
                'tier' => 'protocol']],
            'welcome' => [Frame::WELCOME, 0, 0, $welcome],
            'welcome_no_args' => [Frame::WELCOME, 0, 0, ['alias' => 'w', 'generation' => 0,
                'request_timeout_ms' => 0, 'args' => []] + $welcome],
            'ready' => [Frame::READY, 0, 0, $none],
            'request_get' => [Frame::REQUEST, 0, 1, $get],
            'request_post' => [Frame::REQUEST, 0, 4_294_967_295, $post],
            'request_stored' => [Frame::REQUEST, 0, 3, $stored],
            'response' => [Frame::RESPONSE, 0, 1, [200, ['Content-Type', 'text/plain', 'Set-Cookie',
                'a=1', 'Set-Cookie', 'b=2'], 'Hello', 2_097_152]],
            'response_bin' => [Frame::RESPONSE, 0, 2, [404, [], new Binary("\0\xff")]],
            'response_recycle' => [Frame::RESPONSE, Frame::RECYCLE, 3, [204, [], '', 4_096]],
            'response_more' => [Frame::RESPONSE, Frame::MORE, 7, [200, ['Content-Type',
                'text/event-stream'], new Binary('one')]],
            'chunk' => [Frame::CHUNK, Frame::MORE, 7, new Binary('two')],
            'chunk_last' => [Frame::CHUNK, 0, 7, new Binary('')],
            'cancel' => [Frame::CANCEL, 0, 7, $none],
            'ping' => [Frame::PING, 0, 0, 77],
            'ping_empty' => [Frame::PING, 0, 0, $none],
            'pong' => [Frame::PONG, 0, 0, 77],
            'pong_empty' => [Frame::PONG, 0, 0, $none],
            'drain' => [Frame::DRAIN, 0, 0, $none],
            'log' => [Frame::LOG, 0, 0, ['warn', 'cache miss', ['key' => 'k1', 'tries' => '3']]],
            'fatal' => [Frame::FATAL, 0, 0, ['LogicException', 'boom', '/app/worker.php', 42,
                '#0 {main}', ['Exception', 'Throwable']]],
        ] + self::meaningsBetweenContainers($none);
    }

    /** @return array<string, array{int, int, int, mixed}> */
    private static function meaningsBetweenContainers(string $none): array
    {
        $two = [1, 'two'];
        return [
            'message' => [Frame::MESSAGE, 0, 4, ['b', 3, ['n' => 1]]],
            'message_many' => [Frame::MESSAGE, 0, 0, [['a', 'web/*'], 0, null]],
            'message_in' => [Frame::MESSAGE, 0, 0, ['Main/a', ['n' => 1]]],
            'call' => [Frame::CALL, 0, 9, ['b', 0, $two, 1_500, 'id-7']],
            'call_in' => [Frame::CALL, 0, 2, ['Main/a', $two, 1_500, 'id-7']],
            'reply' => [Frame::REPLY, 0, 2, [Frame::DONE, true]],
            'reply_failed' => [Frame::REPLY, 0, 2, [Frame::FAILED,
                ['DomainError', 'no such user', '17']]],
            'reply_cancelled' => [Frame::REPLY, 0, 2, [Frame::CANCELLED, null]],
            'reply_unfinished' => [Frame::REPLY, 0, 2, [Frame::UNFINISHED, null]],
            'command' => [Frame::COMMAND, 0, 3, ['', 'process:create', ['alias' => 'B'], 0]],
            'command_in' => [Frame::COMMAND, 0, 3, ['Main/a', 'cmd:ping', [], 22_500]],
            'result' => [Frame::RESULT, 0, 3, [Frame::DONE, 'pong']],
            'state' => [Frame::STATE, 0, 0, [4, 'ready']],
            'watch' => [Frame::WATCH, 0, 0, ['b', true]],
            'unwatch' => [Frame::WATCH, 0, 0, ['b', false]],
            'notice' => [Frame::NOTICE, 0, 0, ['Main/b', 2, 'exit code 255']],
            'fail' => [Frame::FAIL, 0, 0, ['LogicException', 'boom', '/app/c.php', 42, '#0',
                ['Exception']]],
            'resume' => [Frame::RESUME, 0, 0, $none],
            'drain_destroy' => [Frame::DRAIN, 0, 0, ['then' => 'destroy']],
        ];
    }

    /** @return iterable<string, array{string, string}> */
    public static function all(): iterable
    {
        foreach (self::vectors() as $name => $bytes) {
            yield $name => [$name, $bytes];
        }
    }

    public function testNoVectorIsMissing(): void
    {
        self::assertSame(\array_keys(self::meanings()), \array_keys(self::vectors()));
    }

    /** @dataProvider all */
    public function testWritesTheSameBytes(string $name, string $bytes): void
    {
        [$type, $flags, $stream, $value] = self::meanings()[$name];
        $payload = match (true) {
            $value === self::class => '',
            $type === Frame::REQUEST => self::requestPayload($value, $bytes),
            $type === Frame::WELCOME => \str_replace(
                "\xa4args\x90",
                "\xa4args\x80",
                MessagePack::encode(self::ordered($value))
            ),
            // An empty array of PHP is a list unless somebody knows better.
            $name === 'command_in' => \str_replace("\x90", "\x80", MessagePack::encode($value)),
            default => MessagePack::encode($value),
        };
        $written = Frame::bytes($type, $payload, \pack('N', $stream), $flags);
        self::assertSame(\bin2hex($bytes), \bin2hex($written));
    }

    /** @dataProvider all */
    public function testReadsThemBack(string $name, string $bytes): void
    {
        [$type, $flags, $stream, $value] = self::meanings()[$name];
        $frame = new ReceivedFrame($bytes);
        self::assertSame([$type, $flags, $stream], [$frame->type, $frame->flags, $frame->stream]);
        if ($value === self::class) {
            self::assertSame('', $frame->payload);
        } elseif ($type !== Frame::REQUEST) {
            self::assertEquals(self::plain($value), $frame->value());
        }
    }

    public function testTheLogFrameIsTheVector(): void
    {
        $frame = Log::frame('warn', 'cache miss', ['key' => 'k1', 'tries' => '3']);
        self::assertSame(\bin2hex(self::vectors()['log']), \bin2hex($frame));
    }

    public function testWelcomeIsUnderstood(): void
    {
        $payload = MessagePack::decode(\substr(self::vectors()['welcome'], Frame::HEADER_BYTES));
        $welcome = Welcome::from($payload);
        self::assertSame('Main/web/w1', $welcome->alias);
        self::assertSame(3, $welcome->generation);
        self::assertSame(30_000, $welcome->requestTimeoutMs);
        self::assertSame(16_777_216, $welcome->frameBytesMax);
        self::assertSame(['env' => 'test', 'mode' => 'fast'], $welcome->args);
    }

    public function testTheGetRequestIsUnderstood(): void
    {
        $request = new Request(self::vectors()['request_get']);
        self::assertSame('GET', $request->method());
        self::assertSame('/hello%20world?a=1&b=2', $request->target());
        self::assertSame('/hello world', $request->path());
        self::assertSame('a=1&b=2', $request->query());
        self::assertSame(['a' => '1', 'b' => '2'], $request->queryParams());
        self::assertSame('1.1', $request->protocolVersion());
        self::assertSame('http', $request->scheme());
        self::assertSame('example.com', $request->host());
        self::assertSame('127.0.0.1:50000', $request->remoteAddress());
        self::assertSame(['host' => ['example.com'], 'accept' => ['*/*']], $request->headers());
        self::assertSame('', $request->body());
        self::assertSame(30_000, $request->timeoutMs());
    }

    public function testThePostRequestIsUnderstood(): void
    {
        $request = new Request(self::vectors()['request_post']);
        self::assertSame("\x00\xff\x0d\x0a\x7f", $request->body());
        self::assertSame(0, $request->timeoutMs());
        self::assertSame('', $request->remoteAddress());
        self::assertSame('https', $request->scheme());
        self::assertCount(2, $request->headers()['x-twice']);
    }

    /**
     * The payload of a REQUEST. The headers of request_post are taken from the vector itself: they
     * are opaque bytes to this layer.
     *
     * @param list<mixed> $value
     */
    private static function requestPayload(array $value, string $bytes): string
    {
        $value[8] = new Binary($value[8] === null
            ? MessagePack::decode(\substr($bytes, Frame::HEADER_BYTES))[8]
            : MessagePack::encode($value[8]));
        $value[9] = new Binary($value[9]);
        return MessagePack::encode($value);
    }

    /**
     * A WELCOME with its keys in the vectors' order.
     *
     * @param array<string, mixed> $value
     * @return array<string, mixed>
     */
    private static function ordered(array $value): array
    {
        $order = ['protocol', 'alias', 'generation', 'request_timeout_ms', 'frame_bytes_max', 'args'];
        return \array_merge(\array_flip($order), $value);
    }

    private static function plain(mixed $value): mixed
    {
        return match (true) {
            $value instanceof Binary => $value->bytes,
            \is_array($value) => \array_map(self::plain(...), $value),
            default => $value,
        };
    }
}
