<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that says what it got by query and cookies, beside what PHP's own parser makes of
 *       the query.
 */

declare(strict_types=1);

Kraken\handle(static function (): void {
    parse_str($_SERVER['QUERY_STRING'], $parsed);
    echo json_encode([$_GET === $parsed, $_GET, $_COOKIE, $_REQUEST]);
});
