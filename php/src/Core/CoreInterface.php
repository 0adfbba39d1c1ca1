<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Core;

use Kraken\Container\ContainerInterface;

/**
 * @file The core of a container: its services and its configuration.
 */
interface CoreInterface extends ContainerInterface
{
    /**
     * Merges into the configuration and returns all of it; dots in keys mean nesting.
     *
     * @param ?array<string, mixed> $config
     * @return array<string, mixed>
     */
    public function config(?array $config = null): array;

    public function getVersion(): string;

    /** `Process` or `Thread`. */
    public function getType(): string;

    /** The directory the daemon starts the container in. */
    public function getBasePath(): string;

    public function getDataPath(): string;
}
