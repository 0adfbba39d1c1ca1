<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\Codec\Binary;
use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Tests\Support\Frames;
use Kraken\Tests\Support\WorkerCase;

/**
 * @file How a worker ends when nobody asked it to: the reason it reports, and its exit code.
 */
final class WorkerDeathTest extends WorkerCase
{
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
}
