<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that boots only when there is a file `boot-now` in its TMPDIR.
 */

declare(strict_types=1);

require __DIR__ . '/../../../php/autoload.php';

if (!is_file(getenv('TMPDIR') . '/boot-now')) {
    throw new RuntimeException('not before I am told');
}
Kraken\Worker::run(static fn (): string => 'told');
