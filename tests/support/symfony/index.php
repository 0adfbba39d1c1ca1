<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file An ordinary front script of a Symfony application: it returns what makes the kernel.
 */

declare(strict_types=1);

require_once __DIR__ . '/autoload_runtime.php';

return static fn (array $context): Shop\Kernel
    => new Shop\Kernel($context['APP_ENV'], (bool) $context['APP_DEBUG']);
