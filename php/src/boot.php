<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Runs when the package is loaded: inside a worker process it says HELLO and starts to report
 * crashes, so that a failure while the application boots has a cause too. Does nothing anywhere else.
 */

declare(strict_types=1);

if (PHP_SAPI === 'cli' && getenv('KRAKEN_FD') !== false) {
    Kraken\Protocol\Link::attach();
}
