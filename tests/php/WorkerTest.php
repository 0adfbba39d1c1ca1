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
 * @file The worker loop end to end: what it answers, logs and says of itself, with this machine's
 * extensions and without any (`php -n`).
 */
final class WorkerTest extends WorkerCase
{
    /** @dataProvider interpreters @param list<string> $php */
    public function testSaysHelloThenReadyThenAnswers(array $php): void
    {
        $worker = self::worker($php);
        $hello = $worker->next();
        self::assertSame(Frame::HELLO, $hello->type);
        self::assertSame(0, $hello->stream);
        self::assertSame(['protocol', 'sdk', 'pid', 'tier'], \array_keys($hello->value()));
        self::assertSame(1, $hello->value()['protocol']);
        self::assertSame($worker->pid(), $hello->value()['pid']);
        self::assertSame(['kraken-php 0.1', 'protocol'], [
            $hello->value()['sdk'],
            $hello->value()['tier'],
        ]);
        self::assertSame(\bin2hex(Frame::bytes(Frame::READY, '')), \bin2hex($worker->next()->bytes));

        $worker->send(Frames::request('GET', '/a?b', stream: 0xfffffffe));
        $answer = $worker->next();
        self::assertSame(Frame::RESPONSE, $answer->type);
        self::assertSame(0, $answer->flags);
        self::assertSame(0xfffffffe, $answer->stream);
        self::assertSame(200, $answer->status());
        self::assertSame(['Content-Type', 'text/plain; charset=utf-8'], $answer->headers());
        self::assertSame('GET /a', $answer->body());
        self::assertGreaterThan(100_000, $answer->value()[3], 'the memory figure');
        $worker->hangUp();
        self::assertSame(0, $worker->exitCode());
        self::assertSame('', $worker->errorText());
        self::assertSame('', $worker->outputText());
    }

    /** @return iterable<string, array{list<string>, string, int, list<string>, string}> */
    public static function returns(): iterable
    {
        $text = ['Content-Type', 'text/plain; charset=utf-8'];
        $html = ['Content-Type', 'text/html; charset=utf-8'];
        $json = ['Content-Type', 'application/json'];
        $rows = [
            ['/array', 201, ['X-A', '1', 'X-A', '2'], 'array'],
            ['/map', 202, $json, '{"a":1}'],
            ['/string', 200, $html, '<p>hi</p>'],
            ['/wrong', 500, $text, "Internal Server Error\n"],
            ['/wrong-array', 500, $text, "Internal Server Error\n"],
            ['/bad-header', 500, $text, "Internal Server Error\n"],
            ['/throw', 500, $text, "Internal Server Error\n"],
            ['/bad-json', 400, $text, "The body is no JSON: Syntax error.\n"],
        ];
        foreach (self::interpreters() as $name => [$php]) {
            foreach ($rows as $row) {
                yield "$row[0], $name" => [$php, ...$row];
            }
        }
    }

    /**
     * @dataProvider returns
     * @param list<string> $php
     * @param list<string> $headers
     */
    public function testAnswersWhatTheHandlerReturns(
        array $php,
        string $path,
        int $status,
        array $headers,
        string $body
    ): void {
        $worker = self::worker($php)->boot();
        foreach (['first', 'again'] as $round) {
            $answer = $worker->request('GET', $path);
            self::assertSame($status, $answer->status(), $round);
            self::assertSame($headers, $answer->headers(), $round);
            self::assertSame($body, $answer->body(), $round);
        }
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testAnExceptionIsLoggedAndTheWorkerGoesOn(array $php): void
    {
        $worker = self::worker($php)->boot();
        $pid = $worker->pid();
        self::assertSame(500, $worker->request('GET', '/throw')->status());
        self::assertSame('error', $worker->logs[0]['level']);
        self::assertSame('broken on purpose', $worker->logs[0]['message']);
        self::assertSame('DomainException', $worker->logs[0]['context']['class']);
        self::assertSame('GET /throw', $worker->logs[0]['context']['request']);
        self::assertMatchesRegularExpression(
            '/worker\.php:\d+$/D',
            $worker->logs[0]['context']['at']
        );
        self::assertSame('GET /', $worker->request('GET', '/')->body());
        self::assertSame($pid, $worker->pid());
    }

    public function testDebugShowsTheException(): void
    {
        $worker = self::worker([\PHP_BINARY], ['KRAKEN_DEBUG' => '1'])->boot();
        self::assertStringStartsWith(
            'DomainException: broken on purpose in ',
            $worker->request('GET', '/throw')->body()
        );
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testOutputIsLoggedAndNeverBreaksTheProtocol(array $php): void
    {
        $worker = self::worker($php, ['BOOT' => 'echo'])->boot();
        self::assertSame('clean', $worker->request('GET', '/echo')->body());
        self::assertSame('GET /', $worker->request('GET', '/')->body());
        self::assertSame(['booting', "stray \0\xffprint"], \array_map(
            static fn (array $log): string => $log['context']['text'],
            $worker->logs
        ));
        self::assertSame(['info', 'output'], [$worker->logs[0]['level'], $worker->logs[0]['message']]);
        $worker->hangUp();
        self::assertSame('', $worker->outputText());
    }

    public function testALogLineOfOutputIsCut(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        self::assertSame('clean', $worker->request('GET', '/flood')->body());
        self::assertSame('GET /', $worker->request('GET', '/')->body());
        self::assertSame(65_536, \strlen($worker->logs[0]['context']['text']));
        self::assertSame(200_000, $worker->logs[0]['context']['bytes']);
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testBuffersLeftOpenOrClosedAreMended(array $php): void
    {
        $worker = self::worker($php)->boot();
        $paths = ['/buffers', '/echo', '/no-buffers', '/echo', '/'];
        foreach ($paths as $path) {
            $worker->request('GET', $path);
        }
        self::assertSame(['left open', "stray \0\xffprint", "stray \0\xffprint"], \array_map(
            static fn (array $log): string => $log['context']['text'],
            $worker->logs
        ));
    }

    public function testWarningsGoToStandardErrorOnce(): void
    {
        $worker = self::worker([\PHP_BINARY, '-n'])->boot();
        self::assertSame('ok', $worker->request('GET', '/notice')->body());
        $worker->hangUp();
        self::assertSame(1, \substr_count($worker->errorText(), 'mind the gap'));
        self::assertSame('', $worker->outputText());
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testAFrameInPiecesAndFramesInOneWriteAreRead(array $php): void
    {
        $worker = self::worker($php)->boot();
        $body = \str_repeat("\0\xff0123456789abcd", 20_000);
        $bytes = Frames::request('POST', '/body', [], $body);
        foreach ([1, 3, 4, 11, 13, 20_000] as $cut) {
            $worker->send(\substr($bytes, 0, $cut));
            $worker->send(\substr($bytes, $cut));
            self::assertSame(\strlen($body) . ' ' . \md5($body), $worker->next()->body());
        }
        $ping = Frame::bytes(Frame::PING, MessagePack::encode(77));
        $worker->send($ping . Frames::request('GET', '/') . $ping . $bytes);
        self::assertSame(77, $worker->next()->value());
        self::assertSame('GET /', $worker->next()->body());
        self::assertSame(Frame::PONG, $worker->next()->type);
        self::assertSame(\strlen($body) . ' ' . \md5($body), $worker->next()->body());
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testPingIsAnsweredWithItsPayload(array $php): void
    {
        $worker = self::worker($php)->boot();
        foreach (['', MessagePack::encode(['t' => 1.5])] as $payload) {
            $worker->send(Frame::bytes(Frame::PING, $payload));
            self::assertSame(
                \bin2hex(Frame::bytes(Frame::PONG, $payload)),
                \bin2hex($worker->next()->bytes)
            );
        }
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testDrainFinishesWhatCameBefore(array $php): void
    {
        $worker = self::worker($php, ['AFTER' => '1'])->boot();
        $worker->send(Frames::request('GET', '/') . Frame::bytes(Frame::DRAIN, ''));
        self::assertSame('GET /', $worker->next()->body());
        self::assertNull($worker->next());
        self::assertSame(0, $worker->exitCode());
        self::assertSame('after run', $worker->errorText(), 'run() returns');
    }

    public function testUnknownFramesAreIgnored(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        $worker->send(Frame::bytes(0x7f, "\xc1 no MessagePack"));
        $worker->send(Frame::bytes(Frame::CANCEL, '', \pack('N', 5)));
        self::assertSame('GET /', $worker->request('GET', '/')->body());
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testKnowsWhoItIs(array $php): void
    {
        $worker = self::worker($php, [], Frames::welcome(['args' => ['a' => 'b']]))->boot();
        $worker->request('GET', '/');
        self::assertSame(
            '["Main/web/w1",3,{"a":"b"},2,false]',
            $worker->request('GET', '/self')->body()
        );
    }

    public function testFallsBackToTheEnvironment(): void
    {
        $environment = ['KRAKEN_ALIAS' => 'Main/x', 'KRAKEN_GENERATION' => '9'];
        $welcome = Frame::bytes(Frame::WELCOME, "\x80");
        $worker = self::worker([\PHP_BINARY], $environment, $welcome)->boot();
        self::assertSame('["Main/x",9,[],1,false]', $worker->request('GET', '/self')->body());
    }

    public function testAsksToBeRecycled(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        $answer = $worker->request('GET', '/recycle');
        self::assertSame(Frame::RECYCLE, $answer->flags);
        self::assertSame('last', $answer->body());
    }

    public function testLogsWithContext(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        $worker->request('GET', '/log');
        self::assertSame([[
            'level' => 'warn',
            'message' => 'look',
            'context' => ['n' => 1, 'deep' => ['a' => [true, null]], 'o' => 'stdClass'],
        ]], $worker->logs);
    }

    public function testOneReadAndOneWritePerRequest(): void
    {
        $trace = \tempnam(\sys_get_temp_dir(), 'kraken-strace-');
        if (\trim((string) \shell_exec('command -v strace')) === '') {
            self::markTestSkipped('strace is not installed');
        }
        $calls = 'sendto,recvfrom,poll,ppoll,select,pselect6,read,write,fcntl';
        $worker = new WorkerProcess(
            ['strace', '-o', $trace, '-e', "trace=$calls", \PHP_BINARY, self::SCRIPT]
        );
        $worker->boot();
        $worker->request('GET', '/warm-up');
        for ($i = 0; $i < 100; ++$i) {
            $worker->request('GET', '/counted');
        }
        $worker->hangUp();
        $worker->exitCode();
        $lines = (array) \file($trace);
        \unlink($trace);
        $counted = \array_values(\array_filter(
            \array_map(static fn (string $line): string => (string) \strtok($line, '('), $lines)
        ));
        $from = \array_search('sendto', $counted, true);
        self::assertIsInt($from);
        $served = \array_slice($counted, $from);
        self::assertSame(
            ['recvfrom' => 100, 'sendto' => 100],
            self::busiest($served),
            'the hundred requests between the first and the last'
        );
    }

    /**
     * Calls of the longest run in which only reads and writes of the connection take turns.
     *
     * @param list<string> $calls
     * @return array<string, int>
     */
    private static function busiest(array $calls): array
    {
        $text = \implode(' ', $calls);
        \preg_match_all('/(?:recvfrom sendto ){100}/', "$text ", $matches);
        $run = \array_count_values(\explode(' ', \trim($matches[0][0] ?? '')));
        \ksort($run);
        return $run;
    }
}
