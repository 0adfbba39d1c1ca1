<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

/**
 * @file One file of a multipart form. Its temporary file lives until the request has been answered.
 */
final class UploadedFile
{
    /**
     * @internal
     * @param string $name    as the client sent it: never use it as a path
     * @param string $type    as the client sent it
     * @param string $tmpName where the bytes are; '' when $error is not UPLOAD_ERR_OK
     * @param int    $error   one of PHP's UPLOAD_ERR_*
     * @param int    $size    bytes
     */
    public function __construct(
        public readonly string $name,
        public readonly string $type,
        public readonly string $tmpName,
        public readonly int $error,
        public readonly int $size
    ) {
    }

    /** Whether the file is there. */
    public function ok(): bool
    {
        return $this->error === \UPLOAD_ERR_OK;
    }

    /**
     * The bytes of the file.
     *
     * @throws \RuntimeException when the upload failed or the file has been moved
     */
    public function contents(): string
    {
        $bytes = $this->ok() ? @\file_get_contents($this->tmpName) : false;
        if ($bytes === false) {
            throw new \RuntimeException($this->problem('read'));
        }
        return $bytes;
    }

    /**
     * Moves the file to a path of the application's choice, replacing what is there.
     *
     * @throws \RuntimeException when the upload failed, or the file cannot be moved there
     */
    public function moveTo(string $path): void
    {
        $moved = $this->ok() && (@\rename($this->tmpName, $path)
            || (@\copy($this->tmpName, $path) && \unlink($this->tmpName)));
        if (!$moved) {
            throw new \RuntimeException($this->problem("moved to '$path'"));
        }
        // Temporary files are private; a moved one is an ordinary file.
        @\chmod($path, 0666 & ~\umask());
    }

    private function problem(string $done): string
    {
        $why = $this->ok() ? '' : ", upload error $this->error";
        return "the uploaded file '$this->name' cannot be $done$why";
    }
}
