<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests;

use Kraken\Log;
use Kraken\Tests\Support\ReceivedFrame;
use PHPUnit\Framework\TestCase;

/**
 * @file Log lines: whatever the context holds, a frame within bounds comes out.
 */
final class LogTest extends TestCase
{
    /** @param array<mixed> $context @return array<mixed> the context as the daemon reads it */
    private static function context(array $context): array
    {
        [$level, $message, $read] = (new ReceivedFrame(Log::frame('info', 'm', $context)))->value();
        self::assertSame(['info', 'm'], [$level, $message]);
        return $read;
    }

    public function testAnyContextIsWritten(): void
    {
        $deep = 1;
        for ($i = 0; $i < 100; ++$i) {
            $deep = ['d' => $deep];
        }
        $read = self::context([
            'int' => -1,
            'float' => 0.5,
            'bytes' => "\0\xff",
            'list' => [1, [2]],
            'null' => null,
            'error' => new \LogicException('why'),
            'date' => new \DateTimeImmutable('2020-01-02T03:04:05Z'),
            'object' => new \ArrayObject(),
            'closure' => static fn () => 1,
            'stream' => \STDERR,
            'deep' => $deep,
        ]);
        self::assertSame([-1, 0.5, "\0\xff", [1, [2]], null], \array_values(\array_slice($read, 0, 5)));
        self::assertMatchesRegularExpression('~^LogicException: why in .*LogTest.php:\d+$~D', $read['error']);
        self::assertSame('2020-01-02T03:04:05.000+00:00', $read['date']);
        self::assertSame(['ArrayObject', 'Closure'], [$read['object'], $read['closure']]);
        self::assertSame('resource (stream)', $read['stream']);
        self::assertSame(['d' => ['d' => ['d' => 'array']]], $read['deep']);
    }

    public function testAContextIsAlwaysAMap(): void
    {
        self::assertStringEndsWith("\xa1m\x80", Log::frame('info', 'm', []));
        self::assertStringEndsWith("\x81\xa10\xa1x", Log::frame('info', 'm', ['x']));
    }

    public function testALineHasBounds(): void
    {
        $long = \str_repeat('x', 100_000);
        [, $message, $context] = (new ReceivedFrame(Log::frame('info', $long, ['a' => $long])))->value();
        self::assertSame([65_536, 65_536], [\strlen($message), \strlen($context['a'])]);
        $wide = self::context(['a' => \range(1, 1_000)]);
        self::assertCount(64, $wide['a']);
        $huge = self::context(['a' => \array_fill(0, 64, $long)]);
        self::assertSame(['context_bytes_dropped'], \array_keys($huge));
        self::assertGreaterThan(64 * 65_536, $huge['context_bytes_dropped']);
    }

    public function testOutsideAWorkerItGoesToStandardError(): void
    {
        $code = 'require "' . __DIR__ . '/../../php/autoload.php";'
            . 'Kraken\Log::warn("look", ["n" => 1, "s" => "\xff"]); Kraken\Log::debug("done");';
        $text = \shell_exec(\escapeshellarg(\PHP_BINARY) . ' -r ' . \escapeshellarg($code) . ' 2>&1');
        self::assertSame("warn: look {\"n\":1,\"s\":\"\u{fffd}\"}\ndebug: done\n", \str_replace(
            '\ufffd',
            "\u{fffd}",
            (string) $text
        ));
    }
}
