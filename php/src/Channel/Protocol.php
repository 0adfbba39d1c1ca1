<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Channel;

/**
 * @file A message with its envelope, as Channel::onInput() hands it over.
 */
final class Protocol
{
    public function __construct(
        private readonly mixed $message,
        private readonly string $origin,
        private readonly string $destination
    ) {
    }

    public function getMessage(): mixed
    {
        return $this->message;
    }

    /** Path of the sender. */
    public function getOrigin(): string
    {
        return $this->origin;
    }

    public function getDestination(): string
    {
        return $this->destination;
    }
}
