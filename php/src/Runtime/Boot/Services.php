<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Boot;

use Kraken\Channel\Channel;
use Kraken\Container\ContainerInterface;
use Kraken\Core\Core;
use Kraken\Core\CoreInterface;
use Kraken\Event\EventEmitterInterface;
use Kraken\Loop\LoopExtendedInterface;
use Kraken\Loop\LoopInterface;
use Kraken\Runtime\Command\CommandInterface;
use Kraken\Runtime\Command\CommandManager;
use Kraken\Runtime\Command\CommandManagerInterface;
use Kraken\Runtime\Host\Host;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Runtime\RuntimeContainerInterface;
use Kraken\Runtime\RuntimeContextInterface;
use Kraken\Runtime\RuntimeManagerInterface;
use Kraken\Runtime\RuntimeModel;
use Kraken\Throwable\Exception\Logic\InvalidArgumentException;

/**
 * @file A container put together: its life, its services under the framework's names, then its own
 * config(), boot() and construct().
 */
final class Services
{
    /**
     * Everything up to create().
     *
     * @param ?\Closure(string): void $tell which of the container's own methods is about to run
     */
    public static function prepare(
        RuntimeContainer $container,
        Host $host,
        ?\Closure $tell = null
    ): RuntimeModel {
        $tell ??= static fn (string $step) => null;
        $model = new RuntimeModel($container, $host);
        $core = new Core();
        $container->internalAttach($model, $core);
        self::register($core, $container, $model);
        $tell('config');
        $core->config($container->internalConfig($core));
        self::registerCommands($core, $container);
        $tell('boot');
        $container->internalBoot($core);
        $tell('construct');
        $container->internalConstruct($core);
        return $model;
    }

    private static function register(
        Core $core,
        RuntimeContainer $container,
        RuntimeModel $model
    ): void {
        $services = [
            'Core' => [$core, [CoreInterface::class, ContainerInterface::class, 'Container']],
            'Runtime' => [$container, [RuntimeContainerInterface::class, RuntimeContainer::class,
                RuntimeContextInterface::class, EventEmitterInterface::class, $container::class,
                'Runtime.Context', 'Emitter']],
            'Runtime.Manager' => [$container->getManager(), [RuntimeManagerInterface::class]],
            'Loop' => [$model->getLoop(), [LoopInterface::class, LoopExtendedInterface::class]],
            'Command.Manager' => [new CommandManager(), [CommandManagerInterface::class]],
            'Channel' => [new Channel($container), [Channel::class]],
        ];
        foreach ($services as $name => [$object, $others]) {
            $core->instance($name, $object);
            foreach ($others as $other) {
                $core->alias($other, $name);
            }
        }
        $core->factory('Config', static fn (): array => $core->config());
    }

    /** `command.commands` of the configuration: name to class. */
    private static function registerCommands(Core $core, RuntimeContainer $container): void
    {
        $commands = $core->make('Command.Manager');
        foreach ($core->config()['command']['commands'] ?? [] as $name => $class) {
            if (!\is_string($class) || !\is_subclass_of($class, CommandInterface::class)) {
                throw new InvalidArgumentException("command.commands.$name: expected a class of "
                    . CommandInterface::class . ', got ' . \json_encode($class));
            }
            $commands->set($name, new $class(['runtime' => $container]));
        }
    }
}
