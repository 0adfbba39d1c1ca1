<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The worker of the Laravel application of the tests, with Debian's packages for vendor/.
 */

declare(strict_types=1);

require_once __DIR__ . '/autoload.php';

Kraken\Laravel\Worker::run(__DIR__);
