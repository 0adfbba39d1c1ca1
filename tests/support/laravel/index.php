<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Laravel's own public/index.php: one request, for classic mode.
 */

declare(strict_types=1);

require_once __DIR__ . '/autoload.php';

$kernel = (require __DIR__ . '/bootstrap/app.php')->make(Illuminate\Contracts\Http\Kernel::class);
$response = $kernel->handle($request = Illuminate\Http\Request::capture());
$response->send();
$kernel->terminate($request, $response);
