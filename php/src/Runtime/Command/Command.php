<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Command;

use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\RuntimeContainerInterface;
use Kraken\Throwable\Exception\Logic\InstantiationException;
use Kraken\Throwable\Exception\Runtime\RejectionException;

/**
 * @file A command as a class of its own, to be extended: command() is its work.
 */
class Command implements CommandInterface
{
    /** @var array<string, mixed> */
    protected $context;
    /** @var RuntimeContainerInterface */
    protected $runtime;

    /** @param array<string, mixed> $context `runtime` is the container */
    public function __construct($context = [])
    {
        if (!(($context['runtime'] ?? null) instanceof RuntimeContainerInterface)) {
            throw new InstantiationException(
                'Command did not get expected RuntimeContainerInterface.'
            );
        }
        $this->runtime = $context['runtime'];
        $this->context = $context;
        $this->construct();
    }

    public function __destruct()
    {
        $this->destruct();
    }

    public function __invoke(array $params = []): PromiseInterface
    {
        return $this->execute($params);
    }

    public function execute(array $params = []): PromiseInterface
    {
        return Promise::doResolve($params)
            ->then(fn (array $params): mixed => $this->command($params));
    }

    /**
     * Carries it out.
     *
     * @param array<string, mixed> $params
     * @return mixed the answer, or a promise of it; what it throws is the answer too
     */
    protected function command($params = [])
    {
        throw new RejectionException('Command code undefined.');
    }

    protected function construct()
    {
    }

    protected function destruct()
    {
    }
}
