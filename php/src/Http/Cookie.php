<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

/**
 * @file The value of a Set-Cookie header; reading cookies is Request's business.
 *
 * @internal
 */
final class Cookie
{
    private const DEFAULTS = [
        'expires' => 0,
        'path' => '/',
        'domain' => '',
        'secure' => false,
        'httponly' => true,
        'samesite' => 'Lax',
    ];

    /**
     * @param array<string, mixed> $options as Response::withCookie()
     * @throws \InvalidArgumentException
     */
    public static function header(string $name, string $value, array $options): string
    {
        $unknown = \array_diff_key($options, self::DEFAULTS);
        if ($unknown !== []) {
            throw new \InvalidArgumentException('unknown cookie option ' . \key($unknown));
        }
        if (\preg_match('/^[!#$%&\'*+\-.^_`|~0-9A-Za-z]+$/D', $name) !== 1) {
            throw new \InvalidArgumentException("'$name' cannot be the name of a cookie");
        }
        $options += self::DEFAULTS;
        $header = $name . '=' . \rawurlencode($value);
        if ((int) $options['expires'] !== 0) {
            $header .= '; Expires=' . \gmdate('D, d M Y H:i:s', (int) $options['expires']) . ' GMT';
        }
        foreach (['path' => 'Path', 'domain' => 'Domain', 'samesite' => 'SameSite'] as $key => $label) {
            $text = (string) $options[$key];
            if (\strpbrk($text, ";,\r\n\0 ") !== false) {
                throw new \InvalidArgumentException("the cookie option $key cannot be '$text'");
            }
            $header .= $text === '' ? '' : "; $label=$text";
        }
        return $header . ($options['secure'] ? '; Secure' : '')
            . ($options['httponly'] ? '; HttpOnly' : '');
    }
}
