<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Kraken\Protocol;

/**
 * @file The numbers of the worker protocol (docs/reference/worker-protocol.md); no behaviour.
 */
final class Frame
{
    public const HELLO = 0x01;
    public const WELCOME = 0x02;
    public const READY = 0x03;
    public const REQUEST = 0x10;
    public const RESPONSE = 0x11;
    public const CHUNK = 0x12;
    public const CANCEL = 0x13;
    public const PING = 0x20;
    public const PONG = 0x21;
    public const DRAIN = 0x22;
    public const LOG = 0x30;
    public const FATAL = 0x31;
    public const MESSAGE = 0x40;
    public const CALL = 0x41;
    public const REPLY = 0x42;
    public const COMMAND = 0x43;
    public const RESULT = 0x44;
    public const STATE = 0x47;
    public const WATCH = 0x48;
    public const NOTICE = 0x49;
    public const FAIL = 0x4a;
    public const RESUME = 0x4b;

    /** Status of a REPLY or RESULT: the value is the answer. */
    public const DONE = 0;
    /** Status: the value is `[class, message, code]`. */
    public const FAILED = 1;
    /** Status: the request was taken back. */
    public const CANCELLED = 2;
    /** Status: not the answer yet; the deadline begins anew. */
    public const UNFINISHED = 3;

    /** Flag: chunks of the same answer follow. */
    public const MORE = 0x01;
    /** Flag: replace this worker after the answer. */
    public const RECYCLE = 0x02;

    public const PROTOCOL = 1;
    /** Bytes of the length field. */
    public const LENGTH_BYTES = 4;
    /** Bytes before the payload: length, type, flags, reserved, stream. */
    public const HEADER_BYTES = 12;
    /** Range of the length field. */
    public const LENGTH_MIN = 8;
    public const LENGTH_MAX = 16_777_216;
    /** Elements of a REQUEST this version knows; later ones are ignored. */
    public const REQUEST_FIELDS = 11;
    /** The stream of control frames, as its four bytes. */
    public const NO_STREAM = "\0\0\0\0";

    /**
     * One frame as bytes.
     *
     * @param string $stream four bytes, as they came in the REQUEST
     */
    public static function bytes(
        int $type,
        string $payload,
        string $stream = self::NO_STREAM,
        int $flags = 0
    ): string {
        return \pack('NCCn', 8 + \strlen($payload), $type, $flags, 0) . $stream . $payload;
    }
}
