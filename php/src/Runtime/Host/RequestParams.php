<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Throwable\Exception\Logic\InvalidArgumentException;

/**
 * @file How long a request is tried: timeout, retriesLimit, retriesInterval, total.
 */
final class RequestParams
{
    public const KEYS = ['timeout', 'retriesLimit', 'retriesInterval', 'total'];

    private const TIMEOUT_S = 2.0;
    private const RETRIES_LIMIT = 10;
    private const RETRIES_INTERVAL_S = 0.25;
    private const TIMEOUT_S_MAX = 4_000_000.0;
    private const RETRIES_MAX = 1_000_000.0;
    private const MS_PER_S = 1_000;

    /**
     * @param float $timeout seconds one try may take without a sign of life
     * @param int $retriesLimit tries in all
     * @param float $retriesInterval seconds between two tries
     * @param bool $given whether any of them was asked for
     * @param float $total seconds until it is given up, whatever is heard of it; 0: never
     */
    private function __construct(
        public readonly float $timeout,
        public readonly int $retriesLimit,
        public readonly float $retriesInterval,
        public readonly bool $given,
        public readonly float $total
    ) {
    }

    /**
     * Keys that are missing have the framework's defaults: 2 s, 10 tries, 0.25 s apart. An
     * answer that the target is still at renews the timeout, so that nothing but `total` bounds it.
     *
     * @param array<string, mixed> $params others than the four keys are ignored
     */
    public static function of(array $params = []): self
    {
        return new self(
            self::number($params, 'timeout', self::TIMEOUT_S, self::TIMEOUT_S_MAX),
            (int) self::number($params, 'retriesLimit', self::RETRIES_LIMIT, self::RETRIES_MAX),
            self::number($params, 'retriesInterval', self::RETRIES_INTERVAL_S, self::TIMEOUT_S_MAX),
            isset($params['timeout']) || isset($params['retriesLimit']),
            self::number($params, 'total', 0.0, self::TIMEOUT_S_MAX)
        );
    }

    /** Milliseconds of one try. */
    public function timeoutMs(): int
    {
        return \max(1, (int) ($this->timeout * self::MS_PER_S));
    }

    /** Milliseconds of all tries. */
    public function patienceMs(): int
    {
        return \max(1, (int) (($this->timeout + $this->retriesInterval) * $this->retriesLimit
            * self::MS_PER_S));
    }

    /** @param array<string, mixed> $params */
    private static function number(
        array $params,
        string $key,
        float $standard,
        float $max
    ): float {
        $value = $params[$key] ?? $standard;
        if (!\is_int($value) && !\is_float($value) || $value < 0 || $value > $max) {
            throw new InvalidArgumentException("$key: expected a number from 0 to $max, got "
                . \json_encode($value));
        }
        return (float) $value;
    }
}
