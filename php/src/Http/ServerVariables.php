<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

use Kraken\Request;

/**
 * @file What `$_SERVER` would say of a request, for libraries that read it from there.
 *
 * It does not touch `$_SERVER` itself.
 *
 * @internal
 */
final class ServerVariables
{
    /**
     * The line of the request and the client, without headers.
     *
     * @return array<string, mixed>
     */
    public static function ofLine(Request $request): array
    {
        $address = $request->remoteAddress();
        $colon = (int) \strrpos($address, ':');
        return [
            'REQUEST_METHOD' => $request->method(),
            'REQUEST_URI' => $request->target(),
            'QUERY_STRING' => $request->query(),
            'SERVER_PROTOCOL' => 'HTTP/' . $request->protocolVersion(),
            'REQUEST_SCHEME' => $request->scheme(),
            'HTTPS' => $request->scheme() === 'https' ? 'on' : 'off',
            'HTTP_HOST' => $request->host(),
            'REMOTE_ADDR' => \trim(\substr($address, 0, $colon), '[]'),
            'REMOTE_PORT' => (int) \substr($address, $colon + 1),
            'REQUEST_TIME' => \time(),
            'REQUEST_TIME_FLOAT' => \microtime(true),
        ];
    }

    /**
     * All of it, headers as `HTTP_..`; `Proxy` and names with `_` are left out, as CGI demands.
     *
     * @return array<string, mixed>
     */
    public static function of(Request $request): array
    {
        $variables = [];
        foreach ($request->headers() as $name => $values) {
            $name = (string) $name;
            if ($name !== 'proxy' && !\str_contains($name, '_')) {
                $variables['HTTP_' . \strtr(\strtoupper($name), '-', '_')] =
                    \implode($name === 'cookie' ? '; ' : ', ', $values);
            }
        }
        // Without the prefix, as CGI names them.
        foreach (['CONTENT_TYPE', 'CONTENT_LENGTH'] as $plain) {
            if (isset($variables["HTTP_$plain"])) {
                $variables[$plain] = $variables["HTTP_$plain"];
                unset($variables["HTTP_$plain"]);
            }
        }
        $host = \parse_url('//' . $request->host());
        $default = $request->scheme() === 'https' ? 443 : 80;
        return self::ofLine($request) + $variables + [
            'SERVER_NAME' => \trim((string) ($host['host'] ?? ''), '[]'),
            'SERVER_PORT' => (string) ($host['port'] ?? $default),
            'SERVER_SOFTWARE' => 'kraken',
        ];
    }
}
