<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Runtime\Boot;

use Kraken\Log;
use Kraken\Promise\Promise;
use Kraken\Protocol\Link;
use Kraken\Protocol\Welcome;
use Kraken\Runtime\Command\CommandManagerInterface;
use Kraken\Runtime\Host\DaemonHost;
use Kraken\Runtime\RuntimeContainer;
use Kraken\Throwable\Error\FatalError;
use Kraken\Throwable\Error\NoticeError;
use Kraken\Throwable\Error\WarningError;
use Kraken\Throwable\Exception\Logic\InstantiationException;
use Kraken\Throwable\Exception\Runtime\ReadException;
use Kraken\Throwable\ThrowableProxy;

/**
 * @file The program of a container: finds its class, puts it together, runs it.
 *
 *     php container.php [--autoload=FILE] [--lookup=PATTERN]... NAME
 */
final class Launcher
{
    /** Loaded when no other file is named and this one is there. */
    private const COMPOSER = 'vendor/autoload.php';
    private const NOTICES = \E_NOTICE | \E_USER_NOTICE;
    private const DEPRECATIONS = \E_DEPRECATED | \E_USER_DEPRECATED;

    /**
     * Runs until the container has ended; returns the exit code.
     *
     * @param list<string> $argv
     */
    public static function main(array $argv): int
    {
        $link = Link::attach();
        $link->output->atOnce();
        $welcome = $link->welcome();
        $link->crash->doing = "the boot of container $welcome->alias";
        [$name, $autoload, $patterns] = self::arguments($argv);
        if ($autoload !== '' || \is_file(self::COMPOSER)) {
            self::load($autoload !== '' ? $autoload : self::COMPOSER);
        }
        \set_error_handler(self::onError(...));
        Promise::onUnheardRejection(self::onUnheard(...));
        $class = (new ClassFinder($patterns))->find($name);
        $container = self::make($class, $name, $welcome);
        $host = new DaemonHost($link);
        $tell = static function (string $step) use ($link, $welcome): void {
            $link->crash->doing = "$step() of container $welcome->alias";
        };
        $model = Services::prepare($container, $host, $tell);
        $commands = $container->getCore()->make(CommandManagerInterface::class);
        $host->run($container, $model, $commands);
        return 0;
    }

    /**
     * @param list<string> $argv
     * @return array{string, string, list<string>} name, autoload file, patterns
     */
    private static function arguments(array $argv): array
    {
        $name = '';
        $autoload = '';
        $patterns = [];
        foreach (\array_slice($argv, 1) as $word) {
            if (\str_starts_with($word, '--autoload=')) {
                $autoload = \substr($word, \strlen('--autoload='));
            } elseif (\str_starts_with($word, '--lookup=')) {
                $patterns[] = \substr($word, \strlen('--lookup='));
            } elseif ($name === '' && !\str_starts_with($word, '--')) {
                $name = $word;
            } else {
                throw new InstantiationException("Unknown argument '$word'.");
            }
        }
        return [$name, $autoload, $patterns === [] ? ClassFinder::PATTERNS : $patterns];
    }

    private static function load(string $file): void
    {
        if (!\is_file($file)) {
            throw new ReadException("Autoload file not found: $file.");
        }
        require_once $file;
    }

    /** @param class-string<RuntimeContainer> $class */
    private static function make(string $class, string $name, Welcome $welcome): RuntimeContainer
    {
        $slash = \strrpos($welcome->alias, '/');
        return new $class(
            $slash === false ? null : \substr($welcome->alias, 0, $slash),
            $slash === false ? $welcome->alias : \substr($welcome->alias, $slash + 1),
            $name,
            $welcome->args
        );
    }

    /** What PHP complains about is thrown; what it merely advises against is written down. */
    private static function onError(int $level, string $message, string $file, int $line): bool
    {
        if ((\error_reporting() & $level) === 0) {
            return true; // silenced
        }
        if (($level & self::DEPRECATIONS) !== 0) {
            Log::warn($message, ['at' => "$file:$line"]);
            return true;
        }
        $message = "\"$message\" in $file:$line";
        $error = match (true) {
            ($level & self::NOTICES) !== 0 => new NoticeError($message),
            $level === \E_USER_ERROR => new FatalError($message),
            default => new WarningError($message),
        };
        throw $error->at($file, $line);
    }

    private static function onUnheard(mixed $reason): void
    {
        $context = match (true) {
            $reason instanceof \Throwable => ['class' => $reason::class,
                'at' => $reason->getFile() . ':' . $reason->getLine()],
            $reason instanceof ThrowableProxy => ['class' => $reason->getClass()],
            default => [],
        };
        $text = $reason instanceof \Throwable || $reason instanceof ThrowableProxy
            ? $reason->getMessage()
            : (\is_scalar($reason) ? (string) $reason : \get_debug_type($reason));
        Log::warn("A promise was rejected and nobody looked: $text", $context);
    }
}
