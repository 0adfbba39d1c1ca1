<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file It exists already or is in use.
 */
class ResourceOccupiedException extends ResourceException
{
}
