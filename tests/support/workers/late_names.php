<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Compiled during a request: what it says of that request, and traces it tries to leave.
 */

declare(strict_types=1);

$seen = [$_SERVER['REQUEST_URI'], $_SERVER['HTTP_X_DO'], $_SERVER['mine'] ?? null, $_REQUEST];
$_SERVER['HTTP_X_DO'] .= '!';
$_SERVER['mine'] = 1;
$_REQUEST['mine'] = 1;

return $seen;
