<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

use Kraken\Protocol\Link;

/**
 * @file How requests reach this process, for adapters that serve one framework in every way.
 */
enum Carrier
{
    /** Not a worker: a console command, php-fpm, or a script that is run for each request. */
    case None;
    /** A worker of kraken-php: requests come as superglobals, to Kraken\handle(). */
    case Superglobals;
    /** A worker with the PHP package: requests come as Kraken\Request, to Worker::run(). */
    case Package;

    /** To be asked while the script boots, before the first request. */
    public static function current(): self
    {
        return match (true) {
            Link::current() !== null => self::Package,
            \function_exists('Kraken\handle') && !isset($_SERVER['REQUEST_METHOD'])
                => self::Superglobals,
            default => self::None,
        };
    }
}
