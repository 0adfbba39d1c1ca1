<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Laravel;

use Illuminate\Container\Container;
use Illuminate\Contracts\Auth\Access\Gate;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Facade;
use Symfony\Component\HttpFoundation\Request as FoundationRequest;
use Symfony\Component\HttpFoundation\Response;

/**
 * @file One booted Laravel application, and a copy of it for each request.
 *
 * What a request binds or resolves lives in the copy and dies with it. Services that were resolved
 * while booting are shared: they are pointed at the copy, and what they keep of a request is dropped.
 * It knows Laravel's own services; packages with state of their own are Octane's business.
 */
final class Sandbox
{
    /** Shared services that hold the application, and how they are given another. */
    private const HOLDERS = [
        'router' => 'setContainer',
        'view' => 'setContainer',
        'validator' => 'setContainer',
        'session' => 'setContainer',
        'auth' => 'setApplication',
        Gate::class => 'setContainer',
    ];
    /** What drops the state of a request, where the service has been resolved. */
    private const LEFTOVERS = [
        'auth' => 'forgetGuards',
        'session' => 'forgetDrivers',
        'cookie' => 'flushQueuedCookies',
        'view' => 'flushState',
    ];
    /** Resolved once, so that connections live on from request to request. */
    private const WARM = ['db', 'db.factory', 'cache', 'encrypter', 'files', 'hash', 'log'];

    private ?Application $copy = null;
    private ?Request $request = null;
    private readonly Kernel $kernel;
    /** @var array<string, mixed> listeners as they were after booting */
    private readonly array $listeners;
    private readonly array $shared;

    public function __construct(private readonly Application $base)
    {
        $this->kernel = $base->make(Kernel::class);
        // Providers may ask for the request, or for links, while they boot.
        $base->instance('request', Request::create('http://localhost'));
        $this->kernel->bootstrap();
        foreach (self::WARM as $service) {
            if ($base->bound($service)) {
                $base->make($service);
            }
        }
        if (\method_exists($base, 'forgetScopedInstances')) {
            $base->forgetScopedInstances();
        }
        $base->forgetInstance('request');
        $this->listeners = (fn (): array => [$this->listeners, $this->wildcards])
            ->call($base['events']);
        $this->shared = $base->resolved('view') ? $base['view']->getShared() : [];
    }

    public function handle(Request $request): Response
    {
        $this->request = $request;
        $this->copy = $copy = clone $this->base;
        $copy->instance('app', $copy);
        $copy->instance(Container::class, $copy);
        $copy->instance('config', clone $this->base['config']);
        if ($this->base->resolved('url')) {
            $copy->instance('url', clone $this->base['url']);
        }
        $this->give($copy);
        return $this->kernel->handle($request);
    }

    /** Reports what broke an answer, or kept a request from one, and prints the page of it. */
    public function fail(FoundationRequest $request, \Throwable $e): void
    {
        $handler = ($this->copy ?? $this->base)->make(ExceptionHandler::class);
        $handler->report($e);
        $handler->render($this->request ?? Request::createFromBase($request), $e)->send();
    }

    /** Runs what is to follow the answer and drops the copy. */
    public function end(FoundationRequest $request, ?Response $response): void
    {
        $copy = $this->copy;
        if ($copy === null || $this->request === null) {
            return;
        }
        $this->copy = null;
        if ($response !== null) {
            try {
                $this->kernel->terminate($this->request, $response);
            } catch (\Throwable $e) {
                // The answer has been given, and the copy goes anyway.
                $copy->make(ExceptionHandler::class)->report($e);
            }
        }
        $route = $this->request->route();
        if (\is_object($route)) {
            // A route keeps its controller, and the controller what it was made with.
            (function (): void {
                $this->controller = null;
            })->call($route);
        }
        $this->request = null;
        $this->drop($copy);
        $this->give($this->base);
        $copy->flush();
    }

    private function give(Application $to): void
    {
        Container::setInstance($to);
        Facade::clearResolvedInstances();
        Facade::setFacadeApplication($to);
        (function () use ($to): void {
            $this->app = $to;
        })->call($this->kernel);
        (function () use ($to): void {
            $this->container = $to;
        })->call($this->base['events']);
        foreach (self::HOLDERS as $service => $give) {
            if ($this->base->resolved($service)) {
                $this->base->make($service)->{$give}($to);
            }
        }
        if ($this->base->resolved('view')) {
            $this->base['view']->share('app', $to);
        }
    }

    private function drop(Application $copy): void
    {
        foreach (self::LEFTOVERS as $service => $drop) {
            if ($copy->resolved($service)) {
                $copy->make($service)->{$drop}();
            }
        }
        foreach ($copy->resolved('db') ? $copy['db']->getConnections() : [] as $connection) {
            if ($connection->transactionLevel() > 0) {
                $connection->rollBack(0);
            }
            $connection->flushQueryLog();
        }
        if ($this->base->resolved('translator')) {
            $this->base['translator']->setLocale($this->base['config']['app.locale'] ?? 'en');
        }
        [$listeners, $wildcards] = $this->listeners;
        (function () use ($listeners, $wildcards): void {
            $this->listeners = $listeners;
            $this->wildcards = $wildcards;
            $this->wildcardsCache = [];
        })->call($this->base['events']);
        if ($this->base->resolved('view')) {
            $shared = $this->shared;
            (function () use ($shared): void {
                $this->shared = $shared;
            })->call($this->base['view']);
        }
    }
}
