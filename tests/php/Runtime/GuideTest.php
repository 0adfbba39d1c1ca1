<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Runtime;

use Kraken\Promise\PromiseInterface;
use PHPUnit\Framework\TestCase;

/**
 * @file The guide's example of a test without a daemon, run as it stands there.
 */
final class GuideTest extends TestCase
{
    private const GUIDE = __DIR__ . '/../../../docs/guides/php-containers.md';

    public function testTheExampleOfTheGuideRuns(): void
    {
        $guide = (string) \file_get_contents(self::GUIDE);
        $section = \strstr($guide, "\n## Tests without a daemon\n");
        self::assertIsString($section);
        self::assertSame(1, \preg_match('/^```php\n(.*?)^```$/ms', $section, $code));
        $step = $answer = null;
        eval($code[1]);
        self::assertInstanceOf(PromiseInterface::class, $answer);
        $value = null;
        $answer->done(static function (mixed $got) use (&$value): void {
            $value = $got;
        });
        self::assertSame(42, $value);
        self::assertSame(
            ['Main/other: hello', 'Process has been created.'],
            $step->container->heard
        );
        self::assertSame([], $step->failures);
    }
}
