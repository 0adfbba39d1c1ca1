<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\HttpFoundation;

use Kraken\Carrier;
use Kraken\Protocol\Link;
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
     *        its answer; without an answer when there was none, or sending it failed. If it throws,
     *        the process ends: what the application kept of the request is in no known state.
     * @param ?\Closure(FoundationRequest, \Throwable): void $failed shows what became of a request
     *        that has no answer, or whose answer broke while it was printed, before $after runs; if
     *        it throws, the process ends. Without it PHP's handlers are asked, after $after.
     * @param class-string<UploadedFile> $fileClass
     */
    public function __construct(
        private readonly \Closure $handle,
        private readonly \Closure $after,
        private readonly ?\Closure $failed = null,
        private readonly string $fileClass = UploadedFile::class
    ) {
    }

    /**
     * Serves until the daemon wants this process gone.
     *
     * @throws \LogicException outside a worker
     * @throws \Throwable what $after or $failed has thrown, for no handler of the framework
     */
    public function run(): void
    {
        match (Carrier::current()) {
            Carrier::Superglobals => self::decisive($this->serveSuperglobals(...)),
            Carrier::Package => self::decisive(
                fn () => Worker::run($this->answer(...), $this->end(...))
            ),
            Carrier::None => throw new \LogicException('this is no worker of Kraken'),
        };
    }

    /**
     * What this throws is to be why the process ends: a handler that a framework has set would make
     * a page of it, which nobody reads, and the daemon would not be told.
     *
     * @template T
     * @param \Closure(): T $what
     * @return T
     */
    public static function decisive(\Closure $what): mixed
    {
        try {
            return $what();
        } catch (\Throwable $e) {
            $link = Link::current();
            \set_exception_handler($link === null ? null : $link->crash->onException(...));
            // Laravel makes the page once more when PHP shuts down.
            $link === null && \ob_start(static fn (): string => '');
            throw $e;
        }
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
            } catch (\Throwable $e) {
                $this->fail($e);
            } finally {
                // Here, not after the turn: until it is done the worker has to count as busy.
                try {
                    $this->end();
                } catch (\Throwable $e) {
                    $this->broken ??= $e;
                }
            }
        };
        while (frankenphp_handle_request($turn)) {
            if ($this->broken !== null) {
                throw $this->broken;
            }
        }
    }

    /** @throws \Throwable the same, where nobody shows it */
    private function fail(\Throwable $e): void
    {
        if ($this->turn === null || $this->failed === null) {
            throw $e;
        }
        $this->turn[1] = null;
        try {
            ($this->failed)($this->turn[0], $e);
        } catch (\Throwable $again) {
            \headers_sent() || \http_response_code(500);
            $this->broken = $again;
        }
    }

    private function answer(Request $request): Response
    {
        $converted = Conversion::request($request, $this->fileClass);
        $this->turn = [$converted, null];
        $response = ($this->handle)($converted);
        $this->turn[1] = $response;
        return Conversion::response($response, $request->method());
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
