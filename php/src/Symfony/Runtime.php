<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Symfony;

use Kraken\Carrier;
use Symfony\Component\HttpKernel\HttpKernelInterface;
use Symfony\Component\Runtime\ResolverInterface;
use Symfony\Component\Runtime\RunnerInterface;
use Symfony\Component\Runtime\SymfonyRuntime;

/**
 * @file Symfony's runtime in a worker: `APP_RUNTIME=Kraken\Symfony\Runtime`, the application unchanged.
 *
 * Outside a worker (bin/console, php-fpm, classic mode) it is Symfony's own runtime.
 */
final class Runtime extends SymfonyRuntime
{
    public function getResolver(
        callable $callable,
        ?\ReflectionFunction $reflector = null
    ): ResolverInterface {
        $resolver = parent::getResolver($callable, $reflector);
        return Carrier::current() === Carrier::None ? $resolver : new DecisiveResolver($resolver);
    }

    public function getRunner(?object $application): RunnerInterface
    {
        return $application instanceof HttpKernelInterface && Carrier::current() !== Carrier::None
            ? new Runner($application)
            : parent::getRunner($application);
    }
}
