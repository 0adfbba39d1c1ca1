<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that boots only while nobody holds the lock on the file it is given.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

flock(fopen($argv[1], 'r'), LOCK_SH);
Kraken\Worker::run(static fn (): string => 'booted at last');
