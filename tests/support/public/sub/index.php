<?php
// SPDX-License-Identifier: BSD-3-Clause

/** @file A script in a folder. */

declare(strict_types=1);

echo $_SERVER['SCRIPT_NAME'], ' ', $_SERVER['PATH_INFO'] ?? 'none', ' ', basename(getcwd());
