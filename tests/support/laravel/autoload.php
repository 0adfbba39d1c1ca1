<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file What composer's vendor/autoload.php is elsewhere.
 */

declare(strict_types=1);

require_once 'Illuminate/autoload.php';
require_once __DIR__ . '/../../../php/autoload.php';
require_once __DIR__ . '/app/Cart.php';
require_once __DIR__ . '/app/HttpKernel.php';
require_once __DIR__ . '/app/ShopProvider.php';
require_once __DIR__ . '/app/ShopController.php';
