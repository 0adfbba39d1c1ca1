<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

/**
 * @file What the daemon tells a worker first: who it is and what it may use.
 */
final class Welcome
{
    /** @param array<string, string> $args */
    private function __construct(
        public readonly string $alias,
        public readonly int $generation,
        public readonly int $requestTimeoutMs,
        public readonly int $frameBytesMax,
        public readonly array $args
    ) {
    }

    /**
     * @param mixed $payload the decoded map; unknown keys are ignored, missing ones have a default
     * @throws ProtocolError when a value has the wrong type or the protocol is another
     */
    public static function from(mixed $payload): self
    {
        if (!\is_array($payload)) {
            throw new ProtocolError('WELCOME is no map but ' . \get_debug_type($payload));
        }
        $protocol = $payload['protocol'] ?? Frame::PROTOCOL;
        if ($protocol !== Frame::PROTOCOL) {
            throw new ProtocolError('the daemon speaks protocol ' . \json_encode($protocol)
                . ', this package ' . Frame::PROTOCOL);
        }
        $max = $payload['frame_bytes_max'] ?? Frame::LENGTH_MAX;
        try {
            return new self(
                $payload['alias'] ?? (string) \getenv('KRAKEN_ALIAS'),
                $payload['generation'] ?? (int) \getenv('KRAKEN_GENERATION'),
                $payload['request_timeout_ms'] ?? 0,
                $max > 0 ? \min($max, Frame::LENGTH_MAX) : Frame::LENGTH_MAX,
                $payload['args'] ?? []
            );
        } catch (\TypeError $e) {
            throw new ProtocolError('WELCOME has a value of a wrong type: ' . $e->getMessage(), 0, $e);
        }
    }
}
