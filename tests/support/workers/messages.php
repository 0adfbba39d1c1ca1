<?php
// SPDX-License-Identifier: BSD-3-Clause

/** @file Says things of several lines, in each way that a worker has of saying them. */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

use Kraken\Log;
use Kraken\Request;
use Kraken\Response;
use Kraken\Worker;

Worker::run(static function (Request $request): Response {
    match ($request->path()) {
        '/throw' => throw new RuntimeException("first\nsecond"),
        '/log' => Log::error("first\nsecond", ['key' => 'value']),
        '/warning' => trigger_error('careful', E_USER_WARNING),
        '/stderr' => fwrite(STDERR, "PHP Fatal error:  Uncaught E: one\ntwo in /a.php:1\nStack trace:\n"
            . "#0 {main}\n  thrown in /a.php on line 1\nan own line\n"),
    };
    return Response::text("said\n");
});
