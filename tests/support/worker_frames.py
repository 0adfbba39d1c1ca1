# SPDX-License-Identifier: BSD-3-Clause
"""Frames of the worker protocol as bytes, right ones and wrong ones."""
import struct

REQUEST, RESPONSE, CHUNK = 0x10, 0x11, 0x12
MORE = 1


def frame(kind, stream, payload=b"", flags=0):
    return struct.pack(">IBBHI", 8 + len(payload), kind, flags, 0, stream) + payload


def text(value):
    return b"\xda" + struct.pack(">H", len(value)) + value


def response(stream, body=b"made by hand\n", status=200, headers=(), flags=0):
    """A RESPONSE; `headers` is a flat list of names and values."""
    fields = bytes([0x90 | len(headers)]) + b"".join(text(each) for each in headers)
    return frame(RESPONSE, stream, b"\x93\xcd" + struct.pack(">H", status) + fields + text(body),
                 flags)
