<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Laravel;

use Illuminate\Http\Request;
use Illuminate\Http\UploadedFile;
use Kraken\HttpFoundation\Server;
use Laravel\Octane\ApplicationFactory;
use Laravel\Octane\RequestContext;
use Laravel\Octane\Worker as OctaneWorker;
use Symfony\Component\HttpFoundation\Request as FoundationRequest;
use Symfony\Component\HttpFoundation\Response;

/**
 * @file Serves a Laravel application, booted once: by Octane's worker where Octane is installed,
 * otherwise in sandboxes of our own.
 */
final class Worker
{
    /**
     * Serves until the daemon wants this process gone.
     *
     * @param string $basePath the folder of the application, with `bootstrap/app.php`
     * @throws \Throwable when the application cannot boot, or what is left of a request cannot be
     *         dropped: the process is to be replaced then
     */
    public static function run(string $basePath): void
    {
        // Stock PHP is a command line, but what it answers are requests.
        foreach (['APP_RUNNING_IN_CONSOLE' => 'false', 'LARAVEL_OCTANE' => '1'] as $name => $value) {
            $_SERVER[$name] = $_ENV[$name] = $value;
        }
        if (\class_exists(OctaneWorker::class)) {
            self::byOctane($basePath);
        } else {
            self::bySandbox($basePath);
        }
    }

    private static function bySandbox(string $basePath): void
    {
        $sandbox = Server::decisive(
            static fn () => new Sandbox(require $basePath . '/bootstrap/app.php')
        );
        $handle = static fn (FoundationRequest $request): Response
            => $sandbox->handle(Request::createFromBase($request));
        $server = new Server($handle, $sandbox->end(...), $sandbox->fail(...), UploadedFile::class);
        $server->run();
    }

    /**
     * Octane's worker answers and tidies up in one call. It runs as a fiber, which OctaneClient
     * halts at the answer: what comes after goes on when the client has it.
     */
    private static function byOctane(string $basePath): void
    {
        $client = new OctaneClient();
        $worker = new OctaneWorker(new ApplicationFactory($basePath), $client);
        Server::decisive($worker->boot(...));
        $turn = null;
        $handle = static function (FoundationRequest $request) use ($worker, $client, &$turn): Response {
            $turn = new \Fiber(static function () use ($worker, $client, $request): void {
                $context = new RequestContext(['request' => Request::createFromBase($request)]);
                $worker->handle(...$client->marshalRequest($context));
            });
            return $turn->start() ?? throw new \LogicException('Octane gave no answer');
        };
        $after = static function () use (&$turn): void {
            if ($turn?->isSuspended()) {
                $turn->resume();
            }
            $turn = null;
        };
        // As if the client of Octane had broken while it answered.
        $failed = static function (FoundationRequest $request, \Throwable $e) use (&$turn): void {
            $answer = $turn?->isSuspended() ? $turn->throw($e) : null;
            ($answer ?? throw $e)->send();
        };
        (new Server($handle, $after, $failed, UploadedFile::class))->run();
        $worker->terminate();
    }
}
