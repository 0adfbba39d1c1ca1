<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Shop;

use Symfony\Contracts\Service\ResetInterface;

/**
 * @file A service with state of one request.
 */
final class Cart implements ResetInterface
{
    /** @var list<string> */
    public array $items = [];
    /** How often this very object has been reset. */
    public int $resets = 0;

    public function reset(): void
    {
        if (\getenv('RESET_FAILS') !== false && $this->items === ['poison']) {
            throw new \RuntimeException('the cart cannot be reset');
        }
        $this->items = [];
        ++$this->resets;
    }
}
