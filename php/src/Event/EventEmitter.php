<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Event;

/**
 * @file Something that emits events, to be extended.
 */
class EventEmitter implements EventEmitterInterface
{
    use EventEmitterTrait;
}
