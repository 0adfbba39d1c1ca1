<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

/**
 * @file One part of a multipart body: what its headers say, and where its bytes are.
 *
 * @internal
 */
final class Part
{
    /** @param ?string $filename null for a plain field */
    public function __construct(
        public readonly string $name,
        public readonly ?string $filename,
        public readonly string $type,
        private readonly string $source,
        private readonly int $begin,
        private readonly int $end
    ) {
    }

    public function size(): int
    {
        return $this->end - $this->begin;
    }

    public function body(): string
    {
        return \substr($this->source, $this->begin, $this->end - $this->begin);
    }
}
