<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Container;

use Kraken\Promise\Promise;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Host\Host;
use Kraken\Runtime\Host\RequestParams;
use Kraken\Runtime\Runtime;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;
use Kraken\Throwable\Exception\Logic\ResourceUndefinedException;
use Kraken\Throwable\Exception\Runtime\BulkRejectionException;
use Kraken\Throwable\Exception\Runtime\RejectionException;

/**
 * @file The children of a container that are processes, threads, or either: verbs of the daemon
 * with the framework's words. Which children there are the daemon knows; nothing is kept here.
 */
final class Family
{
    private const CREATE_FLAGS = ['CREATE_DEFAULT', 'CREATE_FORCE_SOFT', 'CREATE_FORCE_HARD',
        'CREATE_FORCE'];
    /** Of the verb: whom the child runs as is subject to its creator's rights. */
    private const CREATE_WORDS = ['restart', 'user', 'group'];
    private const DESTROY_FLAGS = ['DESTROY_KEEP', 'DESTROY_FORCE_SOFT', 'DESTROY_FORCE_HARD',
        'DESTROY_FORCE'];

    /**
     * @param string $one `process`, `thread`, `runtime`: also the family of the verbs
     * @param string $many `processes`, `threads`, `runtimes`
     */
    public function __construct(
        private readonly Host $host,
        private readonly string $parent,
        private readonly string $one,
        private readonly string $many
    ) {
    }

    public function exists(string $alias): bool
    {
        try {
            $this->host->commandNow('', "{$this->one}:exists", $this->params($alias));
            return true;
        } catch (ResourceUndefinedException) {
            return false;
        }
    }

    /** @param array<string, mixed> $params */
    public function create(
        string $alias,
        ?string $name,
        int $flags,
        array $params
    ): PromiseInterface {
        $words = ['name' => $name ?? 'null', 'flags' => self::word(self::CREATE_FLAGS, $flags)];
        foreach (self::CREATE_WORDS as $word) {
            if (isset($params[$word])) {
                $words[$word] = self::text($word, $params[$word]);
            }
        }
        $others = \array_diff_key($params, \array_flip(self::CREATE_WORDS));
        return $this->verb('create', $this->params($alias) + $words, $others, self::CREATE_WORDS);
    }

    /** @param array<string, mixed> $params */
    public function destroy(string $alias, int $flags, array $params): PromiseInterface
    {
        $words = ['flags' => self::word(self::DESTROY_FLAGS, $flags)];
        return $this->verb('destroy', $this->params($alias) + $words, $params);
    }

    /**
     * @param string $what start, stop
     * @param array<string, mixed> $params
     */
    public function change(string $what, string $alias, array $params): PromiseInterface
    {
        return $this->verb($what, $this->params($alias), $params);
    }

    /**
     * @param array<string, ?string> $definitions
     * @param array<string, mixed> $params
     */
    public function createAll(array $definitions, int $flags, array $params): PromiseInterface
    {
        $each = [];
        foreach ($definitions as $alias => $name) {
            $each[$alias] = $this->create((string) $alias, $name, $flags, $params);
        }
        return $this->together($each, 'created');
    }

    /**
     * @param list<string> $aliases
     * @param array<string, mixed> $params
     */
    public function destroyAll(array $aliases, int $flags, array $params): PromiseInterface
    {
        $each = [];
        foreach ($aliases as $alias) {
            $each[$alias] = $this->destroy($alias, $flags, $params);
        }
        return $this->together($each, 'destroyed');
    }

    /**
     * @param string $what start, stop
     * @param list<string> $aliases
     * @param array<string, mixed> $params
     */
    public function changeAll(string $what, array $aliases, array $params): PromiseInterface
    {
        $each = [];
        foreach ($aliases as $alias) {
            $each[$alias] = $this->change($what, $alias, $params);
        }
        return $this->together($each, $what === 'start' ? 'started' : 'stopped');
    }

    public function get(): PromiseInterface
    {
        $to = ['parent' => $this->parent];
        return $this->host->command('', "{$this->many}:get", $to, RequestParams::of());
    }

    public function flush(int $flags): PromiseInterface
    {
        if ($flags === Runtime::DESTROY_KEEP) {
            return Promise::doReject(new RejectionException(\ucfirst(
                $this->one === 'process' ? $this->one : $this->many
            ) . ' storage could not be flushed because of force level set to DESTROY_KEEP.'));
        }
        $text = \ucfirst($this->many) . ' storage has been flushed.';
        return $this->get()
            ->then(fn (array $aliases): PromiseInterface => $this->destroyAll($aliases, $flags, []))
            ->then(static fn (): string => $text);
    }

    /** @return array<string, string> */
    private function params(string $alias): array
    {
        return ['parent' => $this->parent, 'alias' => $alias];
    }

    private static function text(string $key, mixed $value): string
    {
        return \is_string($value) || \is_int($value)
            ? (string) $value
            : throw new InvalidArgumentException("$key: expected a text, got "
                . \get_debug_type($value));
    }

    /**
     * @param array<string, string> $arguments
     * @param array<string, mixed> $params how long it is tried
     * @param list<string> $words what else the verb takes
     */
    private function verb(
        string $what,
        array $arguments,
        array $params,
        array $words = []
    ): PromiseInterface {
        $known = [...$words, ...RequestParams::KEYS];
        if ($unknown = \array_diff(\array_keys($params), $known)) {
            throw new InvalidArgumentException("{$this->one}:$what takes no "
                . \implode(', ', $unknown) . '; it takes ' . \implode(', ', $known) . '.');
        }
        return $this->host->command(
            '',
            "{$this->one}:$what",
            $arguments,
            RequestParams::of($params)
        );
    }

    /** @param list<string> $words */
    private static function word(array $words, int $flag): string
    {
        return $words[$flag] ?? throw new InvalidArgumentException('Given flag option is invalid.');
    }

    /** @param array<string, PromiseInterface> $each */
    private function together(array $each, string $done): PromiseInterface
    {
        $failed = false;
        $settled = [];
        foreach ($each as $alias => $promise) {
            $no = static function (mixed $reason) use (&$failed): mixed {
                $failed = true;
                return $reason;
            };
            $settled[$alias] = $promise->then(null, $no, $no);
        }
        $many = $this->many;
        $judge = static function (array $results) use (&$failed, $many, $done): string {
            if ($failed) {
                throw new BulkRejectionException(
                    "Some of the $many could not be $done.",
                    $results
                );
            }
            return \ucfirst($many) . " have been $done.";
        };
        return Promise::all($settled)->then($judge);
    }
}
