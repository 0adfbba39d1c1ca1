<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Demo;

/**
 * @file The HTML of the demo: templates in ../pages with `{name}` places, read once per process.
 */
final class Page
{
    /** @var array<string, string> */
    private static array $templates = [];

    /** @param array<string, mixed> $self what App knows of this worker */
    public static function home(array $self): string
    {
        return self::layout('Kraken demo', self::fill('home', [
            'alias' => $self['alias'] === '' ? 'this worker' : $self['alias'],
            'pid' => $self['pid'],
            'generation' => $self['generation'],
            'requests' => $self['requests'],
            'memory' => \sprintf('%.1f MiB', $self['memory'] / 1_048_576),
            'uptime' => \sprintf('%.1f s', $self['uptime_ms'] / 1_000),
            'php' => $self['php'],
        ]));
    }

    public static function form(): string
    {
        return self::layout('A form', self::fill('form', []));
    }

    public static function notFound(string $path): string
    {
        return self::layout('Not found', self::fill('not_found', ['path' => $path]));
    }

    private static function layout(string $title, string $content): string
    {
        // The content is markup already; only the title is text.
        return \strtr(self::template('layout'), [
            '{title}' => \htmlspecialchars($title),
            '{content}' => $content,
        ]);
    }

    /** @param array<string, mixed> $values texts, escaped here */
    private static function fill(string $template, array $values): string
    {
        $places = [];
        foreach ($values as $name => $value) {
            $places['{' . $name . '}'] = \htmlspecialchars(
                (string) $value,
                \ENT_QUOTES | \ENT_SUBSTITUTE
            );
        }
        return \strtr(self::template($template), $places);
    }

    private static function template(string $name): string
    {
        return self::$templates[$name]
            ??= (string) \file_get_contents(__DIR__ . "/../pages/$name.html");
    }
}
