# SPDX-License-Identifier: BSD-3-Clause
"""A worker of a pool that answers with descriptors, right ones and wrong ones: the path says what
it passes and how, the query which file and which part (`/ok?/srv/a:0:10`)."""
import os
import signal
import socket
import struct

from kraken_speech import DRAIN, LOG, READY, REQUEST, RESPONSE, Channel, pack

FILE, MORE = 0x10, 0x01
channel = Channel()


def frame(kind, stream, flags, payload):
    return struct.pack(">IBBHI", 8 + len(payload), kind, flags, 0, stream) + payload


def answer(stream, first, count, flags=FILE):
    fields = ["content-type", "text/plain"]
    body = struct.pack(">QQ", first, count)
    return frame(RESPONSE, stream, flags, pack([200, fields, body]))


def passing(data, *descriptors):
    sent = socket.send_fds(channel.socket, [data], descriptors)
    channel.socket.sendall(data[sent:])


def two_at_once(data, file):
    passing(data, file, file)


def beside_a_log_line(data, file):
    passing(frame(LOG, 0, 0, pack(["info", "with a file", {}])), file)
    channel.socket.sendall(data)


def byte_by_byte(data, file):
    passing(data[:1], file)
    for at in range(1, len(data)):
        channel.socket.sendall(data[at:at + 1])


def dies_in_between(data, file):
    passing(data[:-1], file)
    os.kill(os.getpid(), signal.SIGKILL)


WAYS = {
    "/ok": passing,
    "/bytes": byte_by_byte,
    "/none": lambda data, file: channel.socket.sendall(data),
    "/two": two_at_once,
    "/log": beside_a_log_line,
    "/dies": dies_in_between,
    "/pipe": lambda data, file: passing(data, os.pipe()[0]),
    "/folder": lambda data, file: passing(data, os.open("/", os.O_RDONLY)),
    "/socket": lambda data, file: passing(data, channel.socket.fileno()),
    "/unreadable": lambda data, file: passing(data, os.open("/tmp", os.O_PATH)),
}


def take(stream, request):
    path, query = request[2], request[3]
    if path == "/pid":
        channel.send(RESPONSE, stream, [200, [], str(os.getpid()).encode()])
        return
    name, first, count = query.rsplit(":", 2)
    file = os.open(name, os.O_RDONLY)
    if path == "/more":
        passing(answer(stream, int(first), int(count), FILE | MORE), file)
    elif path == "/short":
        passing(frame(RESPONSE, stream, FILE, pack([200, [], b"short"])), file)
    elif path == "/field":
        body = struct.pack(">QQ", int(first), int(count))
        passing(frame(RESPONSE, stream, FILE, pack([200, ["a b", "c"], body])), file)
    else:
        WAYS[path](answer(stream, int(first), int(count)), file)
    os.close(file)


channel.send(READY)
while True:
    kind, number, payload = channel.next()
    if kind == REQUEST:
        take(number, payload)
    elif kind == DRAIN:
        break
