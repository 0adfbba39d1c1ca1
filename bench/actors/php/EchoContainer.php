<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The container in PHP that the benchmark asks: it answers with what it was sent.
 */

declare(strict_types=1);

use Kraken\Core\CoreInterface;
use Kraken\Runtime\RuntimeContainer;

class EchoContainer extends RuntimeContainer
{
    protected function construct(CoreInterface $core)
    {
        $this->onRequest(static fn ($value) => $value);
        return $this;
    }
}
