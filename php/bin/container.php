<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file What the daemon starts for a container of the kind `php`; see Kraken\Runtime\Boot\Launcher.
 */

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

exit(Kraken\Runtime\Boot\Launcher::main($argv));
