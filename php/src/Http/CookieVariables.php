<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

use Kraken\Request;

/**
 * @file The cookies of a request as PHP has them in `$_COOKIE`: `a.b` is `a_b`, `x[]` an array.
 *
 * @internal
 */
final class CookieVariables
{
    /** A browser sends these only under conditions that a name made into one has not met. */
    private const PROMISES = '/^__(Host|Secure)-/i';

    /** @return array<mixed> */
    public static function of(Request $request): array
    {
        $header = (string) $request->header('cookie');
        // Other names are the same there and here.
        return \preg_match('/(?:^|;)\s*+[^=;.[ ]*+[.[ ]/', $header) === 1
            ? self::read($header, $request->path())
            : $request->cookies();
    }

    /** @return array<mixed> */
    private static function read(string $header, string $path): array
    {
        $cookies = [];
        /** @var array<string, string> $queries what makes an array, to be read at once in the end */
        $queries = [];
        $pairs = \explode(';', $header, InputLimits::fields() + 1);
        if (\count($pairs) > InputLimits::fields()) {
            \array_pop($pairs);
            InputLimits::tell(InputLimits::tooManyFields(), $path);
        }
        $deep = null;
        foreach ($pairs as $pair) {
            [$name, $value] = \explode('=', $pair, 2) + [1 => ''];
            $name = \ltrim($name);
            $query = \rawurlencode($name) . '=' . \rawurlencode(\rawurldecode($value));
            $found = InputLimits::read($query, $excess);
            $deep ??= $excess;
            $key = (string) \array_key_first($found);
            if ($found === [] || self::isForged($name, $key)) {
                continue;
            }
            if (\is_array($found[$key])) {
                $queries[$key] = (isset($queries[$key]) ? $queries[$key] . '&' : '') . $query;
                $cookies[$key] = [];
            } else {
                $cookies[$key] ??= $found[$key];
            }
        }
        InputLimits::tell($deep, $path);
        foreach ($queries as $key => $query) {
            $cookies[$key] = InputLimits::read($query)[$key];
        }
        return $cookies;
    }

    private static function isForged(string $name, string $key): bool
    {
        return \preg_match(self::PROMISES, $key) === 1 && \preg_match(self::PROMISES, $name) !== 1;
    }
}
