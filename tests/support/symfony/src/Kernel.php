<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Shop;

use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpFoundation\BinaryFileResponse;
use Symfony\Component\HttpFoundation\Cookie;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\StreamedResponse;
use Symfony\Component\HttpKernel\Event\TerminateEvent;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

/**
 * @file A small Symfony application: a page for each thing that may go wrong in a worker.
 */
final class Kernel extends BaseKernel
{
    use MicroKernelTrait;

    private int $handled = 0;

    public function boot(): void
    {
        if (\getenv('BOOT_FAILS') !== false) {
            throw new \RuntimeException('boot boom');
        }
        parent::boot();
    }

    public function registerBundles(): iterable
    {
        return [new FrameworkBundle()];
    }

    public function getProjectDir(): string
    {
        return \dirname(__DIR__);
    }

    public function getCacheDir(): string
    {
        return \getenv('TMPDIR') . '/cache';
    }

    public function getLogDir(): string
    {
        return \getenv('TMPDIR') . '/log';
    }

    public function hello(): Response
    {
        return new Response("hello\n", 200, ['Content-Type' => 'text/plain']);
    }

    public function cart(Request $request, Cart $cart): Response
    {
        $cart->items[] = (string) $request->query->get('item');
        return new JsonResponse([
            'items' => $cart->items, 'resets' => $cart->resets, 'handled' => ++$this->handled,
            'pid' => \getmypid(), 'env' => $_SERVER['APP_ENV'] ?? null,
        ]);
    }

    public function visits(Request $request): Response
    {
        $session = $request->getSession();
        $session->set('visits', $session->get('visits', 0) + 1);
        $answer = new Response((string) $session->get('visits'));
        $answer->headers->setCookie(Cookie::create('seen', 'yes'));
        return $answer;
    }

    public function upload(Request $request): Response
    {
        $file = $request->files->get('file');
        $sha = \sha1_file($file->getPathname());
        $valid = $file->isValid();
        $moved = $file->move((string) \getenv('TMPDIR'), 'moved');
        return new JsonResponse([
            'name' => $file->getClientOriginalName(), 'sha' => $sha, 'valid' => $valid,
            'moved' => \sha1_file($moved->getPathname()), 'field' => $request->request->get('field'),
        ]);
    }

    public function seen(Request $request): Response
    {
        return new JsonResponse([
            'method' => $request->getMethod(), 'path' => $request->getPathInfo(),
            'base' => $request->getBaseUrl(), 'query' => $request->query->all(),
            'form' => $request->request->all(), 'body' => $request->getContent(),
            'cookies' => $request->cookies->all(), 'host' => $request->getHttpHost(),
            'x-one' => $request->headers->get('x-one'), 'ip' => $request->getClientIp(),
            'user' => $request->getUser(), 'uri' => $request->getUri(),
        ]);
    }

    public function throws(): Response
    {
        throw new \DomainException('thrown on purpose');
    }

    public function stream(): Response
    {
        return new StreamedResponse(static function (): void {
            for ($i = 1; $i <= 3; ++$i) {
                echo "part $i\n";
                \ob_flush();
                \flush();
            }
        });
    }

    /** A stream that breaks, with `part` after some of it. */
    public function torn(Request $request): Response
    {
        return new StreamedResponse(static function () use ($request): void {
            echo (string) $request->query->get('part');
            throw new \LogicException('torn on purpose');
        });
    }

    public function file(): Response
    {
        BinaryFileResponse::trustXSendfileTypeHeader();
        return new BinaryFileResponse(__FILE__, 200, ['Content-Type' => 'text/plain']);
    }

    public function onTerminate(TerminateEvent $event): void
    {
        if ($event->getRequest()->query->has('count')) {
            \file_put_contents(\getenv('TMPDIR') . '/ends', 'x', \FILE_APPEND);
        }
        if ($event->getRequest()->query->has('mark')) {
            \file_put_contents(\getenv('TMPDIR') . '/terminated', \getmypid());
        }
    }

    private function configureContainer(ContainerConfigurator $container): void
    {
        $container->extension('framework', [
            'secret' => 'test',
            'http_method_override' => false,
            'session' => [
                'storage_factory_id' => 'session.storage.factory.native',
                'handler_id' => null,
                'save_path' => \getenv('TMPDIR'),
            ],
        ]);
        $container->services()->defaults()->autowire()->autoconfigure()
            ->set(Cart::class);
        $container->services()->get('kernel')
            ->tag('kernel.event_listener', ['event' => 'kernel.terminate', 'method' => 'onTerminate']);
    }

    private function configureRoutes(RoutingConfigurator $routes): void
    {
        foreach (['hello', 'cart', 'visits', 'upload', 'seen', 'stream', 'torn', 'file'] as $each) {
            $routes->add($each, "/$each")->controller("kernel::$each");
        }
        $routes->add('throws', '/throw')->controller('kernel::throws');
    }
}
