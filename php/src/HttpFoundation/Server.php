<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\HttpFoundation;

use Kraken\Carrier;
use Kraken\Request;
use Kraken\Response;
use Kraken\Worker;
use Symfony\Component\HttpFoundation\File\UploadedFile;
use Symfony\Component\HttpFoundation\Request as FoundationRequest;
use Symfony\Component\HttpFoundation\Response as FoundationResponse;

/**
 * @file The loop of a worker whose application speaks HttpFoundation: Symfony, Laravel.
 *
 * In kraken-php requests are built from the superglobals, elsewhere from Kraken\Request. It knows
 * nothing of kernels: what handles a request and what follows are callables.
 */
final class Server
{
    /** @var array{FoundationRequest, ?FoundationResponse}|null what is to be ended */
    private ?array $turn = null;
    private ?\Throwable $broken = null;

    /**
     * @param \Closure(FoundationRequest): FoundationResponse $handle
     * @param \Closure(FoundationRequest, ?FoundationResponse): void $after runs when the client has
     *        its answer; without an answer when $handle failed. If it throws, the process ends: what
     *        the application kept of the request is in no known state.
     * @param class-string<UploadedFile> $fileClass
     */
    public function __construct(
        private readonly \Closure $handle,
        private readonly \Closure $after,
        private readonly string $fileClass = UploadedFile::class
    ) {
    }

    /**
     * Serves until the daemon wants this process gone.
     *
     * @throws \LogicException outside a worker
     * @throws \Throwable what $after has thrown
     */
    public function run(): void
    {
        match (Carrier::current()) {
            Carrier::Superglobals => $this->serveSuperglobals(),
            Carrier::Package => Worker::run($this->answer(...), $this->end(...)),
            Carrier::None => throw new \LogicException('this is no worker of Kraken'),
        };
    }

    private function serveSuperglobals(): void
    {
        $booted = $_SERVER;
        $turn = function () use ($booted): void {
            // What was added while booting (a .env file) is looked for here by the application.
            $_SERVER += $booted;
            try {
                $this->turn = [FoundationRequest::createFromGlobals(), null];
                $response = ($this->handle)($this->turn[0]);
                $this->turn[1] = $response;
                $response->send();
                fastcgi_finish_request();
            } finally {
                // Here, not after the turn: until it is done the worker has to count as busy.
                try {
                    $this->end();
                } catch (\Throwable $e) {
                    $this->broken = $e;
                }
            }
        };
        while (frankenphp_handle_request($turn)) {
            if ($this->broken !== null) {
                throw $this->broken;
            }
        }
    }

    private function answer(Request $request): Response
    {
        $converted = Conversion::request($request, $this->fileClass);
        $this->turn = [$converted, null];
        $response = ($this->handle)($converted);
        $this->turn[1] = $response;
        return Conversion::response($response);
    }

    private function end(): void
    {
        if ($this->turn !== null) {
            [$request, $response] = $this->turn;
            $this->turn = null;
            ($this->after)($request, $response);
        }
    }
}
