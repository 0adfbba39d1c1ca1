<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The same application where Octane is installed.
 */

declare(strict_types=1);

require_once __DIR__ . '/autoload.php';
require_once __DIR__ . '/octane_stubs.php';

Kraken\Laravel\Worker::run(__DIR__);
