<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file An application on the Narya SDK as its authors publish it: NARYA_SDK names the folder of
 * its sources.
 */

declare(strict_types=1);

use Narya\SDK\Contracts\ApplicationWorker;
use Narya\SDK\Contracts\NaryaRequest;
use Narya\SDK\Contracts\NaryaResponse;
use Narya\SDK\Lifecycle\LifecycleManager;
use Narya\SDK\Runtime\Worker;
use Narya\SDK\Runtime\WorkerResponse;

spl_autoload_register(static function (string $class): void {
    $name = strtr(substr($class, strlen('Narya\\SDK\\')), '\\', '/');
    require getenv('NARYA_SDK') . "/$name.php";
});

$application = new class () implements ApplicationWorker {
    private int $resets = 0;

    public function handle(NaryaRequest $request): array|NaryaResponse
    {
        return match ($request->getPath()) {
            '/show' => WorkerResponse::create(200, ['Content-Type' => ['application/json']], json_encode([
                'id' => $request->getId(),
                'method' => $request->getMethod(),
                'uri' => $request->getUri(),
                'query' => $request->getQueryParams(),
                'headers' => $request->getHeaders(),
                'sha1' => sha1($request->getBody()),
                'worker' => $request->getWorkerId(),
                'runtime' => $request->getRuntimeVersion(),
                'resets' => $this->resets,
                'pid' => getmypid(),
            ])),
            '/array' => ['status' => 201, 'headers' => [], 'body' => ['a' => 1], 'error' => ''],
            '/throw' => throw new DomainException('secret'),
            '/big' => WorkerResponse::create(200, [], str_repeat('x', 11_000_000)),
            '/exit' => exit(0),
            default => WorkerResponse::create(404, [], 'nothing here'),
        };
    }

    public function reset(): void
    {
        ++$this->resets;
    }
};

$lifecycle = (new LifecycleManager())
    ->onBoot(static fn () => fwrite(STDERR, "sdk boots\n"))
    ->onShutdown(static fn () => fwrite(STDERR, "sdk shuts down\n"));

(new Worker($application, null, 10_000, $lifecycle))->run();
