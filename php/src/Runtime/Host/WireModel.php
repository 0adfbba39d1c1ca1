<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Loop\LoopModelInterface;
use Kraken\Loop\Model\SelectLoop;
use Kraken\Protocol\Output;

/**
 * @file The sleep of a container's loop: before it, what the container printed is logged and what
 * it sent leaves, all in one piece.
 */
final class WireModel implements LoopModelInterface
{
    private readonly LoopModelInterface $model;
    private readonly int $key;

    public function __construct(private readonly Wire $wire, private readonly Output $printed)
    {
        $this->model = new SelectLoop();
        $this->key = \get_resource_id($wire->output);
    }

    public function now(): int
    {
        return $this->model->now();
    }

    public function wait(array $read, array $write, ?int $nanoseconds): array
    {
        $this->printed->flush();
        if ($this->wire->flush()) {
            return $this->model->wait($read, $write, $nanoseconds);
        }
        // The rest leaves as soon as the daemon has read some.
        $write[$this->key] = $this->wire->output;
        [$read, $write] = $this->model->wait($read, $write, $nanoseconds);
        unset($write[$this->key]);
        return [$read, $write];
    }
}
