<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\Codec\Binary;
use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Tests\Support\Frames;
use Kraken\Tests\Support\ReceivedFrame;
use Kraken\Tests\Support\WorkerProcess;
use PHPUnit\Framework\TestCase;

/**
 * @file The worker loop end to end: a child process on a socket pair, as the daemon starts it, with
 * this machine's extensions and without any (`php -n`).
 */
final class WorkerTest extends TestCase
{
    private const SCRIPT = __DIR__ . '/fixtures/worker.php';

    /** @return array<string, array{list<string>}> */
    public static function interpreters(): array
    {
        return ['with extensions' => [[\PHP_BINARY]], 'bare' => [[\PHP_BINARY, '-n']]];
    }

    /** @param list<string> $php @param array<string, string> $environment */
    private static function worker(
        array $php,
        array $environment = [],
        ?string $welcome = null
    ): WorkerProcess {
        return new WorkerProcess([...$php, self::SCRIPT], $environment, $welcome);
    }

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
        self::assertSame('protocol', $hello->value()['tier']);
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
    public function testAnExitWhileAnsweringIsADeath(array $php): void
    {
        $worker = self::worker($php)->boot();
        $frame = $worker->request('GET', '/exit?3');
        self::assertSame(Frame::FATAL, $frame->type, 'no answer, but the reason');
        [$class, $message] = $frame->value();
        self::assertSame('exit', $class);
        self::assertSame('exit during GET /exit', $message);
        self::assertNull($worker->next());
        self::assertSame(3, $worker->exitCode());
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testAFatalErrorIsReported(array $php): void
    {
        $worker = self::worker($php)->boot();
        $frame = $worker->request('GET', '/fatal');
        self::assertSame(Frame::FATAL, $frame->type);
        [$class, $message, $file, $line, , $parents] = $frame->value();
        self::assertSame('FatalError', $class);
        self::assertStringStartsWith('Declaration of Broken::count', $message);
        self::assertStringContainsString("eval()'d code", $file);
        self::assertSame(1, $line);
        self::assertSame([], $parents);
        self::assertSame(255, $worker->exitCode());
        self::assertStringContainsString('Declaration of Broken::count', $worker->errorText());
        self::assertSame('', $worker->outputText(), 'errors are not output');
    }

    /** @dataProvider interpreters @param list<string> $php */
    public function testRunningOutOfMemoryIsReported(array $php): void
    {
        $worker = self::worker([...$php, '-d', 'memory_limit=16M'])->boot();
        $frame = $worker->request('GET', '/oom');
        self::assertSame(Frame::FATAL, $frame->type);
        [$class, $message, $file, $line, , $parents] = $frame->value();
        self::assertSame('OutOfMemory', $class);
        self::assertStringStartsWith('Allowed memory size of 16777216 bytes exhausted', $message);
        self::assertStringEndsWith('worker.php', $file);
        self::assertGreaterThan(0, $line);
        self::assertSame(['FatalError'], $parents);
        self::assertSame(255, $worker->exitCode());
    }

    /** @return iterable<string, array{list<string>, string, string, string, int}> */
    public static function boots(): iterable
    {
        $early = 'the program ended before Kraken\Worker::run() was ready';
        foreach (self::interpreters() as $name => [$php]) {
            yield "exception, $name" => [$php, 'throw', 'LogicException', 'no configuration', 255];
            yield "exit, $name" => [$php, 'exit', 'exit', $early, 7];
            yield "syntax, $name" => [$php, 'parse', 'ParseError', 'syntax error, unexpected', 255];
        }
    }

    /** @dataProvider boots @param list<string> $php */
    public function testADeathWhileBootingIsReported(
        array $php,
        string $boot,
        string $class,
        string $message,
        int $exit
    ): void {
        $worker = self::worker($php, ['BOOT' => $boot]);
        self::assertSame(Frame::HELLO, $worker->next()->type);
        $frame = $worker->next();
        self::assertSame(Frame::FATAL, $frame->type);
        self::assertSame($class, $frame->value()[0]);
        self::assertStringStartsWith($message, $frame->value()[1]);
        self::assertNull($worker->next(), 'reported once');
        self::assertSame($exit, $worker->exitCode());
    }

    public function testAReportNamesParentsForTheSupervisorsRules(): void
    {
        $worker = self::worker([\PHP_BINARY], ['BOOT' => 'throw']);
        $worker->next();
        $value = $worker->next()->value();
        self::assertSame(['Exception', 'Throwable', 'Stringable'], $value[5]);
        self::assertSame('#0 {main}', $value[4]);
        self::assertStringContainsString('Uncaught LogicException', $worker->errorText());
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

    public function testAnExitWhileStreamingIsADeathAndDrainAfterItIsNot(): void
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

    /** @return iterable<string, array{list<string>, string, string}> */
    public static function garbage(): iterable
    {
        $stream = "\0\0\0\1";
        $fields = ['GET', '/', '/', '', '1.1', 'http', 'h', '', '', '', 0];
        $encode = static fn (array $f): string => MessagePack::encode($f);
        $blob = static fn (string $headers): string => MessagePack::encode(
            \array_replace($fields, [2 => '/bad-json', 8 => new Binary($headers)])
        );
        $rows = [
            'length 0' => ["\0\0\0\0" . \str_repeat('x', 20), 'a frame of length 0'],
            'length 7' => ["\0\0\0\7" . \str_repeat('x', 20), 'a frame of length 7'],
            'length 4 GiB' => [\str_repeat("\xff", 20), 'a frame of length 4294967295'],
            'no payload' => [Frame::bytes(Frame::REQUEST, '', $stream), 'the data ends at offset 0'],
            'no array' => [Frame::bytes(Frame::REQUEST, "\x01", $stream), 'expected an array'],
            'ten elements' => [
                Frame::bytes(Frame::REQUEST, $encode(\array_slice($fields, 0, 10)), $stream),
                'a REQUEST has 10 elements',
            ],
            'cut' => [
                Frame::bytes(Frame::REQUEST, \substr($encode($fields), 0, -3), $stream),
                'a REQUEST is broken',
            ],
            'reserved byte' => [Frame::bytes(Frame::REQUEST, "\xc1", $stream), 'type 0xc1'],
            'too deep' => [
                Frame::bytes(Frame::REQUEST, \str_repeat("\x91", 100_000) . "\x90", $stream),
                'nested deeper',
            ],
        ];
        foreach (self::interpreters() as $name => [$php]) {
            foreach ($rows as $what => $row) {
                yield "$what, $name" => [$php, ...$row];
            }
        }
    }

    /** @dataProvider garbage @param list<string> $php */
    public function testGarbageEndsTheWorkerWithAReason(array $php, string $bytes, string $text): void
    {
        $worker = self::worker($php)->boot();
        $worker->send($bytes);
        $frame = $worker->next();
        self::assertSame(Frame::FATAL, $frame->type);
        self::assertSame('Kraken\Protocol\ProtocolError', $frame->value()[0]);
        self::assertStringContainsString($text, $frame->value()[1]);
        self::assertSame(255, $worker->exitCode());
    }

    /** @return array<string, array{string, string}> */
    public static function badWelcomes(): array
    {
        return [
            'another protocol' => [Frames::welcome(['protocol' => 2]), 'speaks protocol 2'],
            'a wrong type' => [Frames::welcome(['alias' => 5]), 'a value of a wrong type'],
            'no map' => [Frame::bytes(Frame::WELCOME, "\x05"), 'WELCOME is no map'],
            'another frame' => [Frame::bytes(Frame::PING, ''), 'frame 0x20 came before WELCOME'],
        ];
    }

    /** @dataProvider badWelcomes */
    public function testAWrongWelcomeEndsTheWorker(string $welcome, string $text): void
    {
        $worker = self::worker([\PHP_BINARY], [], $welcome);
        self::assertSame(Frame::HELLO, $worker->next()->type);
        self::assertStringContainsString($text, $worker->next()->value()[1]);
        self::assertSame(255, $worker->exitCode());
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

    public function testResetRunsAfterEachRequestAndItsFailureIsDeadly(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        self::assertSame('0', $worker->request('GET', '/resets')->body());
        $worker->request('GET', '/throw');
        self::assertSame('2', $worker->request('GET', '/resets')->body());
        self::assertSame('ok', $worker->request('GET', '/break-reset')->body());
        self::assertSame('cannot reset', $worker->next()->value()[1]);
        self::assertSame(255, $worker->exitCode());
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

    /** @dataProvider interpreters @param list<string> $php */
    public function testUploadsAreDeletedAfterTheAnswerAndAfterADeath(array $php): void
    {
        $headers = ['content-type', 'multipart/form-data; boundary=b'];
        $body = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nx\r\n--b--";
        $directory = \sys_get_temp_dir() . '/kraken-test-' . \getmypid();
        \mkdir($directory, 0700);
        $worker = self::worker([...$php, '-d', "upload_tmp_dir=$directory"])->boot();
        $answer = \json_decode($worker->request('POST', '/upload', $headers, $body)->body(), true);
        self::assertTrue($answer['there']);
        self::assertStringStartsWith("$directory/", $answer['tmp']);
        $worker->request('GET', '/');
        self::assertFileDoesNotExist($answer['tmp']);
        self::assertSame(
            Frame::FATAL,
            $worker->request('POST', '/exit-with-upload', $headers, $body)->type
        );
        $worker->exitCode();
        self::assertTrue(\rmdir($directory), 'nothing is left in it');
    }

    public function testAForkThatEndsIsNotThisWorkersDeath(): void
    {
        $worker = self::worker([\PHP_BINARY])->boot();
        self::assertSame('parent', $worker->request('GET', '/fork')->body());
        self::assertSame('GET /', $worker->request('GET', '/')->body());
    }

    /** @return array<string, array{string, string}> */
    public static function descriptors(): array
    {
        return [
            'none' => ['', 'KRAKEN_FD is not set'],
            'no number' => ['3x', 'KRAKEN_FD is no number'],
            'closed' => ['99', 'descriptor 99 is not open'],
        ];
    }

    /** @dataProvider descriptors */
    public function testWithoutADescriptorItSaysWhatIsMissing(string $fd, string $text): void
    {
        $worker = self::worker([\PHP_BINARY], ['KRAKEN_FD' => $fd]);
        self::assertSame(64, $worker->exitCode());
        self::assertStringContainsString($text, $worker->errorText());
        self::assertStringContainsString('kraken serve ', $worker->errorText());
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
