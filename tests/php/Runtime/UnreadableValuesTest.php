<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Runtime;

use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;
use Kraken\Tests\Support\Frames;
use Kraken\Tests\Support\WorkerProcess;
use PHPUnit\Framework\TestCase;

/**
 * @file Values the daemon passes on unread that PHP cannot hold: told to who asked, or complained
 * of; never a failure of the container. With ext-msgpack and without it alike.
 */
final class UnreadableValuesTest extends TestCase
{
    private const RUNNER = __DIR__ . '/../../../php/bin/container.php';
    private const AUTOLOAD = '--autoload=' . __DIR__ . '/../../support/app/autoload.php';
    private const BIG = "\xcf\xff\xff\xff\xff\xff\xff\xff\xff";
    private const DIGITS = '18446744073709551615';
    private const READ = 'Kraken\Throwable\Exception\Runtime\ReadException';

    /** @param list<string> $php */
    private static function container(array $php): WorkerProcess
    {
        $welcome = Frames::welcome(['alias' => 'Main/T1', 'args' => []]);
        return (new WorkerProcess([...$php, self::RUNNER, self::AUTOLOAD, 'Probe'], [], $welcome))
            ->boot();
    }

    /** A frame whose payload is a list of these, each encoded already. */
    private static function frame(int $type, int $stream, string ...$items): string
    {
        return Frame::bytes(
            $type,
            MessagePack::arrayHeader(\count($items)) . \implode('', $items),
            \pack('N', $stream)
        );
    }

    private static function str(string $text): string
    {
        return MessagePack::str($text);
    }

    /** @param list<mixed> $value */
    private static function call(WorkerProcess $of, array $value): void
    {
        $of->send(Frame::bytes(
            Frame::CALL,
            MessagePack::encode(['Main/x', $value, 2000, '']),
            \pack('N', 9)
        ));
    }

    /** @return list<string> what the container complained of */
    private static function complaints(WorkerProcess $of): array
    {
        $of->send(self::frame(Frame::PING, 0));
        self::assertSame(Frame::PONG, $of->next()?->type); // and no FAIL before it
        $errors = \array_filter($of->logs, static fn (array $log): bool => $log['level'] === 'error');
        return \array_values(\array_column($errors, 'message'));
    }

    /** @return iterable<string, array{list<string>, string, string}> php, value, what is said */
    public static function values(): iterable
    {
        foreach (['with extensions' => [\PHP_BINARY], 'bare' => [\PHP_BINARY, '-n']] as $of => $php) {
            yield "ext $of" => [$php, "\xd4\x01\x02", 'type 0xd4 at offset '];
            yield "ext8 $of" => [$php, "\xc7\x01\x01\xff", 'type 0xc7 at offset '];
            yield "nil as key $of" => [$php, "\x81\xc0\x01", 'a map key of type null before '];
            yield "float as key $of" => [$php, "\x81\xcb?\xf8\0\0\0\0\0\0\x01", 'a map key of type float'];
        }
    }

    /** @dataProvider values */
    public function testARequestAndACommandAreRefused(array $php, string $value, string $said): void
    {
        $c = self::container($php);
        $c->send(self::frame(Frame::CALL, 5, self::str('Main/x'), $value, "\x05", self::str('')));
        $answer = $c->next();
        self::assertSame([Frame::REPLY, 5], [$answer?->type, $answer?->stream]);
        [$status, [$class, $message]] = $answer->value();
        self::assertSame([Frame::FAILED, self::READ], [$status, $class]);
        self::assertStringStartsWith("The request cannot be read: $said", $message);

        $params = "\x81" . self::str('with') . $value;
        $c->send(self::frame(Frame::COMMAND, 6, self::str('Main/x'), self::str('probe'), $params, "\0"));
        $answer = $c->next();
        self::assertSame([Frame::RESULT, 6], [$answer?->type, $answer?->stream]);
        [$status, [$class, $message]] = $answer->value();
        self::assertSame([Frame::FAILED, self::READ], [$status, $class]);
        self::assertStringStartsWith("The command cannot be read: $said", $message);
        self::assertSame([], self::complaints($c));
    }

    /** @dataProvider values */
    public function testAMessageAndANoticeAreComplainedOf(
        array $php,
        string $value,
        string $said
    ): void {
        $c = self::container($php);
        $c->send(self::frame(Frame::MESSAGE, 0, self::str('Main/x'), $value)
            . self::frame(Frame::NOTICE, 0, self::str('Main/y'), "\x08", $value));
        $complaints = self::complaints($c);
        self::assertCount(2, $complaints);
        self::assertStringStartsWith("The message cannot be read: $said", $complaints[0]);
        self::assertStringStartsWith("The notice cannot be read: $said", $complaints[1]);
        self::call($c, ['messages']);
        self::assertSame([0, []], $c->next()?->value());
    }

    /** @dataProvider values */
    public function testAnAnswerRejectsWhatWasAsked(array $php, string $value, string $said): void
    {
        $c = self::container($php);
        foreach (['request' => ['B', 'q'], 'command' => ['B', 'probe']] as $what => $with) {
            self::call($c, [$what, $with]);
            $asked = $c->next();
            $answers = $what === 'request' ? Frame::REPLY : Frame::RESULT;
            $c->send(self::frame($answers, (int) $asked?->stream, "\0", $value));
            [$status, [$class, $message]] = $c->next()?->value();
            self::assertSame([Frame::FAILED, self::READ], [$status, $class]);
            self::assertStringStartsWith("The answer cannot be read: $said", $message);
        }
        self::assertSame([], self::complaints($c));
    }

    /** @return array<string, array{list<string>}> */
    public static function interpreters(): array
    {
        return ['with extensions' => [[\PHP_BINARY]], 'bare' => [[\PHP_BINARY, '-n']]];
    }

    /** @dataProvider interpreters */
    public function testAnIntegerThatIsTooLargeComesAsItsDigits(array $php): void
    {
        $c = self::container($php);
        $c->send(self::frame(Frame::CALL, 5, self::str('Main/x'), self::BIG, "\x05", self::str('')));
        self::assertSame([0, ['echo' => self::DIGITS, 'from' => 'Main/x']], $c->next()?->value());
        $params = "\x82" . self::str('do') . self::str('none') . self::str('with') . self::BIG;
        $c->send(self::frame(Frame::COMMAND, 6, self::str('Main/x'), self::str('probe'), $params, "\0"));
        self::assertSame(self::DIGITS, $c->next()?->value()[1]['with']);
        $c->send(self::frame(Frame::MESSAGE, 0, self::str('Main/x'), self::BIG));
        self::call($c, ['messages']);
        self::assertSame([0, ['Main/x:"' . self::DIGITS . '"']], $c->next()?->value());
        self::call($c, ['request', ['B', 'q']]);
        $c->send(self::frame(Frame::REPLY, (int) $c->next()?->stream, "\0", self::BIG));
        self::assertSame([0, self::DIGITS], $c->next()?->value());
        self::assertSame([], self::complaints($c));
    }

    public function testTextWithBytesOfExtensionTypesIsReadAsItIs(): void
    {
        $c = self::container([\PHP_BINARY]);
        $text = "\xd5\x80\xd4\xb1 \xc7\xb5 \xd9\x85"; // Armenian, Latin, Arabic
        self::call($c, ['hello', $text]);
        self::assertSame([0, 'hello'], $c->next()?->value());
        $c->send(self::frame(Frame::CALL, 5, self::str('x'), self::str($text), "\x05", self::str('')));
        self::assertSame([0, ['echo' => $text, 'from' => 'x']], $c->next()?->value());
    }
}
