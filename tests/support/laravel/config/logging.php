<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Logs to standard error, where the daemon takes them.
 */

declare(strict_types=1);

return ['default' => 'errorlog', 'channels' => ['errorlog' => ['driver' => 'errorlog']]];
