<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The autoloader of the application whose containers the tests run: `App\` is src/.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'App\\')) {
        $file = __DIR__ . '/src/' . strtr(substr($class, 4), '\\', '/') . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
