<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

/**
 * @file An answer: status, headers, body or a source of body parts. Immutable; knows no wire.
 *
 * The daemon owns `Content-Length`, `Transfer-Encoding`, `Connection`, `Keep-Alive` and `Upgrade`:
 * those headers are ignored if set.
 */
final class Response
{
    private const HTML = ['Content-Type' => 'text/html; charset=utf-8'];
    private const TEXT = ['Content-Type' => 'text/plain; charset=utf-8'];
    private const JSON = ['Content-Type' => 'application/json'];

    /** A string, or something that yields strings, or `fn(callable $write): void`. */
    public readonly string|\Traversable|\Closure $body;

    /**
     * @param int $status 200..599
     * @param array<mixed> $headers name to value or list of values, or a list of [name, value]
     * @param string|iterable<string>|callable $body a string, parts to be sent one by one, or a
     *        callable that gets `$write(string $part): bool`; $write says false when nobody reads any
     *        more. A string is never called.
     * @throws \InvalidArgumentException for a status no answer can have
     */
    public function __construct(
        public readonly int $status = 200,
        public readonly array $headers = [],
        string|iterable|callable $body = ''
    ) {
        if ($status < 200 || $status > 599) {
            throw new \InvalidArgumentException("status $status; allowed are 200 to 599");
        }
        $this->body = match (true) {
            \is_string($body), $body instanceof \Closure, $body instanceof \Traversable => $body,
            \is_callable($body) => $body(...),
            default => new \ArrayIterator($body),
        };
    }

    /** @param array<mixed> $headers more headers */
    public static function html(string $body, int $status = 200, array $headers = []): self
    {
        return new self($status, $headers === [] ? self::HTML : $headers + self::HTML, $body);
    }

    /** @param array<mixed> $headers more headers */
    public static function text(string $body, int $status = 200, array $headers = []): self
    {
        return new self($status, $headers === [] ? self::TEXT : $headers + self::TEXT, $body);
    }

    /**
     * @param array<mixed> $headers more headers
     * @throws \JsonException when the data has no JSON form
     */
    public static function json(mixed $data, int $status = 200, array $headers = []): self
    {
        $body = \json_encode(
            $data,
            \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE
            | \JSON_PRESERVE_ZERO_FRACTION
        );
        return new self($status, $headers === [] ? self::JSON : $headers + self::JSON, $body);
    }

    /** Sends the client elsewhere. @param int $status 301, 302, 303, 307 or 308 */
    public static function redirect(string $location, int $status = 302): self
    {
        return new self($status, ['Location' => $location]);
    }

    /**
     * An answer sent while it is made, part by part.
     *
     * @param iterable<string>|callable $parts as the constructor's body
     * @param array<mixed> $headers
     */
    public static function stream(
        iterable|callable $parts,
        int $status = 200,
        array $headers = []
    ): self {
        return new self($status, $headers, \is_string($parts) ? $parts(...) : $parts);
    }

    /**
     * What a handler returned, as an answer: a Response, a string (HTML), `[status, headers, body]`
     * or `['status' => .., 'headers' => .., 'body' => ..]`, each with the last ones optional. A body
     * that is neither string nor source of strings is sent as JSON.
     *
     * @internal
     * @throws \UnexpectedValueException for anything else
     */
    public static function of(mixed $returned): self
    {
        if ($returned instanceof self) {
            return $returned;
        }
        if (\is_string($returned)) {
            return self::html($returned);
        }
        if (!\is_array($returned)) {
            throw new \UnexpectedValueException(
                'the handler returned ' . \get_debug_type($returned)
                . '; expected a Kraken\Response, an array or a string'
            );
        }
        if (\is_int($returned[0] ?? null) && \array_is_list($returned)) {
            [$status, $headers, $body] = $returned + [1 => [], 2 => ''];
        } elseif (\array_diff_key($returned, ['status' => 1, 'headers' => 1, 'body' => 1]) === []
            && $returned !== []) {
            $status = $returned['status'] ?? 200;
            $headers = $returned['headers'] ?? [];
            $body = $returned['body'] ?? '';
        } else {
            throw new \UnexpectedValueException(
                'the handler returned an array that is neither [status, headers, body] nor has only'
                . ' the keys status, headers, body; use Kraken\Response::json() to answer with data'
            );
        }
        if (\is_string($body) || $body instanceof \Traversable || $body instanceof \Closure) {
            return new self($status, $headers, $body);
        }
        return self::json($body, $status, $headers);
    }

    /** A copy with another status. */
    public function withStatus(int $status): self
    {
        return new self($status, $this->headers, $this->body);
    }

    /**
     * A copy in which this header has this value and no other.
     *
     * @param string|list<string> $value
     */
    public function withHeader(string $name, string|array $value): self
    {
        $pairs = \array_filter(
            $this->pairs(),
            static fn (array $pair): bool => \strcasecmp($pair[0], $name) !== 0
        );
        foreach ((array) $value as $one) {
            $pairs[] = [$name, $one];
        }
        return new self($this->status, \array_values($pairs), $this->body);
    }

    /** A copy with one more header; others of the name stay. */
    public function withAddedHeader(string $name, string $value): self
    {
        return new self($this->status, [...$this->pairs(), [$name, $value]], $this->body);
    }

    /**
     * A copy that sets a cookie. Options as PHP's setcookie(): expires (Unix time), path, domain,
     * secure, httponly, samesite; unlike there, `path` is `/`, `httponly` true, `samesite` Lax.
     *
     * @param array<string, mixed> $options
     * @throws \InvalidArgumentException for a name, or an option, a cookie cannot have
     */
    public function withCookie(string $name, string $value, array $options = []): self
    {
        return $this->withAddedHeader('Set-Cookie', Http\Cookie::header($name, $value, $options));
    }

    /**
     * All headers in order.
     *
     * @return list<array{string, string}>
     */
    public function pairs(): array
    {
        $pairs = [];
        foreach ($this->headers as $name => $value) {
            if (\is_int($name)) {
                $pairs[] = [(string) $value[0], (string) $value[1]];
                continue;
            }
            foreach ((array) $value as $one) {
                $pairs[] = [$name, (string) $one];
            }
        }
        return $pairs;
    }
}
