<?php
// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file Answers what a request's server variables are, as an application gets them: SPEAKS says by
 *       which way. The same script in every carrier.
 */

declare(strict_types=1);

use Kraken\HttpFoundation\Conversion;
use Kraken\Psr7Adapter;
use Kraken\Request;
use Kraken\Response;
use Kraken\Worker;
use Psr\Http\Message\ServerRequestInterface;

$speaks = getenv('SPEAKS');
if ($speaks === 'superglobals') {
    Kraken\handle(static function (): void {
        echo json_encode($_SERVER);
    });
    return;
}

require dirname(__DIR__, 3) . '/php/autoload.php';
if ($speaks === 'psr7') {
    require 'Nyholm/Psr7/autoload.php';
    Worker::run(Psr7Adapter::calling(
        static fn (ServerRequestInterface $request): Nyholm\Psr7\Response
            => new Nyholm\Psr7\Response(200, [], json_encode($request->getServerParams()))
    ));
} else {
    require 'Symfony/Component/HttpFoundation/autoload.php';
    Worker::run(static function (Request $request): Response {
        $converted = Conversion::request($request);
        $found = $converted->server->all();
        $converted->overrideGlobals(); // what an application may do; the next one must not see it
        return Response::json($found);
    });
}
