<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Support;

use PHPUnit\Framework\TestCase;

/**
 * @file What tests of the worker loop share: the fixture worker, started as the daemon starts one.
 */
abstract class WorkerCase extends TestCase
{
    protected const SCRIPT = __DIR__ . '/../fixtures/worker.php';

    /** @return array<string, array{list<string>}> */
    public static function interpreters(): array
    {
        return ['with extensions' => [[\PHP_BINARY]], 'bare' => [[\PHP_BINARY, '-n']]];
    }

    /** @param list<string> $php @param array<string, string> $environment */
    protected static function worker(
        array $php,
        array $environment = [],
        ?string $welcome = null
    ): WorkerProcess {
        return new WorkerProcess([...$php, self::SCRIPT], $environment, $welcome);
    }
}
