<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Laravel;

use Illuminate\Foundation\Application;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Kraken\Log;
use Laravel\Octane\Contracts\Client;
use Laravel\Octane\OctaneResponse;
use Laravel\Octane\RequestContext;

/**
 * @file Octane's view of Kraken: hands it requests, takes its answers.
 *
 * Its calls are made within the fiber of Worker, which each answer suspends. Requests come in the
 * context, under `request`.
 */
final class OctaneClient implements Client
{
    /** @return array{Request, RequestContext} */
    public function marshalRequest(RequestContext $context): array
    {
        return [$context['request'], $context];
    }

    public function respond(RequestContext $context, OctaneResponse $octaneResponse): void
    {
        $response = $octaneResponse->response;
        if ((string) $octaneResponse->outputBuffer !== '' && $response->getContent() !== false) {
            $response->setContent($octaneResponse->outputBuffer . $response->getContent());
        }
        \Fiber::suspend($response);
    }

    public function error(
        \Throwable $e,
        Application $app,
        Request $request,
        RequestContext $context
    ): void {
        Log::error($e->getMessage(), [
            'class' => $e::class,
            'at' => $e->getFile() . ':' . $e->getLine(),
            'request' => $request->method() . ' ' . $request->path(),
        ]);
        $shown = $app->make('config')->get('app.debug') ? (string) $e : 'Internal Server Error';
        \Fiber::suspend(new Response($shown . "\n", 500, ['Content-Type' => 'text/plain']));
    }
}
