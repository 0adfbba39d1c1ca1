<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Support;

use Kraken\Codec\Binary;
use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Request;

/**
 * @file Frames a daemon sends, built from what a test cares about.
 */
final class Frames
{
    /** @param array<string, mixed> $more */
    public static function welcome(array $more = []): string
    {
        return Frame::bytes(Frame::WELCOME, MessagePack::map($more + [
            'protocol' => 1,
            'alias' => 'Main/web/w1',
            'generation' => 3,
            'request_timeout_ms' => 30_000,
            'frame_bytes_max' => Frame::LENGTH_MAX,
        ]));
    }

    /** @param list<string> $headers name, value, name, value ... */
    public static function request(
        string $method,
        string $target,
        array $headers = [],
        string $body = '',
        int $stream = 1
    ): string {
        [$path, $query] = \explode('?', $target, 2) + [1 => ''];
        return Frame::bytes(Frame::REQUEST, MessagePack::encode([
            $method,
            $target,
            \rawurldecode($path),
            $query,
            '1.1',
            'http',
            'example.com',
            '127.0.0.1:50000',
            new Binary(MessagePack::encode($headers)),
            new Binary($body),
            30_000,
        ]), \pack('N', $stream));
    }

    /** @param list<string> $headers */
    public static function object(
        string $method,
        string $target,
        array $headers = [],
        string $body = ''
    ): Request {
        return new Request(self::request($method, $target, $headers, $body));
    }
}
