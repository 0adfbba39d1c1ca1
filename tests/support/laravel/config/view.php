<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Where views are, and where they are compiled.
 */

declare(strict_types=1);

return ['paths' => [dirname(__DIR__) . '/views'], 'compiled' => storage_path('framework/views')];
