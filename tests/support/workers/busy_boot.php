<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that computes for a while before it is ready.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

const COMPUTING_NS = 60_000_000;

$used = static function (): int {
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] * 1_000_000 + $usage['ru_utime.tv_usec']) * 1_000;
};
while ($used() < COMPUTING_NS) {
    hash('sha256', 'boot');
}
Kraken\Worker::run(static fn (): string => 'computed');
