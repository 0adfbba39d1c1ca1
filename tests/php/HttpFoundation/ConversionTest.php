<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\HttpFoundation;

use Kraken\HttpFoundation\Conversion;
use Kraken\Tests\Support\Frames;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\BinaryFileResponse;
use Symfony\Component\HttpFoundation\Cookie;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\StreamedResponse;

/**
 * @file Requests to HttpFoundation and answers back, without a process.
 */
final class ConversionTest extends TestCase
{
    public static function setUpBeforeClass(): void
    {
        @include_once 'Symfony/Component/HttpFoundation/autoload.php';
        self::assertTrue(\class_exists(Request::class), 'php-symfony-http-foundation: ./dev deps');
    }

    public function testARequestKeepsItsParts(): void
    {
        $body = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\n\r\nfile\r\n"
            . "--b\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n"
            . "--b\r\nContent-Disposition: form-data; name=\"a[]\"\r\n\r\n1\r\n--b--";
        $source = Frames::object('POST', '/p%20q?x=1&y[]=2', [
            'host', 'example.com:8443', 'x-id', '1', 'x-id', '2', 'cookie', 'c=d',
            'proxy', 'evil', 'x_y', 'no', 'x.id', 'forged', 'x!id', 'no',
            'content-length', (string) \strlen($body),
            'content-type', 'multipart/form-data; boundary=b',
        ], $body);
        $request = Conversion::request($source);
        self::assertSame('POST', $request->getMethod());
        self::assertSame('/p%20q', $request->getPathInfo());
        self::assertSame('', $request->getBaseUrl());
        self::assertSame(['x' => '1', 'y' => ['2']], $request->query->all());
        self::assertSame(['a' => ['1']], $request->request->all());
        self::assertSame(['c' => 'd'], $request->cookies->all());
        self::assertSame('1, 2', $request->headers->get('x-id'));
        self::assertNull($request->headers->get('proxy'));
        self::assertNull($request->headers->get('x-y'));
        self::assertNull($request->headers->get('x!id'));
        self::assertSame('multipart/form-data; boundary=b', $request->headers->get('content-type'));
        self::assertSame('127.0.0.1', $request->getClientIp());
        $file = $request->files->get('f');
        self::assertTrue($file->isValid());
        self::assertSame(['n.txt', 'file'], [$file->getClientOriginalName(), $file->getContent()]);
        self::assertNull($request->files->get('none'));
        $source->release();
        self::assertFileDoesNotExist($file->getPathname());
    }

    public function testABodyThatIsNoFormIsTheContent(): void
    {
        $request = Conversion::request(
            Frames::object('PUT', '/', ['content-type', 'application/json'], '{"a":1}')
        );
        self::assertSame('{"a":1}', $request->getContent());
        self::assertSame([], $request->request->all());
    }

    public function testAnAnswerKeepsItsHeadersAndCookies(): void
    {
        $answer = new Response('text', 404, ['X-A' => ['1', '2']]);
        $answer->headers->setCookie(Cookie::create('c', 'd'));
        $answer->headers->setCookie(Cookie::create('e', 'f'));
        $converted = Conversion::response($answer);
        self::assertSame([404, 'text'], [$converted->status, $converted->body]);
        $all = $converted->pairs();
        self::assertContains(['X-A', '1'], $all);
        self::assertContains(['X-A', '2'], $all);
        $cookies = \array_filter($all, static fn (array $pair): bool => $pair[0] === 'Set-Cookie');
        self::assertSame(
            ['c=d', 'e=f'],
            \array_values(\array_map(static fn (array $pair): string
                => \explode(';', $pair[1])[0], $cookies))
        );
    }

    public function testStreamsAndFilesAreMadeWhenTheyAreSent(): void
    {
        $made = false;
        $streamed = Conversion::response(new StreamedResponse(static function () use (&$made): void {
            $made = true;
            echo 'one';
            \ob_flush();
            echo 'two';
        }));
        self::assertFalse($made);
        self::assertSame(['one', 'two'], self::parts($streamed->body));
    }

    public function testAFileIsWholeAndOnlyALargeOneIsStreamed(): void
    {
        $file = Conversion::response(new BinaryFileResponse(__FILE__));
        self::assertSame(\file_get_contents(__FILE__), $file->body);
        $path = (string) \tempnam(\sys_get_temp_dir(), 'kt-');
        \file_put_contents($path, \str_repeat('x', 9_000_000));
        $large = (new BinaryFileResponse($path))->prepare(Request::create('/'));
        $parts = self::parts(Conversion::response($large)->body);
        self::assertSame(9_000_000, \strlen(\implode('', $parts)));
        $asked = Request::create('/', 'HEAD');
        $head = Conversion::response((new BinaryFileResponse($path))->prepare($asked), 'HEAD');
        self::assertSame('', $head->body);
        self::assertContains(['Content-Length', '9000000'], $head->pairs());
        \unlink($path);
    }

    public function testAFileThatIsNamedIsForTheFront(): void
    {
        BinaryFileResponse::trustXSendfileTypeHeader();
        $asked = Request::create('/', server: ['HTTP_X_SENDFILE_TYPE' => 'X-Sendfile']);
        $named = Conversion::response((new BinaryFileResponse(__FILE__))->prepare($asked));
        self::assertSame('', $named->body);
        self::assertContains(['X-Sendfile', __FILE__], $named->pairs());
    }

    public function testAnAnswerThatBreaksClosesItsBuffer(): void
    {
        $level = \ob_get_level();
        $broken = Conversion::response(new StreamedResponse(static function (): never {
            \ob_start();
            throw new \DomainException('in the middle');
        }));
        try {
            self::parts($broken->body);
            self::fail('it has been swallowed');
        } catch (\DomainException) {
            self::assertSame($level, \ob_get_level());
        }
    }

    /** @return list<string> */
    private static function parts(mixed $body): array
    {
        $parts = [];
        $body(static function (string $part) use (&$parts): bool {
            if ($part !== '') {
                $parts[] = $part;
            }
            return true;
        });
        return $parts;
    }
}
