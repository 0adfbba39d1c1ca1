<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Makes the application, as in every Laravel project; what it writes goes to TMPDIR.
 */

declare(strict_types=1);

$own = (string) getenv('TMPDIR');
foreach (['SERVICES', 'PACKAGES', 'CONFIG', 'ROUTES', 'EVENTS'] as $cache) {
    $_ENV["APP_{$cache}_CACHE"] = "$own/" . strtolower($cache) . '.php';
}
foreach (["$own/framework/sessions", "$own/framework/views", "$own/logs"] as $folder) {
    is_dir($folder) || mkdir($folder, 0o700, true);
}
$app = new Illuminate\Foundation\Application(dirname(__DIR__));
$app->useStoragePath($own);
$app->singleton(Illuminate\Contracts\Http\Kernel::class, Shop\HttpKernel::class);
$app->singleton(
    Illuminate\Contracts\Debug\ExceptionHandler::class,
    Illuminate\Foundation\Exceptions\Handler::class
);
return $app;
