<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

use Kraken\Request;

/**
 * @file What `$_SERVER` would say of a request, for libraries that read it from there: the same as
 * under kraken-php, entry by entry.
 *
 * It does not touch `$_SERVER` itself.
 *
 * @internal
 */
final class ServerVariables
{
    /** @var ?array<string, mixed> the process's own: environment, arguments, script */
    private static ?array $own = null;

    /**
     * The request, the script, the environment. Headers as `HTTP_..`, but `Proxy` and names of
     * anything but letters, digits and `-`: those would pass for the header that only a proxy may
     * send (`X_A`, `X.A` for `X-A`).
     *
     * @return array<string, mixed>
     */
    public static function of(Request $request): array
    {
        // Before a handler has seen a request, and once: one may put all of this into $_SERVER.
        self::$own ??= self::ofProcess();
        return self::ofLine($request) + self::ofFields($request) + self::$own;
    }

    /** Path and query of a target, also of one that is a whole URL; `*` stays. */
    public static function originForm(string $target): string
    {
        if (\preg_match('~^[a-z][a-z0-9+.-]*://[^/?#]*(.*)$~is', $target, $found) !== 1) {
            return $target;
        }
        return \str_starts_with($found[1], '/') ? $found[1] : "/$found[1]";
    }

    /** @return array<string, mixed> */
    private static function ofLine(Request $request): array
    {
        [$name, $asked] = self::split($request->host());
        [$address, $port] = self::split($request->localAddress());
        [$client, $clientPort] = self::split($request->remoteAddress());
        $secure = $request->scheme() === 'https';
        $time = \microtime(true);
        return [
            'SERVER_PROTOCOL' => 'HTTP/' . $request->protocolVersion(),
            'SERVER_NAME' => $name,
            'SERVER_ADDR' => $address,
            'SERVER_PORT' => $port ?: $asked ?: ($secure ? '443' : '80'),
            'REQUEST_SCHEME' => $request->scheme(),
            'REMOTE_ADDR' => $client === '' ? 'unix:' : $client, // as nginx has it
            'REMOTE_PORT' => $clientPort,
            'REQUEST_METHOD' => $request->method(),
            'REQUEST_URI' => self::originForm($request->target()),
            'QUERY_STRING' => $request->query(),
            'REQUEST_TIME_FLOAT' => $time,
            'REQUEST_TIME' => (int) $time,
        ] + ($secure ? ['HTTPS' => 'on'] : []);
    }

    /** @return array<string, string> */
    private static function ofFields(Request $request): array
    {
        $length = \strlen($request->body());
        $named = $length !== 0 || $request->header('content-length', '') !== '';
        $variables = [
            'CONTENT_TYPE' => (string) $request->header('content-type'),
            'CONTENT_LENGTH' => $named ? (string) $length : '',
        ] + self::ofClient((string) $request->header('authorization'));
        foreach ($request->headers() as $name => $values) {
            $name = (string) $name;
            if (\preg_match('/^[a-z0-9-]+$/D', $name) === 1
                && !\in_array($name, ['proxy', 'content-type', 'content-length'], true)) {
                $variables['HTTP_' . \strtr(\strtoupper($name), '-', '_')] =
                    \implode($name === 'cookie' ? '; ' : ', ', $values);
            }
        }
        return $variables;
    }

    /**
     * Who the client says it is, as PHP's own server interfaces read it.
     *
     * @return array<string, string>
     */
    private static function ofClient(string $authorization): array
    {
        if (\strncasecmp($authorization, 'Basic ', 6) === 0) {
            $said = \explode(':', (string) \base64_decode(\substr($authorization, 6)), 2);
            return \count($said) < 2 ? [] : [
                'REMOTE_USER' => $said[0],
                'PHP_AUTH_USER' => $said[0],
                'PHP_AUTH_PW' => $said[1],
            ];
        }
        return \strncasecmp($authorization, 'Digest ', 7) === 0
            ? ['PHP_AUTH_DIGEST' => \substr($authorization, 7)]
            : [];
    }

    /** @return array<string, mixed> */
    private static function ofProcess(): array
    {
        $file = (string) \realpath(\get_included_files()[0]);
        $name = '/' . \basename($file);
        $own = $_SERVER;
        unset($own['PATH_TRANSLATED']); // the command line's; here it is of a path behind the script
        return [
            'GATEWAY_INTERFACE' => 'CGI/1.1',
            'SERVER_SOFTWARE' => 'kraken',
            'DOCUMENT_ROOT' => \dirname($file),
            'DOCUMENT_URI' => $name,
            'SCRIPT_FILENAME' => $file,
            'SCRIPT_NAME' => $name,
            'PHP_SELF' => $name,
        ] + $own;
    }

    /**
     * `name`, `name:port`, `[v6]:port`; the brackets of an address are dropped.
     *
     * @return array{string, string}
     */
    private static function split(string $end): array
    {
        if (\str_starts_with($end, '[') && \str_contains($end, ']')) {
            $rest = (string) \strstr($end, ']');
            return [\substr($end, 1, -\strlen($rest)), \ltrim($rest, ']:')];
        }
        $colon = \strrpos($end, ':');
        return $colon === false || \str_starts_with($end, '[')
            ? [$end, '']
            : [\substr($end, 0, $colon), \substr($end, $colon + 1)];
    }
}
