<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker in the style of FrankenPHP: its own loop, and code between the requests.
 */

declare(strict_types=1);

$most = (int) (getenv('MAX_REQUESTS') ?: PHP_INT_MAX);
$handled = 0;
do {
    $goes_on = frankenphp_handle_request(static function () use (&$handled): void {
        ++$handled;
        header('X-Handled: ' . $handled);
        echo $_GET['say'] ?? 'nothing';
    });
    echo "between the requests\n";
    header('X-Between: 1');
} while ($goes_on && $handled < $most);
