<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Who asks is told by a header; see ShopProvider.
 */

declare(strict_types=1);

return [
    'defaults' => ['guard' => 'web', 'passwords' => null],
    'guards' => ['web' => ['driver' => 'named']],
    'providers' => [],
];
