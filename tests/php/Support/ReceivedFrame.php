<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Tests\Support;

use Kraken\Codec\MessagePack;
use Kraken\Protocol\Frame;

/**
 * @file A frame a worker sent, taken apart.
 */
final class ReceivedFrame
{
    public readonly int $type;
    public readonly int $flags;
    public readonly int $stream;
    public readonly string $payload;

    public function __construct(public readonly string $bytes)
    {
        $header = \unpack('Nlength/Ctype/Cflags/nreserved/Nstream', $bytes);
        $this->type = $header['type'];
        $this->flags = $header['flags'];
        $this->stream = $header['stream'];
        $this->payload = \substr($bytes, Frame::HEADER_BYTES);
    }

    public function more(): bool
    {
        return ($this->flags & Frame::MORE) !== 0;
    }

    public function value(): mixed
    {
        return MessagePack::decode($this->payload);
    }

    public function status(): int
    {
        return $this->value()[0];
    }

    /** @return list<string> */
    public function headers(): array
    {
        return $this->value()[1];
    }

    public function body(): string
    {
        return $this->value()[2];
    }
}
