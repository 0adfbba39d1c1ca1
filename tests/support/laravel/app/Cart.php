<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Shop;

/**
 * @file A singleton with state of one request, written without a thought of workers.
 */
final class Cart
{
    /** @var list<string> */
    public array $items = [];
}
