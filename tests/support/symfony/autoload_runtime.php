<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file What composer writes for symfony/runtime, with Debian's packages instead of vendor/.
 */

declare(strict_types=1);

if (class_exists('Shop\Kernel', false)) {
    return;
}
require_once 'Symfony/Bundle/FrameworkBundle/autoload.php';
require_once 'Symfony/Component/Runtime/autoload.php';
require_once __DIR__ . '/../../../php/autoload.php';
require_once __DIR__ . '/src/Kernel.php';
require_once __DIR__ . '/src/Cart.php';

$app = require $_SERVER['SCRIPT_FILENAME'];
$class = $_SERVER['APP_RUNTIME'] ?? Symfony\Component\Runtime\SymfonyRuntime::class;
$runtime = new $class(['project_dir' => __DIR__, 'disable_dotenv' => true]);
[$app, $args] = $runtime->getResolver($app)->resolve();
exit($runtime->getRunner($app(...$args))->run());
