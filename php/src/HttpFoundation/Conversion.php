<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\HttpFoundation;

use Kraken\Http\CookieVariables;
use Kraken\Http\ServerVariables;
use Kraken\Request;
use Kraken\Response;
use Symfony\Component\HttpFoundation\BinaryFileResponse;
use Symfony\Component\HttpFoundation\File\UploadedFile;
use Symfony\Component\HttpFoundation\Request as FoundationRequest;
use Symfony\Component\HttpFoundation\Response as FoundationResponse;
use Symfony\Component\HttpFoundation\StreamedResponse;

/**
 * @file A request of this package as HttpFoundation has it, and its answer the way back.
 *
 * Loaded only when it is used; HttpFoundation is the application's, not this package's.
 */
final class Conversion
{
    private const PART_BYTES = 65_536;
    /** A larger file is not held in memory. */
    private const WHOLE_BYTES_MAX = 8_388_608;
    /** What PHP tells of a field left empty; FileBag takes it for null. */
    private const NO_FILE = [
        'name' => '', 'type' => '', 'tmp_name' => '', 'error' => \UPLOAD_ERR_NO_FILE, 'size' => 0,
    ];

    /**
     * @param class-string<UploadedFile> $fileClass
     * @throws \Kraken\BadRequest when a form is broken
     */
    public static function request(
        Request $request,
        string $fileClass = UploadedFile::class
    ): FoundationRequest {
        $files = $request->files();
        // PHP knows the uploads of its own server interfaces only; "test" takes any file.
        \array_walk_recursive($files, static function (mixed &$file) use ($fileClass): void {
            $file = $file->error === \UPLOAD_ERR_NO_FILE ? self::NO_FILE : new $fileClass(
                $file->tmpName,
                $file->name,
                $file->type,
                $file->error,
                true
            );
        });
        return new FoundationRequest(
            $request->queryParams(),
            $request->form(),
            [],
            CookieVariables::of($request),
            $files,
            ServerVariables::of($request),
            $request->body()
        );
    }

    /**
     * A streamed answer stays one; it is made when it is sent. So does a large file; any other is
     * whole, because only then its length is announced.
     *
     * @param string $method of the request
     */
    public static function response(FoundationResponse $response, string $method = 'GET'): Response
    {
        $headers = [];
        foreach ($response->headers->allPreserveCaseWithoutCookies() as $name => $values) {
            foreach ($values as $value) {
                $headers[] = [(string) $name, (string) $value];
            }
        }
        foreach ($response->headers->getCookies() as $cookie) {
            $headers[] = ['Set-Cookie', (string) $cookie];
        }
        return new Response($response->getStatusCode(), $headers, match (true) {
            $response instanceof BinaryFileResponse => self::file($response, $method),
            $response instanceof StreamedResponse, $response->getContent() === false
                => self::stream($response),
            default => (string) $response->getContent(),
        });
    }

    private static function file(BinaryFileResponse $response, string $method): string|\Closure
    {
        // A file that is only named is sent by the front, and only for a whole answer.
        if ($response->headers->has('X-Sendfile') || $response->headers->has('X-Accel-Redirect')) {
            return '';
        }
        $bytes = $response->headers->get('Content-Length') ?? $response->getFile()->getSize();
        if ((int) $bytes > self::WHOLE_BYTES_MAX && $method !== 'HEAD') {
            return self::stream($response);
        }
        $whole = '';
        self::stream($response)(static function (string $part) use (&$whole): bool {
            $whole .= $part;
            return true;
        });
        return $whole;
    }

    /** What the answer prints while it is made, part by part. */
    private static function stream(FoundationResponse $response): \Closure
    {
        return static function (callable $write) use ($response): void {
            $wanted = true;
            $level = \ob_get_level();
            \ob_start(static function (string $part) use ($write, &$wanted): string {
                $wanted = $wanted && $write($part);
                return '';
            }, self::PART_BYTES);
            try {
                $response->sendContent();
            } finally {
                while (\ob_get_level() > $level && @\ob_end_flush()) {
                    continue;
                }
            }
        };
    }
}
