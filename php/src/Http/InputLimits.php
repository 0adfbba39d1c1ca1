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

    public static function nesting(): int
    {
        return (int) \ini_get('max_input_nesting_level');
    }

    /**
     * A urlencoded text as PHP reads it.
     *
     * @param ?string $excess set: the limit that it exceeds; what is beyond was left out
     * @return array<mixed>
     */
    public static function read(string $text, ?string &$excess = null): array
    {
        $excess = null;
        if ($text === '') {
            return [];
        }
        $fits = \substr_count($text, '&') < self::fields();
        if ($fits && !\str_contains($text, '[') && !\str_contains($text, '%5')) {
            \parse_str($text, $fields); // nearly always
            return $fields;
        }
        $read = $fits ? $text : self::cut($text);
        if (\strlen($read) < \strlen($text)) {
            $excess = self::tooManyFields();
        }
        return self::readNested($read, $excess);
    }

    public static function tooManyFields(): string
    {
        return \sprintf('Input variables' . self::SETTING, self::fields(), 'max_input_vars');
    }

    public static function tooManyParts(): string
    {
        $text = 'Multipart body parts limit' . self::SETTING;
        return \sprintf($text, self::parts(), 'max_multipart_body_parts');
    }

    public static function tooManyFiles(): string
    {
        return 'Maximum number of allowable file uploads has been exceeded';
    }

    /** @param string $path of the request */
    public static function tell(?string $excess, string $path): void
    {
        if ($excess !== null) {
            Log::warn($excess, ['path' => $path]);
        }
    }

    /** Up to the last field that PHP would read. */
    private static function cut(string $text): string
    {
        $max = self::fields();
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

    /** @return array<mixed> */
    private static function readNested(string $text, ?string &$excess): array
    {
        // All brackets might be of one name.
        if (\substr_count($text, '[') + \substr_count($text, '%5') <= self::nesting()) {
            \parse_str($text, $fields);
            return $fields;
        }
        // PHP itself drops such a name and warns, unless errors are displayed.
        \set_error_handler(static function () use (&$excess): bool {
            $excess ??= \sprintf(
                'Input variable nesting level' . self::SETTING,
                self::nesting(),
                'max_input_nesting_level'
            );
            return true;
        });
        try {
            \parse_str($text, $fields);
        } finally {
            \restore_error_handler();
        }
        return $fields;
    }
}
