<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file A small Slim application, booted once; the container is reset after each answer.
 */

declare(strict_types=1);

require_once 'Slim/autoload.php';
require_once 'Nyholm/Psr7/autoload.php';
require_once __DIR__ . '/../../../php/autoload.php';

use Kraken\Psr7Adapter;
use Kraken\Worker;
use Nyholm\Psr7\Response;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;

$app = new Slim\App();
$handled = 0;
$cart = new class () {
    /** @var list<string> */
    public array $items = [];
    public function reset(): void
    {
        $this->items = [];
    }
};

function json(ResponseInterface $answer, mixed $data): ResponseInterface
{
    $answer->getBody()->write((string) json_encode($data));
    return $answer->withHeader('Content-Type', 'application/json');
}

// Slim binds routes to its container: they cannot be static.
$app->get('/hello', function ($request, ResponseInterface $answer): ResponseInterface {
    $answer->getBody()->write("hello\n");
    return $answer->withHeader('Content-Type', 'text/plain');
});
$app->get('/cart', function (ServerRequestInterface $request, $answer) use ($cart, &$handled) {
    $cart->items[] = $request->getQueryParams()['item'] ?? '';
    return json($answer, ['items' => $cart->items, 'handled' => ++$handled, 'pid' => getmypid()]);
});
$app->get('/throw', fn () => throw new DomainException('thrown on purpose'));
$app->get('/visits', fn ($request, $answer) => $answer
    ->withAddedHeader('Set-Cookie', 'seen=yes; Path=/')
    ->withAddedHeader('Set-Cookie', 'more=1; Path=/'));
$app->map(['GET', 'POST', 'PUT'], '/seen', fn (ServerRequestInterface $r, $answer) => json($answer, [
    'method' => $r->getMethod(), 'path' => $r->getUri()->getPath(), 'query' => $r->getQueryParams(),
    'form' => $r->getParsedBody() ?? [], 'body' => (string) $r->getBody(),
    'cookies' => $r->getCookieParams(), 'host' => $r->getHeaderLine('host'),
    'x-one' => $r->hasHeader('x-one') ? $r->getHeaderLine('x-one') : null,
    'ip' => $r->getServerParams()['REMOTE_ADDR'],
]));
$app->post('/upload', function (ServerRequestInterface $request, $answer) {
    $file = $request->getUploadedFiles()['file'];
    $sha = sha1((string) $file->getStream());
    $to = getenv('TMPDIR') . '/moved';
    $file->moveTo($to);
    return json($answer, [
        'name' => $file->getClientFilename(), 'sha' => $sha, 'moved' => sha1_file($to),
        'valid' => $file->getError() === UPLOAD_ERR_OK, 'field' => $request->getParsedBody()['field'],
    ]);
});
// Slim 4 is a PSR-15 handler: Worker::run($app, $cart->reset(...)).
Worker::run(
    Psr7Adapter::calling(static fn (ServerRequestInterface $request): ResponseInterface
        => $app->process($request, new Response())),
    $cart->reset(...)
);
