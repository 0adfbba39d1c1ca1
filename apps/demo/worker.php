<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The demo worker: boots once, then answers requests until the daemon replaces it.
 *
 * Run it with `kraken serve apps/demo/worker.php`.
 */

declare(strict_types=1);

foreach ([__DIR__ . '/vendor/autoload.php', __DIR__ . '/../../php/autoload.php'] as $autoload) {
    if (is_file($autoload)) {
        require $autoload;
        break;
    }
}
require __DIR__ . '/src/App.php';
require __DIR__ . '/src/Faults.php';
require __DIR__ . '/src/Page.php';

Kraken\Worker::run((new Demo\App())->handle(...));
