<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

/**
 * @file Who a container is.
 */
interface RuntimeContextInterface
{
    /** `Process` or `Thread`. */
    public function getType(): string;

    /** Alias of the parent, null for the root. */
    public function getParent(): ?string;

    /** The last part of the path. */
    public function getAlias(): string;

    /** The whole address: `Main/web/T1`. */
    public function getPath(): string;

    /** The name it was created with, which stands for its class. */
    public function getName(): string;

    /**
     * Arguments of its definition.
     *
     * @return array<string, string>
     */
    public function getArgs(): array;
}
