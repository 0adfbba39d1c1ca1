<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that takes its time before it is ready.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

usleep(1_500_000);
Kraken\Worker::run(static fn (): string => 'slow but here');
