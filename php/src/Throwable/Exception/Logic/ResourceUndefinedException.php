<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file There is no such container or other resource.
 */
class ResourceUndefinedException extends ResourceException
{
}
