<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Symfony;

use Kraken\HttpFoundation\Server;
use Symfony\Component\Runtime\ResolverInterface;

/**
 * @file What keeps an application from being made is why its worker ends, and not a page.
 */
final class DecisiveResolver implements ResolverInterface
{
    public function __construct(private readonly ResolverInterface $resolver)
    {
    }

    public function resolve(): array
    {
        [$application, $arguments] = Server::decisive($this->resolver->resolve(...));
        return [
            static fn (mixed ...$given): mixed => Server::decisive(
                static fn (): mixed => $application(...$given)
            ),
            $arguments,
        ];
    }
}
