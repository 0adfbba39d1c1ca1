<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

use Kraken\Channel\Channel;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Container\Family;
use Kraken\Runtime\Container\ProcessMethods;
use Kraken\Runtime\Container\ThreadMethods;
use Kraken\Runtime\Host\Host;
use Kraken\Runtime\Host\RequestParams;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;

/**
 * @file The manager of a container, on top of its host.
 */
final class RuntimeManager implements RuntimeManagerInterface
{
    use ProcessMethods;
    use ThreadMethods;

    private readonly Family $runtimes;

    /** @param string $path of the container whose manager this is */
    public function __construct(private readonly Host $host, string $path)
    {
        $this->processes = new Family($host, $path, 'process', 'processes');
        $this->threads = new Family($host, $path, 'thread', 'threads');
        $this->runtimes = new Family($host, $path, 'runtime', 'runtimes');
    }

    public function sendRequest(
        string|array $alias,
        mixed $message,
        array $params = []
    ): PromiseInterface {
        if ($message instanceof RuntimeCommand && \is_string($alias)) {
            return $this->host->command(
                $alias,
                $message->getCommand(),
                $message->getParams(),
                RequestParams::of($params)
            );
        }
        return $this->host->request(
            $alias,
            $message,
            Channel::MODE_STANDARD,
            RequestParams::of($params)
        );
    }

    public function sendMessage(
        string|array $alias,
        mixed $message,
        int $flags = Channel::MODE_DEFAULT
    ): PromiseInterface {
        if ($flags < Channel::MODE_STANDARD || $flags > Channel::MODE_BUFFER) {
            throw new InvalidArgumentException('Given flag option is invalid.');
        }
        return $this->host->message($alias, $message, $flags);
    }

    public function sendCommand(
        string $alias,
        string $command,
        array $params = []
    ): PromiseInterface {
        return $this->host->command($alias, $command, $params, RequestParams::of($params));
    }

    public function existsRuntime(string $alias): bool
    {
        return $this->runtimes->exists($alias);
    }

    public function destroyRuntime(
        string $alias,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface {
        return $this->runtimes->destroy($alias, $flags, $params);
    }

    public function startRuntime(string $alias, array $params = []): PromiseInterface
    {
        return $this->runtimes->change('start', $alias, $params);
    }

    public function stopRuntime(string $alias, array $params = []): PromiseInterface
    {
        return $this->runtimes->change('stop', $alias, $params);
    }

    public function destroyRuntimes(
        array $aliases,
        int $flags = Runtime::DESTROY_FORCE_SOFT,
        array $params = []
    ): PromiseInterface {
        return $this->runtimes->destroyAll($aliases, $flags, $params);
    }

    public function startRuntimes(array $aliases, array $params = []): PromiseInterface
    {
        return $this->runtimes->changeAll('start', $aliases, $params);
    }

    public function stopRuntimes(array $aliases, array $params = []): PromiseInterface
    {
        return $this->runtimes->changeAll('stop', $aliases, $params);
    }

    public function getRuntimes(): PromiseInterface
    {
        return $this->runtimes->get();
    }

    public function flushRuntimes(int $flags = Runtime::DESTROY_KEEP): PromiseInterface
    {
        return $this->runtimes->flush($flags);
    }

    public function watch(string $alias): void
    {
        $this->host->watch($alias, true);
    }

    public function unwatch(string $alias): void
    {
        $this->host->watch($alias, false);
    }
}
