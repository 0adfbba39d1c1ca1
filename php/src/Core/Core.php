<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Core;

use Kraken\Container\Container;
use Kraken\Runtime\Runtime;

/**
 * @file The core of a container of this package: a service container with a configuration.
 */
final class Core extends Container implements CoreInterface
{
    public const VERSION = '0.1.0';

    /** @var array<string, mixed> */
    private array $config = [];

    public function config(?array $config = null): array
    {
        foreach ($config ?? [] as $key => $value) {
            $at = &$this->config;
            foreach (\explode('.', (string) $key) as $part) {
                if (!isset($at[$part]) || !\is_array($at[$part])) {
                    $at[$part] = [];
                }
                $at = &$at[$part];
            }
            $at = \is_array($value) ? \array_replace_recursive((array) $at, $value) : $value;
            unset($at);
        }
        return $this->config;
    }

    public function getVersion(): string
    {
        return self::VERSION;
    }

    public function getType(): string
    {
        return Runtime::UNIT_PROCESS;
    }

    public function getBasePath(): string
    {
        return (string) \getcwd();
    }

    public function getDataPath(): string
    {
        return $this->getBasePath() . '/data';
    }
}
