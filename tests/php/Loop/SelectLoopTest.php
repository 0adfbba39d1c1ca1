<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Loop;

use PHPUnit\Framework\TestCase;

/**
 * @file Waiting in select(2) in an application that has a handler for PHP's warnings.
 */
final class SelectLoopTest extends TestCase
{
    /** @return array<string, array{string}> */
    public static function handlers(): array
    {
        return [
            'none' => [''],
            'one that takes everything' => ['set_error_handler(fn () => true);'],
            'one that throws' => ['set_error_handler(function (int $level, string $text) {'
                . 'throw new ErrorException($text); });'],
        ];
    }

    /** @dataProvider handlers */
    public function testMoreDescriptorsThanItCanWatchAreRefused(string $handler): void
    {
        self::assertStringStartsWith(
            'Kraken\Throwable\Exception\Runtime\OutOfBoundsException: More descriptors are open '
                . 'than select() can watch (1,024): ',
            self::waiting('for ($i = 0; $i < 1_100; ++$i) {
                $open[] = fopen("/dev/null", "r");
            }' . $handler)
        );
    }

    /** @dataProvider handlers */
    public function testASignalEndsTheWaitAndNobodyHearsAWarning(string $handler): void
    {
        if (!\function_exists('pcntl_alarm')) {
            self::markTestSkipped('needs ext-pcntl');
        }
        self::assertSame('[[],[]]', self::waiting($handler . 'pcntl_async_signals(true);
            pcntl_signal(SIGALRM, function (): void {
                echo "";
            });
            pcntl_alarm(1);'));
    }

    /** What a wait of ten seconds says, after this has been done. */
    private static function waiting(string $before): string
    {
        $script = 'require ' . \var_export(\dirname(__DIR__, 3) . '/php/autoload.php', true) . ';'
            . $before . '
            [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            try {
                echo json_encode((new Kraken\Loop\Model\SelectLoop())->wait([$a], [], 10_000_000_000));
            } catch (Throwable $e) {
                echo $e::class, ": ", $e->getMessage();
            }';
        $command = 'ulimit -n 2048 && exec timeout 20 ' . \escapeshellarg(\PHP_BINARY) . ' -r '
            . \escapeshellarg($script) . ' 2>&1';
        return (string) \shell_exec($command);
    }
}
