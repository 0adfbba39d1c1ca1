<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime;

use Kraken\Core\Core;
use Kraken\Core\CoreInterface;
use Kraken\Event\EventEmitter;
use Kraken\Event\EventListener;
use Kraken\Loop\LoopInterface;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\Command\CallableCommand;
use Kraken\Runtime\Command\CommandManagerInterface;
use Kraken\Throwable\Exception\Logic\IllegalCallException;

/**
 * @file What an application's containers extend: config(), boot() and construct() are theirs.
 */
class RuntimeContainer extends EventEmitter implements RuntimeContainerInterface
{
    private ?CoreInterface $core = null;
    private ?RuntimeModel $runtimeModel = null;
    private ?RuntimeManagerInterface $manager = null;
    /** @var ?callable */
    private $requestHandler = null;

    /**
     * Made by the runner, as `new TestContainer($parent, $alias, $name, $args)`.
     *
     * @param ?string $parent path of the parent; null for the root
     * @param array<string, string> $args
     */
    public function __construct(
        private readonly ?string $parent,
        private readonly string $alias,
        private readonly string $name,
        private readonly array $args = []
    ) {
    }

    public function getType(): string
    {
        return Runtime::UNIT_PROCESS;
    }

    public function getParent(): ?string
    {
        return $this->parent === null ? null : self::last($this->parent);
    }

    public function getAlias(): string
    {
        return $this->alias;
    }

    public function getPath(): string
    {
        return $this->parent === null ? $this->alias : "{$this->parent}/{$this->alias}";
    }

    public function getName(): string
    {
        return $this->name;
    }

    public function getArgs(): array
    {
        return $this->args;
    }

    public function getModel(): RuntimeModel
    {
        return $this->runtimeModel ?? throw new IllegalCallException(
            'A container has no life before it was booted: use config(), boot() or construct().'
        );
    }

    public function getManager(): RuntimeManagerInterface
    {
        return $this->manager ??= new RuntimeManager(
            $this->getModel()->getHost(),
            $this->getPath()
        );
    }

    public function getCore(): CoreInterface
    {
        return $this->core ??= new Core();
    }

    public function getLoop(): LoopInterface
    {
        return $this->getModel()->getLoop();
    }

    public function getState(): int
    {
        return $this->getModel()->getState();
    }

    public function getHash(): ?string
    {
        return $this->getModel()->getHash();
    }

    public function onBeforeCreate(callable $callback): EventListener
    {
        return $this->on('beforeCreate', $callback);
    }

    public function onCreate(callable $callback): EventListener
    {
        return $this->on('create', $callback);
    }

    public function onAfterCreate(callable $callback): EventListener
    {
        return $this->on('afterCreate', $callback);
    }

    public function onBeforeDestroy(callable $callback): EventListener
    {
        return $this->on('beforeDestroy', $callback);
    }

    public function onDestroy(callable $callback): EventListener
    {
        return $this->on('destroy', $callback);
    }

    public function onAfterDestroy(callable $callback): EventListener
    {
        return $this->on('afterDestroy', $callback);
    }

    public function onBeforeStart(callable $callback): EventListener
    {
        return $this->on('beforeStart', $callback);
    }

    public function onStart(callable $callback): EventListener
    {
        return $this->on('start', $callback);
    }

    public function onAfterStart(callable $callback): EventListener
    {
        return $this->on('afterStart', $callback);
    }

    public function onBeforeStop(callable $callback): EventListener
    {
        return $this->on('beforeStop', $callback);
    }

    public function onStop(callable $callback): EventListener
    {
        return $this->on('stop', $callback);
    }

    public function onAfterStop(callable $callback): EventListener
    {
        return $this->on('afterStop', $callback);
    }

    public function onMessage(callable $callback): EventListener
    {
        return $this->on('message', $callback);
    }

    public function onNotice(callable $callback): EventListener
    {
        return $this->on('notice', $callback);
    }

    public function onRequest(callable $callback): void
    {
        $this->requestHandler = $callback;
    }

    public function onCommand(string $name, callable $callback): void
    {
        $this->getCore()->make(CommandManagerInterface::class)
            ->set($name, new CallableCommand($callback));
    }

    public function isCreated(): bool
    {
        return $this->getState() === Runtime::STATE_CREATED;
    }

    public function isDestroyed(): bool
    {
        return $this->getState() === Runtime::STATE_DESTROYED;
    }

    public function isStarted(): bool
    {
        return $this->getState() === Runtime::STATE_STARTED;
    }

    public function isStopped(): bool
    {
        return $this->getState() === Runtime::STATE_STOPPED;
    }

    public function isFailed(): bool
    {
        return $this->getState() === Runtime::STATE_FAILED;
    }

    public function create(): PromiseInterface
    {
        return $this->getModel()->create();
    }

    public function destroy(): PromiseInterface
    {
        return $this->getModel()->destroy();
    }

    public function start(): PromiseInterface
    {
        return $this->getModel()->start();
    }

    public function stop(): PromiseInterface
    {
        return $this->getModel()->stop();
    }

    public function fail($ex, $params = [])
    {
        $this->getModel()->fail($ex, $params);
    }

    public function succeed()
    {
        $this->getModel()->succeed();
    }

    /** @internal what onRequest() was given */
    final public function requestHandler(): ?callable
    {
        return $this->requestHandler;
    }

    /** @internal gives the container its life; before anything else */
    final public function internalAttach(RuntimeModel $model, CoreInterface $core): void
    {
        $this->runtimeModel = $model;
        $this->core = $core;
    }

    /** @internal @return array<string, mixed> */
    final public function internalConfig(CoreInterface $core): array
    {
        return (array) $this->config($core);
    }

    /** @internal */
    final public function internalBoot(CoreInterface $core): void
    {
        $this->boot($core);
    }

    /** @internal */
    final public function internalConstruct(CoreInterface $core): void
    {
        $this->construct($core);
    }

    /**
     * Configuration of its own, merged into $core->config().
     *
     * @return array<string, mixed>
     */
    protected function config(CoreInterface $core)
    {
        return [];
    }

    /** Prepares what construct() needs. */
    protected function boot(CoreInterface $core)
    {
        return $this;
    }

    /** Sets the container up: listeners, timers, children. */
    protected function construct(CoreInterface $core)
    {
        return $this;
    }

    private static function last(string $path): string
    {
        $slash = \strrpos($path, '/');
        return $slash === false ? $path : \substr($path, $slash + 1);
    }
}
