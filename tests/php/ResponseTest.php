<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\Response;
use PHPUnit\Framework\TestCase;

/**
 * @file Responses: what they are made of, what may be returned in their place, cookies.
 */
final class ResponseTest extends TestCase
{
    public function testTheShortForms(): void
    {
        $rows = [
            [Response::html('<p>'), 200, 'text/html; charset=utf-8', '<p>'],
            [Response::text('t', 202), 202, 'text/plain; charset=utf-8', 't'],
            [Response::json(['a' => 'é/'], 201), 201, 'application/json', '{"a":"é/"}'],
            [Response::json(1.0), 200, 'application/json', '1.0'],
        ];
        foreach ($rows as [$response, $status, $type, $body]) {
            self::assertSame($status, $response->status);
            self::assertSame([['Content-Type', $type]], $response->pairs());
            self::assertSame($body, $response->body);
        }
        $redirect = Response::redirect('/there', 303);
        self::assertSame([303, [['Location', '/there']]], [$redirect->status, $redirect->pairs()]);
    }

    public function testGivenHeadersWinOverTheUsualOnes(): void
    {
        $response = Response::json([], 200, ['Content-Type' => 'application/problem+json', 'X' => '1']);
        self::assertSame(
            [['Content-Type', 'application/problem+json'], ['X', '1']],
            $response->pairs()
        );
    }

    public function testHeadersInEveryForm(): void
    {
        $response = new Response(200, ['A' => '1', 'B' => ['2', 3], ['C', 'x'], ['C', 'y']]);
        self::assertSame(
            [['A', '1'], ['B', '2'], ['B', '3'], ['C', 'x'], ['C', 'y']],
            $response->pairs()
        );
    }

    public function testCopiesLeaveTheOriginalAlone(): void
    {
        $first = new Response(200, ['X-A' => ['1', '2'], 'X-B' => '3'], 'body');
        $second = $first->withHeader('x-a', 'new')->withAddedHeader('X-B', '4')->withStatus(404);
        self::assertSame([['X-B', '3'], ['x-a', 'new'], ['X-B', '4']], $second->pairs());
        self::assertSame([404, 'body'], [$second->status, $second->body]);
        self::assertSame([['X-A', '1'], ['X-A', '2'], ['X-B', '3']], $first->pairs());
        self::assertSame(
            [['S', 'a'], ['S', 'b']],
            (new Response())->withHeader('S', ['a', 'b'])->pairs()
        );
    }

    public function testBodies(): void
    {
        self::assertSame('time', (new Response(200, [], 'time'))->body, 'a string is never called');
        self::assertSame(['a', 'b'], \iterator_to_array((new Response(200, [], ['a', 'b']))->body));
        self::assertInstanceOf(\Closure::class, (new Response(200, [], [$this, 'toString']))->body);
        self::assertInstanceOf(\Closure::class, Response::stream('strlen')->body);
    }

    /** @return array<string, array{int}> */
    public static function statuses(): array
    {
        return ['0' => [0], '99' => [99], '100' => [100], '199' => [199], '600' => [600], '-1' => [-1]];
    }

    /** @dataProvider statuses */
    public function testAStatusNoAnswerCanHave(int $status): void
    {
        $this->expectException(\InvalidArgumentException::class);
        new Response($status);
    }

    public function testWhatHandlersMayReturn(): void
    {
        $rows = [
            [[204], 204, [], ''],
            [[200, ['A' => 'b']], 200, [['A', 'b']], ''],
            [[200, [], 'x'], 200, [], 'x'],
            [[200, [], [1, 2]], 200, [['Content-Type', 'application/json']], '[1,2]'],
            [['body' => 'x'], 200, [], 'x'],
            [['status' => 404], 404, [], ''],
            [['status' => 200, 'body' => null], 200, [], ''],
            ['text', 200, [['Content-Type', 'text/html; charset=utf-8']], 'text'],
        ];
        foreach ($rows as [$returned, $status, $pairs, $body]) {
            $response = Response::of($returned);
            self::assertSame($status, $response->status);
            self::assertSame($pairs, $response->pairs());
            self::assertSame($body, $response->body);
        }
    }

    /** @return array<string, array{mixed, string}> */
    public static function nonsense(): array
    {
        return [
            'null' => [null, 'returned null'],
            'int' => [200, 'returned int'],
            'object' => [new \stdClass(), 'returned stdClass'],
            'empty array' => [[], 'returned an array that is neither'],
            'data' => [['hello' => 'world'], 'returned an array that is neither'],
            'more keys' => [['status' => 200, 'error' => ''], 'returned an array that is neither'],
            'a list of strings' => [['a', 'b'], 'returned an array that is neither'],
        ];
    }

    /** @dataProvider nonsense */
    public function testAnythingElseIsNamed(mixed $returned, string $text): void
    {
        $this->expectException(\UnexpectedValueException::class);
        $this->expectExceptionMessage($text);
        Response::of($returned);
    }

    public function testCookies(): void
    {
        $response = (new Response())
            ->withCookie('a', 'x y;')
            ->withCookie('b', '', ['expires' => 1, 'path' => '/b', 'domain' => 'd.example',
                'secure' => true, 'httponly' => false, 'samesite' => '']);
        self::assertSame([
            ['Set-Cookie', 'a=x%20y%3B; Path=/; SameSite=Lax; HttpOnly'],
            ['Set-Cookie',
                'b=; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Path=/b; Domain=d.example; Secure'],
        ], $response->pairs());
    }

    /** @return array<string, array{string, array<string, mixed>}> */
    public static function badCookies(): array
    {
        return [
            'no name' => ['', []],
            'a space' => ['a b', []],
            'a semicolon' => ['a;b', []],
            'an unknown option' => ['a', ['Path' => '/']],
            'a path with more in it' => ['a', ['path' => '/; Domain=evil']],
            'a line end' => ['a', ['domain' => "a\r\nX: y"]],
        ];
    }

    /** @dataProvider badCookies @param array<string, mixed> $options */
    public function testCookiesThatCannotBe(string $name, array $options): void
    {
        $this->expectException(\InvalidArgumentException::class);
        (new Response())->withCookie($name, 'v', $options);
    }
}
