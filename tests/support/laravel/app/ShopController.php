<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Shop;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Support\Facades\Config;
use Illuminate\Support\Facades\Cookie;
use Illuminate\Support\Facades\Event;
use Illuminate\Support\Facades\Gate;
use Symfony\Component\HttpFoundation\StreamedResponse;

/**
 * @file A page for each thing that may go wrong in a worker.
 */
final class ShopController
{
    private static int $handled = 0;
    private int $calls = 0;

    public function __construct(private readonly Cart $cart)
    {
    }

    public function hello(): Response
    {
        return new Response("hello\n", 200, ['Content-Type' => 'text/plain']);
    }

    public function cart(Request $request): JsonResponse
    {
        $this->cart->items[] = (string) $request->query('item');
        return new JsonResponse([
            'items' => $this->cart->items, 'handled' => ++self::$handled, 'pid' => \getmypid(),
            'calls' => ++$this->calls,
        ]);
    }

    /** Changes what belongs to the application, after it has told how it found it. */
    public function state(Request $request): JsonResponse
    {
        $found = [
            'name' => Config::get('app.name'), 'bound' => app()->bound('left'),
            'listeners' => \count(Event::getListeners('left')), 'locale' => app()->getLocale(),
            'console' => app()->runningInConsole(), 'gate' => Gate::allows('shop'),
            'own' => app('request') === $request && app() === app('app'),
            'url' => url('/a'),
        ];
        Config::set('app.name', 'changed');
        app()->instance('left', 1);
        Event::listen('left', static fn () => null);
        app()->setLocale('de');
        Cookie::queue('left', '1');
        app()->terminating(static fn () => \file_put_contents(\getenv('TMPDIR') . '/terminated', 'x', \FILE_APPEND));
        return new JsonResponse($found);
    }

    public function visits(Request $request): Response
    {
        $visits = $request->session()->increment('visits');
        return (new Response((string) $visits))
            ->withCookie(\Symfony\Component\HttpFoundation\Cookie::create('plain', 'x'))
            ->header('X-Visits', (string) $visits);
    }

    public function upload(Request $request): JsonResponse
    {
        $file = $request->file('file');
        $sha = \sha1_file($file->getPathname());
        $valid = $file->isValid();
        $moved = $file->move((string) \getenv('TMPDIR'), 'moved');
        return new JsonResponse([
            'name' => $file->getClientOriginalName(), 'sha' => $sha, 'valid' => $valid,
            'moved' => \sha1_file($moved->getPathname()), 'field' => $request->post('field'),
        ]);
    }

    public function seen(Request $request): JsonResponse
    {
        return new JsonResponse([
            'method' => $request->method(), 'path' => $request->getPathInfo(),
            'query' => $request->query->all(), 'form' => $request->request->all(),
            'body' => $request->getContent(), 'cookies' => $request->cookies->all(),
            'host' => $request->getHttpHost(), 'x-one' => $request->header('x-one'),
            'ip' => $request->ip(),
        ]);
    }

    public function throws(): never
    {
        throw new \DomainException('thrown on purpose');
    }

    /** A stream that breaks, with `part` after some of it. */
    public function torn(Request $request): StreamedResponse
    {
        return response()->stream(static function () use ($request): void {
            echo (string) $request->query('part');
            throw new \LogicException('torn on purpose');
        });
    }

    public function late(): Response
    {
        app()->terminating(static fn () => throw new \DomainException('too late'));
        return $this->hello();
    }

    public function stream(): StreamedResponse
    {
        return new StreamedResponse(static function (): void {
            for ($i = 1; $i <= 3; ++$i) {
                echo "part $i\n";
                \ob_flush();
                \flush();
            }
        });
    }
}
