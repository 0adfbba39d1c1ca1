<?php

namespace App\Process\Container\Test;

use Kraken\Core\CoreInterface;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Runtime\RuntimeContainerInterface;

/**
 * @file The example of the framework's documentation, as written.
 */
class TestContainer extends RuntimeContainer implements RuntimeContainerInterface
{
    protected function config(CoreInterface $core)
    {
        return [];
    }

    protected function boot(CoreInterface $core)
    {
        return $this;
    }

    protected function construct(CoreInterface $core)
    {
        return $this;
    }
}
