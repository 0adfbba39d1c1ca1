<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Throwable\Exception\Logic;

/**
 * @file Something is wrong with a container or another resource.
 */
class ResourceException extends \Kraken\Throwable\Exception\LogicException
{
}
