<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Channel;

use Kraken\Event\EventListener;
use Kraken\Promise\PromiseInterface;
use Kraken\Runtime\RuntimeContainerInterface;

/**
 * @file The mailbox of a container under the framework's name, and the flags of messages.
 *
 * The daemon knows where everybody is: there is one way to send, to a child as to a stranger.
 */
final class Channel
{
    /** Refused at once unless the target serves. */
    public const MODE_DEFAULT = 0;
    public const MODE_STANDARD = 0;
    /** Waits in the target's mailbox while it is created, failed or between two starts. */
    public const MODE_BUFFER_ONLINE = 1;
    /** Waits here while this container does not serve itself. */
    public const MODE_BUFFER_OFFLINE = 2;
    /** Both. */
    public const MODE_BUFFER = 3;

    public function __construct(private readonly RuntimeContainerInterface $runtime)
    {
    }

    public function getName(): string
    {
        return $this->runtime->getAlias();
    }

    /** @param string|list<string> $name */
    public function send(
        string|array $name,
        mixed $message,
        int $flags = self::MODE_DEFAULT
    ): PromiseInterface {
        return $this->runtime->getManager()->sendMessage($name, $message, $flags);
    }

    /** @param string|list<string> $name */
    public function push(
        string|array $name,
        mixed $message,
        int $flags = self::MODE_DEFAULT
    ): PromiseInterface {
        return $this->send($name, $message, $flags);
    }

    /**
     * @param string|list<string> $name
     * @param array<string, mixed> $params timeout, retriesLimit, retriesInterval, total; see
     *        AbstractManagerInterface
     */
    public function sendRequest(
        string|array $name,
        mixed $message,
        array $params = []
    ): PromiseInterface {
        return $this->runtime->getManager()->sendRequest($name, $message, $params);
    }

    /** `fn(string $sender, Protocol $protocol)` for each message. */
    public function onInput(callable $listener): EventListener
    {
        $alias = $this->runtime->getAlias();
        return $this->runtime->onMessage(
            static function (mixed $value, string $from) use ($listener, $alias): void {
                $listener($from, new Protocol($value, $from, $alias));
            }
        );
    }
}
