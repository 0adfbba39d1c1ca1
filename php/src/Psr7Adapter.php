<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

use Kraken\Http\CookieVariables;
use Kraken\Http\ServerVariables;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestFactoryInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Message\StreamInterface;
use Psr\Http\Message\UploadedFileFactoryInterface;
use Psr\Http\Message\UploadedFileInterface;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * @file Lets a PSR-15 handler serve: Request to PSR-7 by a PSR-17 factory, PSR-7 answer to Response.
 *
 * Loaded only when it is used; the PSR packages are the application's, not this package's.
 */
final class Psr7Adapter
{
    /** Factories looked for, in this order, each implementing all of PSR-17. */
    private const FACTORIES = [
        'Nyholm\Psr7\Factory\Psr17Factory',
        'GuzzleHttp\Psr7\HttpFactory',
        'HttpSoft\Message\Psr17Factory',
    ];
    /** A body of at most this size, if the size is known, is sent in one piece. */
    private const WHOLE_BYTES_MAX = 1_048_576;
    private const PART_BYTES = 65_536;

    public function __construct(
        private readonly ServerRequestFactoryInterface&StreamFactoryInterface
            &UploadedFileFactoryInterface $factory
    ) {
    }

    /**
     * What Worker calls, for a PSR-15 handler.
     *
     * @internal
     * @return \Closure(Request): Response
     * @throws \InvalidArgumentException when it is none, or no factory is installed
     */
    public static function handler(object $handler): \Closure
    {
        if (!$handler instanceof RequestHandlerInterface) {
            throw new \InvalidArgumentException(
                $handler::class . ' is neither callable nor a Psr\Http\Server\RequestHandlerInterface'
            );
        }
        return self::calling($handler->handle(...));
    }

    /**
     * For what answers PSR-7 without being a PSR-15 handler, Slim 3 for one:
     * `Worker::run(Psr7Adapter::calling(fn ($request) => $app->process($request, new Response())))`.
     *
     * @param callable(ServerRequestInterface): ResponseInterface $handler
     * @return \Closure(Request): Response what Worker::run() takes
     * @throws \InvalidArgumentException when no PSR-17 factory is installed
     */
    public static function calling(callable $handler): \Closure
    {
        foreach (self::FACTORIES as $class) {
            if (\class_exists($class)) {
                $adapter = new self(new $class());
                return static fn (Request $request): Response
                    => $adapter->response($handler($adapter->request($request)));
            }
        }
        throw new \InvalidArgumentException(
            'PSR-7 requests need a PSR-17 factory; install nyholm/psr7 or guzzlehttp/psr7'
        );
    }

    /**
     * The request as PSR-7 has it.
     *
     * @throws BadRequest for a host that is none, `a:99999`, and as Request::form()
     */
    public function request(Request $request): ServerRequestInterface
    {
        $psr = $this->begin($request)->withProtocolVersion($request->protocolVersion());
        foreach ($request->headers() as $name => $values) {
            $psr = $psr->withHeader((string) $name, $values);
        }
        $fields = $request->form();
        $files = $request->files();
        \array_walk_recursive($files, function (mixed &$file): void {
            $file = $this->file($file);
        });
        return $psr
            ->withBody($this->factory->createStream($request->body()))
            ->withQueryParams($request->queryParams())
            ->withCookieParams(CookieVariables::of($request))
            ->withParsedBody($fields === [] && $files === [] ? null : $fields)
            ->withUploadedFiles($files);
    }

    /** The answer as this package has it; a large body, or one of unknown size, as a stream. */
    public function response(ResponseInterface $response): Response
    {
        $headers = [];
        foreach ($response->getHeaders() as $name => $values) {
            foreach ($values as $value) {
                $headers[] = [(string) $name, $value];
            }
        }
        $body = $response->getBody();
        $size = $body->getSize();
        return new Response(
            $response->getStatusCode(),
            $headers,
            $size !== null && $size <= self::WHOLE_BYTES_MAX ? (string) $body : self::parts($body)
        );
    }

    /** @return \Generator<string> */
    private static function parts(StreamInterface $body): \Generator
    {
        try {
            if ($body->isSeekable()) {
                $body->rewind();
            }
            while (!$body->eof()) {
                yield $body->read(self::PART_BYTES);
            }
        } finally {
            $body->close();
        }
    }

    private function file(UploadedFile $file): UploadedFileInterface
    {
        return $this->factory->createUploadedFile(
            $file->ok()
                ? $this->factory->createStreamFromFile($file->tmpName)
                : $this->factory->createStream(),
            $file->size,
            $file->error,
            $file->name,
            $file->type
        );
    }

    /** A target may be a whole URI (`GET http://a/b`) or `*`; a path is what is wanted. */
    private function begin(Request $request): ServerRequestInterface
    {
        $target = ServerVariables::originForm($request->target());
        $target = \str_starts_with($target, '/') ? $target : '/';
        $host = $request->host() === '' ? '' : $request->scheme() . '://' . $request->host();
        try {
            $psr = $this->factory->createServerRequest(
                $request->method(),
                $host === '' ? '/' : $host . $target,
                ServerVariables::of($request)
            );
        } catch (\InvalidArgumentException $e) {
            throw new BadRequest('The host of the request is none.', 0, $e);
        }
        if ($host !== '') {
            return $psr;
        }
        // HTTP/1.0 may come so; `//a` and `/a:80` would be read as hosts.
        [$path, $query] = \explode('?', $target, 2) + [1 => ''];
        $uri = $psr->getUri()->withPath('/' . \ltrim($path, '/'))->withQuery($query);
        return $psr->withUri($uri, true);
    }
}
