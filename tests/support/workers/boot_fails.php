<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A worker that ends before it is ready.
 */

declare(strict_types=1);

fwrite(STDERR, "no configuration here\n");
exit(255);
