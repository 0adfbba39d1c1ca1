<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\BadRequest;
use Kraken\Codec\Binary;
use Kraken\Codec\MessagePack;
use Kraken\Http\CookieVariables;
use Kraken\Http\ServerVariables;
use Kraken\Protocol\Frame;
use Kraken\Protocol\ProtocolError;
use Kraken\Request;
use Kraken\Tests\Support\Frames;
use PHPUnit\Framework\TestCase;

/**
 * @file What a request tells: headers, cookies, query, JSON, and its array for Narya handlers.
 */
final class RequestTest extends TestCase
{
    public function testHeadersInAnyCaseJoinedInOrder(): void
    {
        $request = Frames::object('GET', '/', [
            'accept', 'a', 'x-id', '1', 'accept', 'b', 'cookie', 'c=1', 'cookie', 'd=2', '123', 'n',
        ]);
        self::assertSame('a, b', $request->header('Accept'));
        self::assertSame('1', $request->header('X-ID'));
        self::assertSame('c=1; d=2', $request->header('cookie'));
        self::assertSame('n', $request->header('123'));
        self::assertNull($request->header('x-none'));
        self::assertSame('d', $request->header('x-none', 'd'));
        self::assertSame(['a', 'b'], $request->headers()['accept']);
    }

    /** @return array<string, list<string>> */
    public static function ends(): array
    {
        return [
            'as usual' => ['a.b:80', '1.2.3.4:8080', '5.6.7.8:99',
                'a.b', '1.2.3.4', '8080', '5.6.7.8', '99'],
            'IPv6' => ['[::1]:80', '[fe80::1]:8443', '[::2]:99',
                '::1', 'fe80::1', '8443', '::2', '99'],
            'a unix socket' => ['a.b:81', '', '', 'a.b', '', '81', 'unix:', ''],
            'no port anywhere' => ['a.b', '', '', 'a.b', '', '80', 'unix:', ''],
            'no host' => ['', '', '', '', '', '80', 'unix:', ''],
        ];
    }

    /** @dataProvider ends */
    public function testServerVariablesOfTheConnection(
        string $host,
        string $local,
        string $remote,
        string ...$expected
    ): void {
        $request = new Request(Frame::bytes(Frame::REQUEST, MessagePack::encode([
            'GET', '/', '/', '', '1.1', 'http', $host, $remote,
            new Binary(MessagePack::encode([])), new Binary(''), 0, 0, '', $local,
        ])));
        self::assertSame($local, $request->localAddress());
        $server = ServerVariables::of($request);
        $names = ['SERVER_NAME', 'SERVER_ADDR', 'SERVER_PORT', 'REMOTE_ADDR', 'REMOTE_PORT'];
        self::assertSame($expected, \array_map(static fn ($name) => $server[$name], $names));
        self::assertArrayNotHasKey('HTTPS', $server);
        self::assertSame('', Frames::object('GET', '/')->localAddress());
    }

    /** @return array<string, array{string, array<string, string>}> */
    public static function cookies(): array
    {
        return [
            'none' => ['', []],
            'two' => ['a=1; b=2', ['a' => '1', 'b' => '2']],
            'the first counts' => ['a=1; a=2', ['a' => '1']],
            'encoded' => ['a=x%20y+z%2B', ['a' => 'x y+z+']],
            'base64' => ['t=ab+c/d==', ['t' => 'ab+c/d==']],
            'quotes stay' => ['a="x y"', ['a' => '"x y"']],
            'equals in the value' => ['a=b=c', ['a' => 'b=c']],
            'no value' => ['a; b=1', ['a' => '', 'b' => '1']],
            'no name' => ['=1; =2;;  ;b=2', ['b' => '2']],
            'empty value' => ['a=', ['a' => '']],
            'blanks' => ["a= 1 ; \tb=2", ['a' => ' 1 ', 'b' => '2']],
            'names stay' => ['a.b=1; c[d]=2; e%20f=3', ['a.b' => '1', 'c[d]' => '2', 'e%20f' => '3']],
            'a number is a name' => ['7=1', ['7' => '1']],
        ];
    }

    /** @dataProvider cookies @param array<string, string> $expected */
    public function testCookies(string $header, array $expected): void
    {
        $headers = $header === '' ? [] : ['cookie', $header];
        self::assertSame($expected, Frames::object('GET', '/', $headers)->cookies());
    }

    public function testQueryAsPhpReadsIt(): void
    {
        $request = Frames::object('GET', '/a%20b?x=1&y[]=2&y[]=3&z[k]=%26&w');
        self::assertSame('/a b', $request->path());
        self::assertSame(
            ['x' => '1', 'y' => ['2', '3'], 'z' => ['k' => '&'], 'w' => ''],
            $request->queryParams()
        );
        self::assertSame([], Frames::object('GET', '/')->queryParams());
    }

    public function testOfTooManyFieldsTheFirstAreRead(): void
    {
        $max = (int) \ini_get('max_input_vars');
        $why = "Input variables exceeded $max. To increase the limit change max_input_vars";
        $fits = \implode('&', \array_fill(0, $max, 'a[]=1'));
        self::assertCount($max, Frames::object('GET', "/?$fits&")->queryParams()['a']);
        self::assertCount($max, Frames::object('GET', '/?&' . \strtr($fits, ['&' => '&&']))
            ->queryParams()['a']);
        foreach (['query' => '&', 'form' => '&', 'cookies' => ';'] as $kind => $separator) {
            $read = self::read($kind, \strtr($fits, ['&' => $separator]) . "{$separator}b=1", $why);
            self::assertSame([$max, ['a']], [\count($read['a']), \array_keys($read)], $kind);
        }
    }

    public function testWhatIsNestedTooDeeplyIsLeftOut(): void
    {
        $max = (int) \ini_get('max_input_nesting_level');
        $why = "Input variable nesting level exceeded $max. To increase the limit change "
            . 'max_input_nesting_level';
        foreach (['[x]', '%5Bx%5d'] as $level) {
            $deep = 'a' . \str_repeat($level, $max + 1);
            foreach (['query' => '&', 'form' => '&', 'cookies' => ';'] as $kind => $separator) {
                if ($kind === 'cookies' && $level !== '[x]') {
                    continue; // names of cookies are not decoded
                }
                $read = self::read($kind, "$deep=1{$separator}b[]=1{$separator}$deep=2", $why);
                self::assertSame(['b' => ['1']], $read, $kind);
            }
        }
    }

    public function testCookiesOfOneNameAreOneArray(): void
    {
        $cookies = CookieVariables::of(Frames::object('GET', '/', [
            'cookie', 'a[x]=1; b=2; a[y]=3; b[]=4; b=5; c=6; c=7; a[x]=8; d.e=9; 5[]=1; 5[]=2',
        ]));
        self::assertSame([
            'a' => ['x' => '8', 'y' => '3'], 'b' => ['4'], 'c' => '6', 'd_e' => '9', 5 => ['1', '2'],
        ], $cookies);
    }

    /** @return array<mixed> as a script reads it whose only log line says why something is missing */
    private static function read(string $kind, string $text, string $why): array
    {
        $script = \escapeshellarg(\PHP_BINARY) . ' -d display_errors=0 '
            . \escapeshellarg(__DIR__ . '/fixtures/limits.php') . " $kind";
        $process = \proc_open($script, [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes);
        \fwrite($pipes[0], $text);
        \fclose($pipes[0]);
        $read = \unserialize((string) \stream_get_contents($pipes[1]));
        self::assertSame(
            "warn: $why in php.ini. {\"path\":\"/p\"}\n",
            \stream_get_contents($pipes[2])
        );
        \proc_close($process);
        return $read;
    }

    public function testJson(): void
    {
        $json = static fn (string $body): mixed => Frames::object('POST', '/', [], $body)->json();
        self::assertSame(['a' => [1, null]], $json('{"a":[1,null]}'));
        self::assertSame('12345678901234567890', $json('12345678901234567890'));
        foreach (['', '{', "\"\xff\"", \str_repeat('[', 200)] as $bad) {
            try {
                $json($bad);
                self::fail("took '$bad' for JSON");
            } catch (BadRequest $e) {
                self::assertStringStartsWith('The body is no JSON: ', $e->getMessage());
            }
        }
    }

    public function testTheArrayOfNaryaHandlers(): void
    {
        $headers = ['host', 'example.com', 'x-custom-id', '1', 'x-custom-id', '2'];
        self::assertSame([
            'method' => 'POST',
            'uri' => '/a%20b?c=1',
            'path' => '/a b',
            'query' => 'c=1',
            'headers' => ['X-Custom-Id' => ['1', '2']],
            'body' => "\0b",
            'remote_addr' => '127.0.0.1:50000',
            'host' => 'example.com',
            'scheme' => 'http',
            'protocol' => '1.1',
            'timeout_ms' => 30_000,
        ], Frames::object('POST', '/a%20b?c=1', $headers, "\0b")->toArray());
    }

    public function testElementsOfALaterVersionAreIgnored(): void
    {
        $fields = ['GET', '/', '/', '', '1.1', 'http', 'h', '', new Binary("\x90"), new Binary('b'), 5];
        $frame = Frame::bytes(Frame::REQUEST, MessagePack::encode([...$fields, 'new', ['x' => 1]]));
        $request = new Request($frame);
        self::assertSame('GET', $request->method());
        self::assertSame('b', $request->body());
        self::assertSame(5, $request->timeoutMs());
        self::assertSame([], $request->headers());
    }

    /** @return array<string, array{string}> */
    public static function brokenHeaders(): array
    {
        return ['odd' => ["\x91\xa1a"], 'cut' => ["\x92\xa1a"], 'no array' => ["\x01"], 'none' => ['']];
    }

    /** @dataProvider brokenHeaders */
    public function testBrokenHeadersAreTheDaemonsFault(string $blob): void
    {
        $fields = ['GET', '/', '/', '', '1.1', 'http', 'h', '', new Binary($blob), '', 5];
        $request = new Request(Frame::bytes(Frame::REQUEST, MessagePack::encode($fields)));
        self::assertSame('GET', $request->method(), 'read without looking at the headers');
        $this->expectException(ProtocolError::class);
        $this->expectExceptionMessage('the headers are broken');
        $request->headers();
    }
}
