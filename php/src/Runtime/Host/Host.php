<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Host;

use Kraken\Loop\LoopExtendedInterface;
use Kraken\Promise\PromiseInterface;

/**
 * @file What a container needs of the world: the daemon in real life, a stand-in in tests.
 */
interface Host
{
    public function getLoop(): LoopExtendedInterface;

    /**
     * Asks for a change of this container's life: `stop`, `destroy`, `continue`.
     *
     * @return ?PromiseInterface null: do it here and now; otherwise it has been asked for, and
     *         a rejection says that it will not be done
     */
    public function change(string $verb): ?PromiseInterface;

    /** It serves. */
    public function started(): void;

    /** It failed and waits; again when it fails meanwhile. */
    public function failed(\Throwable $why): void;

    /** An exception nobody can be asked about any more: it is written down. */
    public function complain(\Throwable $what): void;

    /**
     * A verb of the daemon (target '') or a command of a container.
     *
     * @param array<string, mixed> $params
     */
    public function command(
        string $target,
        string $name,
        array $params,
        RequestParams $how
    ): PromiseInterface;

    /**
     * The same, waited for: nothing else of the container runs meanwhile.
     *
     * @param array<string, mixed> $params
     * @throws \Throwable what it was rejected with
     */
    public function commandNow(string $target, string $name, array $params): mixed;

    /** @param string|list<string> $target */
    public function request(
        string|array $target,
        mixed $value,
        int $mode,
        RequestParams $how
    ): PromiseInterface;

    /** @param string|list<string> $target */
    public function message(string|array $target, mixed $value, int $mode): PromiseInterface;

    public function watch(string $target, bool $on): void;
}
