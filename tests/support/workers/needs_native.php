<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker for kraken-php only. With PACKAGE=1 the package is loaded as well, as composer does;
 *       FUNCTION names the function it waits for requests with.
 */

declare(strict_types=1);

if (getenv('PACKAGE') === '1') {
    require dirname(__DIR__, 3) . '/php/autoload.php';
}

$wait = getenv('FUNCTION');
if ($wait === 'frankenphp_handle_request') {
    while (frankenphp_handle_request(static fn () => print 'served')) {
        continue;
    }
} else {
    Kraken\handle(static fn () => print 'served');
}
