<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

use Kraken\UploadedFile;

/**
 * @file Writes the files of one form to temporary files, within PHP's own upload limits
 * (upload_max_filesize, max_file_uploads, upload_tmp_dir).
 *
 * @internal
 */
final class Uploads
{
    private readonly int $sizeMax;
    private readonly int $countMax;
    private int $formMax = 0;
    /** @var list<string> */
    private array $paths = [];
    private int $count = 0;

    /** @param string $path of the request, for the log */
    public function __construct(private readonly string $path)
    {
        $this->sizeMax = self::bytes((string) \ini_get('upload_max_filesize'));
        $this->countMax = InputLimits::files();
    }

    /** The form's own MAX_FILE_SIZE, which counts for the files after it. */
    public function limit(int $bytes): void
    {
        $this->formMax = \max(0, $bytes);
    }

    /** @return ?UploadedFile null for one more than allowed: the first of them is told */
    public function store(Part $part): ?UploadedFile
    {
        $name = self::baseName((string) $part->filename);
        $size = $part->size();
        // A field that was left blank does not count.
        if (($name !== '' || $size > 0) && ++$this->count > $this->countMax) {
            if ($this->count === $this->countMax + 1) {
                InputLimits::tell(InputLimits::tooManyFiles(), $this->path);
            }
            return null;
        }
        $error = match (true) {
            $name === '' && $size === 0 => \UPLOAD_ERR_NO_FILE,
            $this->sizeMax > 0 && $size > $this->sizeMax => \UPLOAD_ERR_INI_SIZE,
            $this->formMax > 0 && $size > $this->formMax => \UPLOAD_ERR_FORM_SIZE,
            default => \UPLOAD_ERR_OK,
        };
        $path = '';
        if ($error === \UPLOAD_ERR_OK) {
            [$path, $error] = $this->write($part->body());
        }
        return new UploadedFile($name, $part->type, $path, $error, $path === '' ? 0 : $size);
    }

    /** @return list<string> the temporary files */
    public function paths(): array
    {
        return $this->paths;
    }

    /** Deletes what was written: the form turned out to be broken. */
    public function discard(): void
    {
        foreach ($this->paths as $path) {
            @\unlink($path);
        }
        $this->paths = [];
    }

    /** @return array{string, int} path and UPLOAD_ERR_* */
    private function write(string $bytes): array
    {
        $directory = (string) \ini_get('upload_tmp_dir') ?: \sys_get_temp_dir();
        if (!\is_dir($directory)) {
            return ['', \UPLOAD_ERR_NO_TMP_DIR];
        }
        $path = @\tempnam($directory, 'kraken-upload-');
        if ($path === false) {
            return ['', \UPLOAD_ERR_CANT_WRITE];
        }
        if (@\file_put_contents($path, $bytes) !== \strlen($bytes)) {
            @\unlink($path);
            return ['', \UPLOAD_ERR_CANT_WRITE];
        }
        $this->paths[] = $path;
        return [$path, \UPLOAD_ERR_OK];
    }

    /** Some clients send a whole path; only its last part is the name. */
    private static function baseName(string $filename): string
    {
        $at = \max((int) \strrpos("/$filename", '/'), (int) \strrpos("\\$filename", '\\'));
        return \substr($filename, $at);
    }

    /** A size as php.ini writes it: `2M`. */
    private static function bytes(string $text): int
    {
        $unit = \strtolower(\substr(\trim($text), -1));
        return (int) $text * match ($unit) {
            'g' => 1 << 30,
            'm' => 1 << 20,
            'k' => 1 << 10,
            default => 1,
        };
    }
}
