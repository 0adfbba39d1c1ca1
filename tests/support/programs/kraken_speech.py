# SPDX-License-Identifier: BSD-3-Clause
"""The worker protocol for a program in Python, with nothing but the standard library: what a
program of any language has to do to be a container with a mailbox (worker-protocol.md)."""
import os
import socket
import struct

HELLO, WELCOME, READY, RESPONSE, REQUEST = 0x01, 0x02, 0x03, 0x11, 0x10
PING, PONG, DRAIN, LOG, FATAL = 0x20, 0x21, 0x22, 0x30, 0x31
MESSAGE, CALL, REPLY, COMMAND, RESULT = 0x40, 0x41, 0x42, 0x43, 0x44
STATE, WATCH, NOTICE, FAIL, RESUME = 0x47, 0x48, 0x49, 0x4A, 0x4B
DONE, FAILED, CANCELLED, UNFINISHED = range(4)


def pack(value):
    """MessagePack of None, bool, int, float, str, bytes, list and dict."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        if 0 <= value < 128:
            return bytes([value])
        return b"\xcf" + struct.pack(">Q", value) if value > 0 else b"\xd3" + struct.pack(
            ">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        data = value.encode()
        return b"\xdb" + struct.pack(">I", len(data)) + data
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    if isinstance(value, (list, tuple)):
        return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
    return b"\xdf" + struct.pack(">I", len(value)) + b"".join(
        pack(key) + pack(each) for key, each in value.items())


class Unpacker:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        part = self.data[self.at:self.at + count]
        self.at += count
        return part

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def items(self, count):
        return [self.value() for _ in range(count)]

    def pairs(self, count):
        return {self.value(): self.value() for _ in range(count)}

    def value(self):
        kind = self.take(1)[0]
        if kind < 0x80:
            return kind
        if kind < 0x90:
            return self.pairs(kind & 0x0F)
        if kind < 0xA0:
            return self.items(kind & 0x0F)
        if kind < 0xC0:
            return self.take(kind & 0x1F).decode()
        if kind >= 0xE0:
            return kind - 0x100
        sizes = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I",
                 0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I"}
        numbers = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
                   0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
        if kind in numbers:
            return self.number(numbers[kind])
        if kind not in sizes:
            return {0xC0: None, 0xC2: False, 0xC3: True}[kind]
        count = self.number(sizes[kind])
        if kind <= 0xC6:
            return self.take(count)
        if kind <= 0xDB:
            return self.take(count).decode()
        return self.items(count) if kind <= 0xDD else self.pairs(count)


class Channel:
    """The socket to the daemon. Blocking, one thread."""

    def __init__(self, **hello):
        self.socket = socket.socket(fileno=int(os.environ["KRAKEN_FD"]))
        self.stream = 0
        self.waiting = []  # frames that came while an answer was waited for
        kind, _, self.welcome = self.read()
        assert kind == WELCOME
        self.send(HELLO, 0, {"protocol": 1, "sdk": "python", "pid": os.getpid(),
                             "tier": "protocol", **hello})

    def send(self, kind, stream=0, *payload):
        body = b"".join(map(pack, payload))
        self.socket.sendall(struct.pack(">IBBHI", 8 + len(body), kind, 0, 0, stream) + body)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise SystemExit(0)  # the daemon is gone, or wants this process gone
            data += part
        return data

    def read(self):
        length, kind, _, _, stream = struct.unpack(">IBBHI", self.exactly(12))
        body = self.exactly(length - 8)
        return kind, stream, Unpacker(body).value() if body else None

    def next(self):
        """The next frame that is the program's business."""
        while True:
            frame = self.waiting.pop(0) if self.waiting else self.read()
            if frame[0] != PING:
                return frame
            self.send(PONG, frame[1], frame[2])

    def log(self, level, message, **context):
        self.send(LOG, 0, [level, message, context])

    def message(self, target, value):
        self.send(MESSAGE, 0, [target, 0, value])

    def call(self, target, value, timeout_ms=5_000):
        """@return (status, value)"""
        return self.answer_to(CALL, REPLY, [target, 0, value, timeout_ms, ""])

    def command(self, target, name, timeout_ms=5_000):
        """@return (status, value)"""
        return self.answer_to(COMMAND, RESULT, [target, name, {}, timeout_ms])

    def answer_to(self, kind, answer, payload):
        self.stream += 1
        mine = self.stream
        self.send(kind, mine, payload)
        while True:
            frame = self.read()
            if frame[:2] != (answer, mine):
                self.waiting.append(frame)
            elif frame[2][0] != UNFINISHED:
                return tuple(frame[2])
