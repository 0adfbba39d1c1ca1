<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

use Kraken\BadRequest;
use Kraken\UploadedFile;

/**
 * @file A decoded form: fields as PHP's `$_POST` has them, files, and their temporary files' life.
 *
 * Names with brackets nest as in PHP, because PHP's own parser is asked to read them.
 *
 * @internal
 */
final class FormData
{
    /**
     * @param array<mixed> $fields
     * @param array<mixed> $files name to UploadedFile, nested as the names say
     * @param list<string> $temporary files to delete at the end; more than $files shows when two
     *        parts have one name
     */
    private function __construct(
        public readonly array $fields,
        public readonly array $files,
        private array $temporary
    ) {
    }

    /**
     * The form a body holds, by its content type; an empty one for other types. Of one with too
     * many fields or files the first ones, and a line in the log.
     *
     * @param string $path of the request
     * @throws BadRequest
     */
    public static function of(string $contentType, string $body, string $path): self
    {
        $type = \strtolower(\trim(\explode(';', $contentType, 2)[0]));
        if ($type === 'application/x-www-form-urlencoded') {
            $fields = InputLimits::read($body, $excess);
            InputLimits::tell($excess, $path);
            return new self($fields, [], []);
        }
        if ($type !== 'multipart/form-data') {
            return new self([], [], []);
        }
        $parts = new Multipart(Multipart::boundary($contentType), $body);
        $texts = [];
        $stored = [];
        $uploads = new Uploads($path);
        $max = InputLimits::fields();
        $count = 0;
        try {
            foreach ($parts->each(InputLimits::parts()) as $part) {
                if ($part === null) {
                    InputLimits::tell(InputLimits::tooManyParts(), $path);
                } elseif ($part->filename === null) {
                    if (++$count <= $max) {
                        $texts[] = [$part->name, $part->body()];
                    } elseif ($count === $max + 1) {
                        InputLimits::tell(InputLimits::tooManyFields(), $path);
                    }
                    if (\strtoupper($part->name) === 'MAX_FILE_SIZE') {
                        $uploads->limit((int) $part->body());
                    }
                } else {
                    $file = $uploads->store($part);
                    if ($file !== null) {
                        $stored[] = [$part->name, $file];
                    }
                }
            }
            $fields = self::nest($texts, $excess);
            InputLimits::tell($excess, $path);
            return new self($fields, self::nest($stored), $uploads->paths());
        } catch (\Throwable $e) {
            $uploads->discard();
            throw $e;
        }
    }

    /** Deletes the temporary files that are still there. */
    public function release(): void
    {
        foreach ($this->temporary as $path) {
            @\unlink($path);
        }
        $this->temporary = [];
    }

    /**
     * Nests texts or files by the brackets in their names: the names are parsed with an index as
     * value, which then becomes the text or file. A large text is not copied for it.
     *
     * @param list<array{string, string|UploadedFile}> $values
     * @param ?string $excess as of InputLimits::read()
     * @return array<mixed>
     */
    private static function nest(array $values, ?string &$excess = null): array
    {
        $pairs = [];
        foreach ($values as $index => [$name]) {
            $pairs[] = \urlencode($name) . '=' . $index;
        }
        $nested = InputLimits::read(\implode('&', $pairs), $excess);
        \array_walk_recursive($nested, static function (mixed &$index) use ($values): void {
            $index = $values[(int) $index][1];
        });
        return $nested;
    }
}
