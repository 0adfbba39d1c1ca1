# SPDX-License-Identifier: BSD-3-Clause
"""An HTTP/1.1 client that hides nothing: bytes out, responses in, and how the connection ended."""
import socket
import time

from support.waiting import STRETCH

WITHIN = 30.0


class Closed(Exception):
    """The server closed the connection where a response was expected."""


class Truncated(Exception):
    """The connection ended in the middle of a response."""

    def __init__(self, response):
        super().__init__(f"{response.status}, {len(response.body)} bytes of the body came")
        self.response = response


class Response:
    def __init__(self, version, status, reason, headers):
        self.version = version
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = b""
        self.parts = []

    def header(self, name, default=None):
        return next((value for key, value in self.headers if key == name.lower()), default)

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:200]!r}>"


def request_bytes(method, target, headers=(), body=b"", host="test"):
    lines = [f"{method} {target} HTTP/1.1"]
    if host is not None:
        lines.append(f"Host: {host}")
    if body and not any(name.lower() == "content-length" for name, _ in headers):
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Connection:
    """One connection, to `(host, port)` or to the path of a unix socket."""

    def __init__(self, address, within=WITHIN, receive_buffer=None):
        self.within = within * STRETCH
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(self.within)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        if family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_until_refused(self, data):
        """Sends; a peer that answers early and closes is no error. @return bytes taken"""
        view = memoryview(data)
        sent = 0
        try:
            while sent < len(view):
                sent += self.socket.send(view[sent:sent + 65536])
        except (BrokenPipeError, ConnectionResetError):
            pass
        return sent

    def request(self, method, target, headers=(), body=b"", host="test"):
        self.send(request_bytes(method, target, headers, body, host))
        return self.response(head=method == "HEAD")

    def get(self, target, headers=()):
        return self.request("GET", target, headers)

    def post(self, target, body, headers=()):
        return self.request("POST", target, headers, body)

    def receive(self):
        """Adds what comes next to `buffer`. @return how many bytes; 0: the end"""
        data = self.socket.recv(1 << 16)
        self.buffer += data
        return len(data)

    def _line(self):
        while b"\r\n" not in self.buffer:
            if not self.receive():
                raise Closed("in the middle of a head" if self.buffer else "before a response")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def _exactly(self, count, response):
        while len(self.buffer) < count:
            if not self.receive():
                response.body += self.buffer
                raise Truncated(response)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def response_head(self):
        """Status line and fields of the next response, interim ones included."""
        version, status, reason = (self._line().decode("latin-1") + " ").split(" ", 2)
        headers = []
        while line := self._line():
            name, value = line.decode("latin-1").split(":", 1)
            headers.append((name.lower(), value.strip()))
        return Response(version, int(status), reason.strip(), headers)

    def response(self, head=False):
        """The next final response with its body."""
        answer = self.response_head()
        while answer.status < 200:
            answer = self.response_head()
        if head or answer.status in (204, 304):
            return answer
        self.read_body(answer)
        return answer

    def read_body(self, answer):
        length = answer.header("content-length")
        if (answer.header("transfer-encoding") or "").lower() == "chunked":
            while part := self.read_chunk(answer):
                answer.body += part
        elif length is not None:
            answer.body = self._exactly(int(length), answer)
        else:
            answer.body = self.until_closed()

    def read_chunk(self, answer):
        """The next chunk's data; b"" is the end."""
        try:
            size = int(self._line().split(b";")[0], 16)
        except Closed:
            raise Truncated(answer) from None
        data = self._exactly(size, answer)
        if data:
            answer.parts.append(data)
        while self._line() and size == 0:
            pass
        return data

    def until_closed(self):
        """All bytes to the end of the stream. A reset counts as the end."""
        try:
            while self.receive():
                pass
        except ConnectionResetError:
            pass
        data, self.buffer = self.buffer, b""
        return data

    def is_closed(self, within=WITHIN):
        """Whether the server closes within that time without sending anything more."""
        deadline = time.monotonic() + within * STRETCH
        try:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except (TimeoutError, BlockingIOError):
            return False
        finally:
            self.socket.settimeout(self.within)
