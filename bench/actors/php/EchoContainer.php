<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file The container in PHP that the benchmark asks: it answers with what it was sent, and
 * asks whoever sends it a number that many times.
 */

declare(strict_types=1);

use Kraken\Core\CoreInterface;
use Kraken\Runtime\RuntimeContainer;

class EchoContainer extends RuntimeContainer
{
    protected function construct(CoreInterface $core)
    {
        $this->onRequest(static fn ($value) => $value);
        $this->onMessage(function (int $times, string $from): void {
            $this->ask($from, $times);
        });
        return $this;
    }

    private function ask(string $whom, int $times): void
    {
        $this->getManager()->sendRequest($whom, 'ping')->done(function () use ($whom, $times): void {
            if ($times > 1) {
                $this->ask($whom, $times - 1);
            }
        });
    }
}
