<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

use Kraken\Log;

/**
 * @file How much of a form is read, as PHP's settings say: the rest is left out, and the log has it
 * in PHP's words. A warning of PHP itself would be an exception under most frameworks' handlers.
 *
 * @internal
 */
final class InputLimits
{
    private const SETTING = ' exceeded %d. To increase the limit change %s in php.ini.';

    private function __construct()
    {
    }

    public static function fields(): int
    {
        return (int) \ini_get('max_input_vars');
    }

    /** Fields and files of a multipart body. */
    public static function parts(): int
    {
        $parts = (int) (\ini_get('max_multipart_body_parts') ?: -1);
        return $parts >= 0 ? $parts : self::fields() + self::files();
    }

    public static function files(): int
    {
        return (int) \ini_get('max_file_uploads');
    }

    /** A urlencoded text up to the last field that PHP would read. */
    public static function cut(string $text): string
    {
        $max = self::fields();
        if (\substr_count($text, '&') < $max) {
            return $text;
        }
        $end = \strlen($text);
        // Separators in a row have no field between them.
        $at = \strspn($text, '&');
        for ($count = 0; $at < $end; ++$count) {
            if ($count === $max) {
                return \substr($text, 0, $at);
            }
            $at += \strcspn($text, '&', $at);
            $at += \strspn($text, '&', $at);
        }
        return $text;
    }

    /** @param string $path of the request */
    public static function tellFields(string $path): void
    {
        $text = \sprintf('Input variables' . self::SETTING, self::fields(), 'max_input_vars');
        Log::warn($text, ['path' => $path]);
    }

    /** @param string $path of the request */
    public static function tellParts(string $path): void
    {
        $text = 'Multipart body parts limit' . self::SETTING;
        Log::warn(\sprintf($text, self::parts(), 'max_multipart_body_parts'), ['path' => $path]);
    }

    /** @param string $path of the request */
    public static function tellFiles(string $path): void
    {
        $text = 'Maximum number of allowable file uploads has been exceeded';
        Log::warn($text, ['path' => $path]);
    }
}
