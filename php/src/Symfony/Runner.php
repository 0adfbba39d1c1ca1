<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Symfony;

use Kraken\HttpFoundation\Server;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\EventListener\StreamedResponseListener;
use Symfony\Component\HttpKernel\HttpCache\HttpCache;
use Symfony\Component\HttpKernel\HttpKernel;
use Symfony\Component\HttpKernel\HttpKernelInterface;
use Symfony\Component\HttpKernel\KernelEvents;
use Symfony\Component\HttpKernel\KernelInterface;
use Symfony\Component\HttpKernel\TerminableInterface;
use Symfony\Component\Runtime\RunnerInterface;
use Symfony\Contracts\Service\ResetInterface;

/**
 * @file Serves one kernel, booted once, with all requests of this process.
 */
final class Runner implements RunnerInterface
{
    public function __construct(private readonly HttpKernelInterface $application)
    {
    }

    /** @return int the exit code: always 0, a failure is an exception */
    public function run(): int
    {
        $inner = $this->application instanceof HttpCache
            ? $this->application->getKernel()
            : $this->application;
        if ($inner instanceof KernelInterface) {
            Server::decisive($inner->boot(...));
            self::sendNothingEarly($inner);
        }
        (new Server(
            fn (Request $request): Response => $this->application->handle($request),
            function (Request $request, ?Response $response) use ($inner): void {
                if ($response !== null && $this->application instanceof TerminableInterface) {
                    $this->application->terminate($request, $response);
                }
                self::reset($inner);
            },
            self::onFailure($inner)
        ))->run();
        return 0;
    }

    /**
     * The page of an exception outside of handle(): of a stream, of HttpCache. Symfony itself has a
     * handler for it that is good for one exception of the first request of a process.
     *
     * @return ?\Closure(Request, \Throwable): void it terminates the kernel as well
     */
    private static function onFailure(HttpKernelInterface $inner): ?\Closure
    {
        $container = $inner instanceof KernelInterface ? $inner->getContainer() : null;
        $kernel = $container?->has('http_kernel') ? $container->get('http_kernel') : null;
        return !$kernel instanceof HttpKernel ? null
            : static function (Request $request, \Throwable $e) use ($kernel): void {
                $kernel->terminateWithException($e, $request);
            };
    }

    /**
     * Symfony 5 prints streamed answers while the kernel still handles the request. That suits only
     * a carrier whose output is the answer; here every answer is sent when it is returned.
     */
    private static function sendNothingEarly(KernelInterface $kernel): void
    {
        $container = $kernel->getContainer();
        if (!$container->has('event_dispatcher')) {
            return;
        }
        $dispatcher = $container->get('event_dispatcher');
        foreach ($dispatcher->getListeners(KernelEvents::RESPONSE) as $listener) {
            if (\is_array($listener) && $listener[0] instanceof StreamedResponseListener) {
                $dispatcher->removeListener(KernelEvents::RESPONSE, $listener);
            }
        }
    }

    private static function reset(HttpKernelInterface $kernel): void
    {
        if ($kernel instanceof KernelInterface) {
            // A kernel that has served resets its services when it is booted again. Now, because
            // nobody waits for it; the next request finds nothing left to reset.
            $kernel->boot();
        }
        if ($kernel instanceof ResetInterface) {
            $kernel->reset();
        }
    }
}
