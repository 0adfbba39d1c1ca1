<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Tests\Support\Frames;
use Kraken\Tests\Support\WorkerCase;
use Kraken\Tests\Support\WorkerProcess;

/**
 * @file Answers in parts: streams, streams called off or broken, bodies too large for a frame.
 */
final class WorkerStreamTest extends WorkerCase
{
    /** @dataProvider interpreters @param list<string> $php */
    public function testStreamsAnAnswer(array $php): void
    {
        $worker = self::worker($php)->boot();
        $answer = $worker->request('GET', '/stream');
        self::assertTrue($answer->more());
        self::assertSame(['X-S', 'y'], $answer->headers());
        self::assertSame(['', 'one', 'two', ''], [$answer->body(), ...self::chunks($worker)]);
        $worker->request('GET', '/write');
        self::assertSame(['a', 'b', ''], self::chunks($worker));
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testEarlyHintsGoAheadOfTheAnswer(array $php): void
    {
        $worker = self::worker($php)->boot();
        $hints = $worker->request('GET', '/hints');
        self::assertTrue($hints->more());
        self::assertSame(103, $hints->status());
        self::assertSame(['Link', '</a.css>', 'Link', '</b.css>', 'X-H', '1'], $hints->headers());
        $hints = $worker->next();
        self::assertSame([103, ['Link', '</c.css>']], [$hints->status(), $hints->headers()]);
        self::assertSame(200, $worker->next()->status());
        self::assertSame(['[true,true,false]', ''], self::chunks($worker));
        self::assertSame(500, $worker->request('GET', '/bad-hints')->status());
        self::assertFalse(\Kraken\Worker::earlyHints(['X' => 'outside']));
    }

    /** @return list<string> the chunks up to the last one */
    private static function chunks(WorkerProcess $worker): array
    {
        $parts = [];
        do {
            $chunk = $worker->next();
            self::assertSame(Frame::CHUNK, $chunk->type);
            $parts[] = $chunk->value();
        } while ($chunk->more());
        return $parts;
    }

    /** @return array<string, array{string}> */
    public static function interruptions(): array
    {
        return ['cancel' => ['cancel'], 'hang up' => ['hang up']];
    }

    /** @dataProvider interruptions */
    public function testAStreamNobodyReadsStops(string $how): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        $worker->request('GET', '/endless');
        if ($how === 'hang up') {
            $worker->hangUp();
            self::assertSame(0, $worker->exitCode());
            return;
        }
        $worker->send(Frame::bytes(Frame::CANCEL, '', \pack('N', 99)));
        $worker->send(Frame::bytes(Frame::PING, MessagePack::encode('in between')));
        for ($pong = $worker->next(); $pong->type !== Frame::PONG;) {
            $pong = $worker->next();
        }
        self::assertSame('in between', $pong->value(), 'another stream was cancelled, not this one');
        $worker->send(Frame::bytes(Frame::CANCEL, '', \pack('N', 1)));
        self::chunks($worker);
        self::assertSame('GET /', $worker->request('GET', '/')->body());
        self::assertSame('stream stopped', $worker->logs[0]['message']);
    }

    public function testAStreamThatBreaksEndsTheWorker(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        $worker->request('GET', '/broken-stream');
        self::assertSame('half', $worker->next()->value());
        $fatal = $worker->next();
        self::assertSame(Frame::FATAL, $fatal->type);
        self::assertSame('the source dried up', $fatal->value()[1]);
        self::assertSame(255, $worker->exitCode());
    }

    public function testDrainLetsAStreamEnd(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        $worker->request('GET', '/endless');
        $worker->send(Frame::bytes(Frame::DRAIN, ''));
        $worker->send(Frame::bytes(Frame::CANCEL, '', \pack('N', 1)));
        self::chunks($worker);
        self::assertNull($worker->next());
        self::assertSame(0, $worker->exitCode(), 'drained after the stream');
    }

    /** @return array<string, array{int, int, int}> */
    public static function sizes(): array
    {
        return [
            'joined' => [65_536, Frame::LENGTH_MAX, 1],
            'apart' => [65_537, Frame::LENGTH_MAX, 1],
            'the longest that fits' => [99_900, 100_000, 1],
            'in chunks' => [250_000, 100_000, 5],
            'above the protocol' => [20_000_000, Frame::LENGTH_MAX, 22],
        ];
    }

    /** @dataProvider sizes */
    public function testABodyThatDoesNotFitGoesInChunks(int $size, int $max, int $frames): void
    {
        $welcome = Frames::welcome(['frame_bytes_max' => $max]);
        $worker = self::worker([\PHP_BINARY], [], $welcome)->boot();
        $frame = $worker->request('GET', "/large?$size");
        $all = [$frame];
        $body = $frame->body();
        while ($frame->more()) {
            $frame = $worker->next();
            $all[] = $frame;
            $body .= $frame->value();
        }
        self::assertSame($size, \strlen($body));
        self::assertSame($size, \substr_count($body, 'L'));
        self::assertCount($frames, $all);
        foreach ($all as $frame) {
            self::assertLessThanOrEqual($max, \strlen($frame->bytes) - 4);
        }
    }
}
