<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file What of Laravel Octane 2 Kraken touches: the signatures of its contracts, and a worker that
 * calls the client in Octane's order. Octane itself needs Laravel 10, which Debian has not.
 */

declare(strict_types=1);

namespace Laravel\Octane\Contracts {
    use Illuminate\Foundation\Application;
    use Illuminate\Http\Request;
    use Laravel\Octane\OctaneResponse;
    use Laravel\Octane\RequestContext;

    interface Client
    {
        public function marshalRequest(RequestContext $context): array;

        public function respond(RequestContext $context, OctaneResponse $response): void;

        public function error(
            \Throwable $e,
            Application $app,
            Request $request,
            RequestContext $context
        ): void;
    }
}

namespace Laravel\Octane {
    use Illuminate\Contracts\Http\Kernel;
    use Illuminate\Foundation\Application;
    use Illuminate\Http\Request;
    use Symfony\Component\HttpFoundation\Response;

    final class RequestContext implements \ArrayAccess
    {
        public function __construct(public array $data = [])
        {
        }

        public function offsetExists(mixed $offset): bool
        {
            return isset($this->data[$offset]);
        }

        public function offsetGet(mixed $offset): mixed
        {
            return $this->data[$offset];
        }

        public function offsetSet(mixed $offset, mixed $value): void
        {
            $this->data[$offset] = $value;
        }

        public function offsetUnset(mixed $offset): void
        {
            unset($this->data[$offset]);
        }
    }

    final class OctaneResponse
    {
        public function __construct(public Response $response, public ?string $outputBuffer = null)
        {
        }
    }

    final class ApplicationFactory
    {
        public function __construct(protected string $basePath)
        {
        }

        public function createApplication(): Application
        {
            $app = require $this->basePath . '/bootstrap/app.php';
            $app->instance('request', Request::create('http://localhost'));
            $app->make(Kernel::class)->bootstrap();
            return $app;
        }
    }

    final class Worker
    {
        private ?Application $app = null;

        public function __construct(
            protected ApplicationFactory $appFactory,
            protected Contracts\Client $client
        ) {
        }

        public function boot(array $initialInstances = []): void
        {
            $this->app = $this->appFactory->createApplication();
        }

        public function handle(Request $request, RequestContext $context): void
        {
            $responded = false;
            \ob_start();
            try {
                if ($request->path() === 'broken') {
                    throw new \DomainException('thrown by the sandbox');
                }
                $kernel = $this->app->make(Kernel::class);
                $response = $kernel->handle($request);
                if ($request->query('print')) {
                    echo $request->query('print');
                }
                $printed = \ob_get_clean();
                $this->client->respond($context, new OctaneResponse($response, $printed));
                $responded = true;
                $kernel->terminate($request, $response);
                \touch(\getenv('TMPDIR') . '/after-' . $request->query('mark'));
            } catch (\Throwable $e) {
                \ob_end_clean();
                if (!$responded) {
                    $this->client->error($e, $this->app, $request, $context);
                }
            }
        }

        public function terminate(): void
        {
            \touch(\getenv('TMPDIR') . '/terminated');
        }
    }
}
