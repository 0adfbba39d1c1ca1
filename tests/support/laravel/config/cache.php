<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A cache that lives as long as its process.
 */

declare(strict_types=1);

return ['default' => 'array', 'prefix' => '', 'stores' => ['array' => ['driver' => 'array']]];
