<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that boots once in a directory: all later ones end before they are ready.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

if (@mkdir(sys_get_temp_dir() . '/boot-once') === false) {
    exit(7);
}
Kraken\Worker::run(static fn (): string => 'the only one');
