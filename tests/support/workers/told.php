<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that answers with the variable SHOWN, its argument and its PHP setting, and does
 * not boot where there is a variable BREAK.
 */

declare(strict_types=1);

use Kraken\Request;
use Kraken\Response;
use Kraken\Worker;

if (is_string($why = getenv('BREAK'))) {
    if (PHP_SAPI !== 'cli') {
        throw new RuntimeException("broken by $why");
    }
    fwrite(STDERR, "broken by $why\n");
    exit(255);
}
usleep(1_000 * (int) getenv('BOOT_MS'));

function told(): string
{
    return implode(' ', [getenv('SHOWN'), $GLOBALS['argv'][1] ?? '-', ini_get('user_agent')]);
}

if (function_exists('Kraken\handle')) {
    Kraken\handle(static function (): void {
        echo told();
    });
} else {
    require __DIR__ . '/../../../php/autoload.php';
    Worker::run(static fn (Request $request): Response => Response::text(told()));
}
