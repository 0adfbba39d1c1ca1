<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Http;

use Kraken\BadRequest;

/**
 * @file Takes a multipart/form-data body apart (RFC 7578, RFC 2046 §5.1). Strict: what is not well
 * formed is a bad request, not half a form. Knows nothing of files or of names with brackets.
 *
 * @internal
 */
final class Multipart
{
    private const HEADER_BYTES_MAX = 8_192;
    private const HEADERS_MAX = 16;
    /** RFC 2046: a boundary has 1 to 70 characters. */
    private const BOUNDARY = '/^[0-9A-Za-z\'()+_,\-.\/:=? ]{0,69}[0-9A-Za-z\'()+_,\-.\/:=?]$/D';

    public function __construct(private readonly string $boundary, private readonly string $body)
    {
    }

    /**
     * The boundary a content type names.
     *
     * @throws BadRequest when it names none, or one that cannot be
     */
    public static function boundary(string $contentType): string
    {
        $boundary = self::parameters($contentType)['boundary'] ?? '';
        if (\preg_match(self::BOUNDARY, $boundary) !== 1) {
            throw new BadRequest('The multipart form names no valid boundary.');
        }
        return $boundary;
    }

    /**
     * The parts in order, and null for all those after the first $max.
     *
     * @return \Generator<?Part>
     * @throws BadRequest where the body is broken
     */
    public function each(int $max): \Generator
    {
        $delimiter = "--$this->boundary";
        $at = \str_starts_with($this->body, $delimiter) ? 0 : $this->find("\r\n$delimiter", 0) + 2;
        for ($count = 0;; ++$count) {
            $at += \strlen($delimiter);
            if (\substr_compare($this->body, '--', $at, 2) === 0) {
                return;
            }
            if ($count === $max) {
                yield null;
                return;
            }
            // Spaces may pad the line of a boundary.
            $at += \strspn($this->body, " \t", $at);
            if (\substr_compare($this->body, "\r\n", $at, 2) !== 0) {
                throw self::broken('a boundary is not followed by a line end', $at);
            }
            [$headers, $begin] = $this->headers($at + 2);
            // An empty part ends with the line end that ended its headers.
            $end = $this->find("\r\n$delimiter", $begin - 2);
            yield $this->part($headers, $begin, \max($begin, $end));
            $at = $end + 2;
        }
    }

    /**
     * The headers that start at an offset, and where the bytes after them start.
     *
     * @return array{array<string, string>, int}
     */
    private function headers(int $at): array
    {
        $headers = [];
        $limit = $at + self::HEADER_BYTES_MAX;
        while (true) {
            $end = \strpos($this->body, "\r\n", $at);
            if ($end === false || $end > $limit) {
                throw self::broken('the headers of a part do not end', $at);
            }
            if ($end === $at) {
                return [$headers, $at + 2];
            }
            $line = \substr($this->body, $at, $end - $at);
            if (\preg_match('/^([!#$%&\'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*)$/sD', $line, $m) !== 1) {
                throw self::broken('a header of a part has no name', $at);
            }
            if (\count($headers) === self::HEADERS_MAX) {
                throw self::broken('a part has too many headers', $at);
            }
            $headers[\strtolower($m[1])] = \rtrim($m[2], " \t");
            $at = $end + 2;
        }
    }

    /** @param array<string, string> $headers */
    private function part(array $headers, int $begin, int $end): Part
    {
        $disposition = $headers['content-disposition'] ?? '';
        $parameters = self::parameters($disposition);
        if (!isset($parameters['name']) || \stripos($disposition, 'form-data') !== 0) {
            throw self::broken('a part has no name', $begin);
        }
        return new Part(
            $parameters['name'],
            $parameters['filename'] ?? null,
            $headers['content-type'] ?? '',
            $this->body,
            $begin,
            $end
        );
    }

    /**
     * The parameters behind the first `;`, names in lower case; the first of a name counts. In a
     * quoted value `\"` and `%22` are a quote, and other backslashes stand for themselves: browsers
     * send them so.
     *
     * @return array<string, string>
     */
    private static function parameters(string $header): array
    {
        \preg_match_all(
            '/;[ \t]*([^=;\s]+)[ \t]*=[ \t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;]*))/s',
            $header,
            $matches,
            \PREG_SET_ORDER
        );
        $parameters = [];
        foreach ($matches as $m) {
            $value = isset($m[3]) ? \trim($m[3]) : \str_replace(['\\"', '%22'], '"', $m[2]);
            $parameters[\strtolower($m[1])] ??= $value;
        }
        return $parameters;
    }

    private function find(string $needle, int $at): int
    {
        $found = \strpos($this->body, $needle, \min($at, \strlen($this->body)));
        if ($found === false) {
            throw self::broken('the last boundary is missing', \strlen($this->body));
        }
        return $found;
    }

    private static function broken(string $what, int $at): BadRequest
    {
        return new BadRequest("The multipart form is broken at byte $at: $what.");
    }
}
