<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that names no superglobal until a request asks it to.
 */

declare(strict_types=1);

Kraken\handle(static function (): void {
    echo json_encode(match (getallheaders()['X-Do'] ?? '') {
        'filter' => filter_input(INPUT_SERVER, 'REQUEST_URI'),
        'inputs' => [filter_input(INPUT_GET, 'n'), filter_input(INPUT_COOKIE, 'c'),
            filter_has_var(INPUT_GET, 'other')],
        'name' => require __DIR__ . '/late_names.php',
        default => 'nothing',
    });
});
