<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken;

use Kraken\Codec\DecodeError;
use Kraken\Codec\Decoder;
use Kraken\Http\FormData;
use Kraken\Http\InputLimits;
use Kraken\Protocol\Frame;
use Kraken\Protocol\ProtocolError;

/**
 * @file An HTTP request. Nothing is decoded before it is asked for; nothing is decoded twice.
 */
final class Request
{
    private const JSON_DEPTH_MAX = 128;

    // Where kraken-php has made this object $frame is the request as it came there, and each of
    // these is made when it is read for the first time; elsewhere they stay unset, but $headers.
    private string $method;
    private string $target;
    private string $path;
    private string $query;
    private string $version;
    private string $scheme;
    private string $host;
    private string $remote;
    private string $local;
    private string $body;
    private int $timeout;
    private string $cookie;
    /** @var array<string, list<string>> */
    private array $headers;
    /** @var array<string, mixed> */
    private array $all;

    /** @var ?list<mixed> the payload, decoded at first use */
    private ?array $fields = null;
    private ?FormData $form = null;

    /** @var ?\WeakMap<self, true> whose query is known to have too many fields */
    private static ?\WeakMap $told = null;

    /**
     * @internal requests come from Worker
     * @param string $frame a REQUEST frame, its header included
     */
    public function __construct(private string $frame)
    {
    }

    /** The method as received: `GET`, `POST` ... */
    public function method(): string
    {
        return $this->method ?? ($this->fields ?? $this->fields())[0];
    }

    /** The request target as received: `/a%20b?c=1`. */
    public function target(): string
    {
        return $this->target ?? ($this->fields ?? $this->fields())[1];
    }

    /** The path, percent-decoded, without the query: `/a b`. */
    public function path(): string
    {
        return $this->path ?? ($this->fields ?? $this->fields())[2];
    }

    /** The query as received, without `?`: `c=1`. */
    public function query(): string
    {
        return $this->query ?? ($this->fields ?? $this->fields())[3];
    }

    /**
     * The query as PHP reads it into `$_GET`: at most max_input_vars fields, more are told in the
     * log once.
     *
     * @return array<mixed>
     */
    public function queryParams(): array
    {
        $params = InputLimits::read($this->query(), $excess);
        if ($excess !== null && !isset(self::$told[$this])) {
            InputLimits::tell($excess, $this->path());
            self::$told ??= new \WeakMap();
            self::$told[$this] = true;
        }
        return $params;
    }

    /** The version: `1.0`, `1.1` or `2`. */
    public function protocolVersion(): string
    {
        return $this->version ?? ($this->fields ?? $this->fields())[4];
    }

    /** `http` or `https`. */
    public function scheme(): string
    {
        return $this->scheme ?? ($this->fields ?? $this->fields())[5];
    }

    /** The authority the client asked: `example.org:8080`. */
    public function host(): string
    {
        return $this->host ?? ($this->fields ?? $this->fields())[6];
    }

    /** `ip:port` of the client, '' for a unix socket. */
    public function remoteAddress(): string
    {
        return $this->remote ?? ($this->fields ?? $this->fields())[7];
    }

    /** `ip:port` of the server's side of the connection, '' for a unix socket. */
    public function localAddress(): string
    {
        return $this->local ?? ($this->fields ?? $this->fields())[13] ?? '';
    }

    /** The body as received. */
    public function body(): string
    {
        return $this->body ?? ($this->fields ?? $this->fields())[9];
    }

    /** Milliseconds allowed for the answer, 0 for no limit. */
    public function timeoutMs(): int
    {
        return $this->timeout ?? ($this->fields ?? $this->fields())[10];
    }

    /**
     * All headers: name in lower case to the values in order.
     *
     * @return array<string, list<string>>
     */
    public function headers(): array
    {
        return $this->headers ??= $this->decodeHeaders();
    }

    /**
     * The values of a header, joined by `, ` as HTTP allows (cookies by `; `).
     *
     * @param string $name in any case
     */
    public function header(string $name, ?string $default = null): ?string
    {
        $name = \strtolower($name);
        $values = ($this->headers ?? $this->headers())[$name] ?? null;
        return match (true) {
            $values === null => $default,
            isset($values[1]) => \implode($name === 'cookie' ? '; ' : ', ', $values),
            default => $values[0],
        };
    }

    /**
     * The cookies, values as PHP has them in `$_COOKIE`, of two with one name the first. Names are
     * as sent: `a.b` and `c[d]` where PHP has `a_b` and an array `c`.
     *
     * @return array<string, string>
     */
    public function cookies(): array
    {
        $cookies = [];
        $line = $this->cookie ?? (string) $this->header('cookie');
        if ($line === '') {
            return $cookies;
        }
        foreach (\explode(';', $line) as $pair) {
            $at = \strpos($pair, '=');
            $name = \ltrim($at === false ? $pair : \substr($pair, 0, $at));
            if ($name !== '') {
                $value = $at === false ? '' : \substr($pair, $at + 1);
                // a `+` is one
                $cookies[$name] ??= \str_contains($value, '%') ? \rawurldecode($value) : $value;
            }
        }
        return $cookies;
    }

    /**
     * The fields of a form, urlencoded or multipart, as PHP reads them into `$_POST`; [] for a body
     * of any other type. At most max_input_vars of them: more are told in the log.
     *
     * @return array<mixed>
     * @throws BadRequest when the form is broken
     */
    public function form(): array
    {
        return $this->formData()->fields;
    }

    /**
     * The files of a multipart form: field name to UploadedFile, or to an array of them for a field
     * like `photos[]`.
     *
     * @return array<mixed>
     * @throws BadRequest as form()
     */
    public function files(): array
    {
        return $this->formData()->files;
    }

    /**
     * The body decoded as JSON, objects as arrays.
     *
     * @throws BadRequest when it is none
     */
    public function json(): mixed
    {
        try {
            return \json_decode(
                $this->body(),
                true,
                self::JSON_DEPTH_MAX,
                \JSON_THROW_ON_ERROR | \JSON_BIGINT_AS_STRING
            );
        } catch (\JsonException $e) {
            throw new BadRequest('The body is no JSON: ' . $e->getMessage() . '.', 0, $e);
        }
    }

    /**
     * Everything as one array, with the keys a Narya handler reads.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        return $this->all ?? $this->collect();
    }

    /**
     * Deletes the temporary files of uploads that were not moved.
     *
     * @internal called when the request has been answered
     */
    public function release(): void
    {
        $this->form?->release();
    }

    /** @return array<string, mixed> */
    private function collect(): array
    {
        $headers = [];
        foreach ($this->headers() as $name => $values) {
            if ($name !== 'host') {
                $headers[\ucwords((string) $name, '-')] = $values;
            }
        }
        return [
            'method' => $this->method(),
            'uri' => $this->target(),
            'path' => $this->path(),
            'query' => $this->query(),
            'headers' => $headers,
            'body' => $this->body(),
            'remote_addr' => $this->remoteAddress(),
            'host' => $this->host(),
            'scheme' => $this->scheme(),
            'protocol' => $this->protocolVersion(),
            'timeout_ms' => $this->timeoutMs(),
        ];
    }

    private function formData(): FormData
    {
        return $this->form ??= FormData::of(
            (string) $this->header('content-type'),
            $this->body(),
            $this->path()
        );
    }

    /** @return list<mixed> */
    private function fields(): array
    {
        try {
            $fields = Decoder::array(\substr($this->frame, Frame::HEADER_BYTES));
        } catch (DecodeError $e) {
            throw new ProtocolError('a REQUEST is broken: ' . $e->getMessage(), 0, $e);
        }
        if (\count($fields) < Frame::REQUEST_FIELDS) {
            throw new ProtocolError(\sprintf(
                'a REQUEST has %d elements, expected %d',
                \count($fields),
                Frame::REQUEST_FIELDS
            ));
        }
        $this->frame = '';
        return $this->fields = $fields;
    }

    /** @return array<string, list<string>> */
    private function decodeHeaders(): array
    {
        try {
            $flat = Decoder::array(($this->fields ?? $this->fields())[8]);
        } catch (DecodeError $e) {
            throw new ProtocolError('the headers are broken: ' . $e->getMessage(), 0, $e);
        }
        $n = \count($flat);
        if ($n % 2 !== 0) {
            throw new ProtocolError("the headers are broken: $n names and values");
        }
        $headers = [];
        for ($i = 0; $i < $n; $i += 2) {
            $headers[$flat[$i]][] = $flat[$i + 1];
        }
        return $headers;
    }
}
