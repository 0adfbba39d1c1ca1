# SPDX-License-Identifier: BSD-3-Clause
"""Random clients that mix every way of asking and leaving on their connections, and judge each
answer to the byte. They talk to tests/support/workers/mixed.php; what they find is in a Ledger."""
import collections
import hashlib
import os
import random
import socket
import struct
import threading
import time
from urllib.parse import urlencode

from support.http_client import Closed, Connection, Truncated

KIB, MIB = 1 << 10, 1 << 20
POOL_OF_BYTES = os.urandom(24 * MIB)
BORDERS = (0, 1, 16 * KIB, 64 * KIB, 96 * KIB, 256 * KIB, MIB, 16 * MIB)
NAP = threading.Event()  # never set: pauses of slow clients, not waits for something


def text_of(id, size):
    """As mixedText() in PHP."""
    line = hashlib.sha1(id.encode()).hexdigest().encode() + b"\n"
    return (line * (size // 41 + 1))[:size]


class Question:
    """One request and what may become of it."""

    def __init__(self, id, route, body=b"", method="POST", size=0, **asked):
        self.id = id
        self.route = route
        self.body = body
        self.method = method
        self.asked = asked
        self.size = size
        self.answer_body = None  # if it is not text_of(id)
        self.statuses = {asked.get("status", 200)}
        self.may_break = False   # its own wish
        self.ends_worker = None  # cause of an end that it asks for
        self.began = self.ended = 0.0

    def target(self):
        return f"{self.route}?" + urlencode({"id": self.id, "n": self.size, **self.asked})

    def head(self, fields=()):
        lines = [f"{self.method} {self.target()} HTTP/1.1", "Host: a", *fields]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def length(self):
        return [f"Content-Length: {len(self.body)}"] if self.body or self.method == "POST" else []

    def check(self, answer):
        """Of an answer that has one of the statuses: everything else about it. @return faults"""
        if answer.status >= 400:
            return []
        sent = b"" if "ignore" in self.asked else self.body
        expected = {"x-id": self.id, "x-bytes": str(len(sent)),
                    "x-sha": hashlib.sha1(sent).hexdigest()}
        faults = [f"{name}: {answer.header(name)}, not {value}" for name, value in expected.items()
                  if answer.header(name) != value]
        if self.method == "HEAD" or answer.status in (204, 304):
            whole = b""
        else:
            whole = text_of(self.id, self.size) if self.answer_body is None else self.answer_body
        if answer.body != whole:
            faults.append(f"{len(answer.body)} bytes {answer.body[:60]!r}, not {len(whole)}")
        return faults

    def __repr__(self):
        return (f"<{self.method} {self.target()} body={len(self.body)} "
                f"{self.began:.3f}..{self.ended:.3f}>")


class Ledger:
    """What all clients have seen."""

    def __init__(self):
        self.lock = threading.Lock()
        self.answered = collections.Counter()
        self.kinds = collections.Counter()
        self.asked_ends = collections.Counter()  # ends of workers that requests asked for
        self.wrong = []      # never allowed
        self.surprises = []  # allowed if a kill explains them: (question, what)
        self.reconnects = []  # (time, question): a kept connection was closed before its request

    def add(self, what, *more):
        with self.lock:
            getattr(self, what).append(more if len(more) > 1 else more[0])

    def count(self, which, what):
        with self.lock:
            getattr(self, which)[what] += 1


class Traits:
    """What a carrier can do, and where it is asked."""

    def __init__(self, routes=("/", "/brief", "/retry"), body_max=20 * MIB, files=None,
                 streams=True, php=False, exit_ends=None, brief_ms=500):
        self.routes = routes
        self.body_max = body_max
        self.files = files          # of the folder that may be sent: name to bytes
        self.streams = streams
        self.php = php              # flush(), fastcgi_finish_request(), readfile()
        self.exit_ends = exit_ends  # cause of an end by exit(), None: it ends nothing unasked
        self.brief_ms = brief_ms


class Client(threading.Thread):
    """Asks until `over`; its wishes are a function of the seed and its number."""

    def __init__(self, address, number, seed, traits, ledger, over):
        super().__init__(name=f"client {number}")
        self.address = address
        self.number = number
        self.dice = random.Random(seed * 1000 + number)
        self.traits = traits
        self.ledger = ledger
        self.over = over
        self.connection = None
        self.asked = 0
        self.used = 0  # answers on this connection
        self.plans = [(self.ask, 40), (self.pipeline, 8), (self.slow_writer, 4),
                      (self.slow_reader, 4), (self.leave, 8), (self.trouble, 6),
                      (self.bare, 6), (self.expect, 4)]

    def run(self):
        ways, weights = zip(*self.plans)
        try:
            while not self.over.is_set():
                self.dice.choices(ways, weights)[0]()
        except BaseException as problem:  # shown by the test, with the client's number
            self.ledger.add("wrong", self.name, repr(problem))
            raise
        finally:
            self.drop()

    # Making of questions.

    def id(self):
        self.asked += 1
        return f"c{self.number}-{self.asked}"

    def some_bytes(self, most=None):
        """Around the borders, or anything; large ones seldom."""
        most = most or self.traits.body_max
        dice = self.dice
        kind = dice.random()
        if kind < 0.35:
            size = dice.randrange(0, 4 * KIB)
        elif kind < 0.8:
            size = dice.choice(BORDERS[:-1]) + dice.randrange(-3, 4)
        elif kind < 0.98:
            size = dice.randrange(0, 2 * MIB)
        else:
            size = dice.choice((16 * MIB + dice.randrange(-3, 4), dice.randrange(20 * MIB)))
        size = max(0, min(size, most))
        return POOL_OF_BYTES[(at := dice.randrange(len(POOL_OF_BYTES) - size)):at + size]

    def answer_size(self):
        dice = self.dice
        kind = dice.random()
        if kind < 0.5:
            return dice.randrange(2 * KIB)
        if kind < 0.9:
            return max(0, dice.choice(BORDERS[:-1]) + dice.randrange(-3, 4))
        return dice.randrange(4 * MIB)

    def route(self):
        return self.dice.choices(self.traits.routes, (6, 2, 2)[:len(self.traits.routes)])[0]

    def question(self, **asked):
        dice = self.dice
        with_body = dice.random() < 0.6
        method = dice.choice(("POST", "PUT")) if with_body else "GET"
        question = Question(self.id(), self.route(), self.some_bytes() if with_body else b"",
                            method, self.answer_size(), **asked)
        self.decorate(question)
        return question

    def decorate(self, question):
        """One of the forms an answer can have."""
        dice, traits, asked = self.dice, self.traits, question.asked
        form = dice.random()
        if form < 0.15 and traits.streams:
            asked.update(parts=dice.randrange(1, 6))
        elif form < 0.25 and traits.files:
            name = dice.choice(list(traits.files))
            asked["readfile" if traits.php and dice.random() < 0.4 else "file"] = name
            question.answer_body = traits.files[name]
            question.size = 0
        elif form < 0.32 and traits.streams:
            asked.update(hints=1)
        elif form < 0.40 and traits.php:
            asked.update(finish=dice.randrange(30))
        elif form < 0.45:
            asked.update(ms=dice.randrange(40))
        elif form < 0.48:
            asked.update(trouble="noise")
        if traits.php and dice.random() < 0.05:
            asked.update(ignore=1)

    # The ways of asking.

    def connect(self, **options):
        if self.connection is None or options:
            self.drop()
            self.connection = Connection(self.address, **options)
            self.used = 0
        return self.connection

    def drop(self, reset=False):
        if self.connection is None:
            return
        if reset:
            self.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                              struct.pack("ii", 1, 0))
        self.connection.close()
        self.connection = None

    def ask(self):
        question = self.question()
        data = question.head(question.length()) + question.body
        if question.body and self.dice.random() < 0.3:
            data = question.head(["Transfer-Encoding: chunked"]) + self.chunks(question.body)
        self.exchange([question], lambda to: to.send(data))

    def chunks(self, body):
        data, at = [], 0
        while at < len(body):
            few = (1, 100, 16 * KIB, 100_000, MIB)
            size = self.dice.choice(few if len(data) < 50 else (32 * MIB,))
            part = body[at:at + size]
            data.append(b"%x\r\n%s\r\n" % (len(part), part))
            at += len(part)
        return b"".join(data) + b"0\r\n\r\n"

    def pipeline(self):
        questions = [self.question() for _ in range(self.dice.randrange(2, 6))]
        for each in questions:
            each.body = each.body[:64 * KIB]
            each.size = min(each.size, 64 * KIB)
        data = b"".join(each.head(each.length()) + each.body for each in questions)
        self.exchange(questions, lambda to: to.send(data))

    def expect(self):
        question = self.question()
        question.body = question.body or b"x"
        question.method = "POST"

        def send(to):
            to.send(question.head([*question.length(), "Expect: 100-continue"]))
            head = to.response_head()
            assert head.status == 100, head
            to.send(question.body)
        self.exchange([question], send)

    def bare(self):
        """Answers without a body."""
        question = self.question()
        if self.dice.random() < 0.5:
            question.method = "HEAD"
            question.body = b""
        else:
            question.asked = {"status": self.dice.choice((204, 304))}
            question.size = 0
            question.answer_body = None
            question.statuses = {question.asked["status"]}
        self.exchange([question], lambda to: to.send(question.head(question.length())
                                                     + question.body))

    def slow_writer(self):
        question = self.question()
        question.body = question.body[:MIB] or b"y"
        question.method = "POST"

        def send(to):
            to.send(question.head(question.length()))
            step = len(question.body) // 5 + 1
            for at in range(0, len(question.body), step):
                to.send(question.body[at:at + step])
                NAP.wait(self.dice.random() * 0.03)
        self.exchange([question], send)

    def slow_reader(self):
        question = Question(self.id(), self.route(), b"", "GET", self.dice.randrange(6 * MIB))
        if self.traits.streams and self.dice.random() < 0.5:
            question.asked.update(parts=self.dice.randrange(1, 20))
        self.connect(receive_buffer=4096)

        def send(to):
            to.send(question.head())
            NAP.wait(self.dice.random() * 0.3)
        self.exchange([question], send)
        self.drop()

    def leave(self):
        """Goes in the middle of a request or of its answer, in good order or with a reset."""
        question = self.question()
        if self.dice.random() < 0.3:
            question.asked.update(ms=self.dice.randrange(60))
        data = question.head(question.length()) + question.body
        to = self.connect()
        try:
            if self.dice.random() < 0.5:
                to.send_until_refused(data[:self.dice.randrange(1, len(data))])
            else:
                to.send_until_refused(data)
                NAP.wait(self.dice.random() * 0.05)
                if self.dice.random() < 0.5:
                    to.receive()
        except OSError:
            pass
        self.ledger.count("kinds", "left")
        self.drop(reset=self.dice.random() < 0.5)

    def trouble(self):
        """A request that costs its worker something, and nobody else."""
        traits = self.traits
        kinds = ["kill", "exit", "throw"]
        kinds += ["hang"] if "/brief" in traits.routes else []
        kinds += ["once"] if "/retry" in traits.routes else []
        kinds += ["half"] if traits.streams else []
        kind = self.dice.choice(kinds)
        question = self.question()
        question.asked = {"trouble": kind}
        question.answer_body = None
        question.route = traits.routes[0]
        if kind == "kill":
            question.statuses, question.ends_worker = {502}, "signal"
        elif kind == "exit":
            question.ends_worker = traits.exit_ends
            question.statuses = {502} if traits.exit_ends else {200}
            question.answer_body = b""
        elif kind == "throw":
            question.statuses = {500}
        elif kind == "hang":
            question.route, question.statuses = "/brief", {504}
            question.ends_worker = "timeout"
        elif kind == "once":
            question.route, question.method = "/retry", "PUT"
            question.ends_worker = "signal"
        else:
            question.asked = {"parts": 4, "half": 1}
            question.size = self.dice.randrange(8, 300 * KIB)
            question.may_break, question.ends_worker = True, "signal"
            question.statuses = {502}
        data = question.head(question.length()) + question.body
        self.exchange([question], lambda to: to.send(data))

    # Judging.

    def exchange(self, questions, send):
        """Asks and judges. A kept connection that ends before a request is tried once more."""
        kept = self.connection is not None
        to = self.connect()
        for each in questions:
            each.began = time.monotonic()
            if each.ends_worker:
                self.ledger.count("asked_ends", each.ends_worker)
        left = list(questions)
        try:
            send(to)
            while left:
                answer = to.response(head=left[0].method == "HEAD")
                self.used += 1
                self.judge(left.pop(0), answer)
                if answer.header("connection") == "close":
                    self.drop()
                    return  # what was sent beyond it nobody has taken
        except (Closed, OSError) as end:
            self.drop()
            if kept and left == questions and not isinstance(end, TimeoutError):
                self.ledger.add("reconnects", time.monotonic(), questions[0], repr(end))
            else:
                self.broken(left[0], repr(end))
        except Truncated as end:
            self.drop()
            self.broken(left[0], repr(end))

    def judge(self, question, answer):
        question.ended = time.monotonic()
        self.ledger.count("answered", answer.status)
        self.ledger.count("kinds", question.asked.get("trouble", "plain"))
        if answer.status not in question.statuses:
            self.surprised(question, answer.status, answer.body[:200])
        elif faults := question.check(answer):
            self.ledger.add("wrong", question, answer.status, faults)

    def broken(self, question, how):
        question.ended = time.monotonic()
        if not question.may_break:
            self.surprised(question, None, how)

    def surprised(self, question, status, how):
        took = question.ended - question.began
        brief = question.route == "/brief" and took * 1000 >= self.traits.brief_ms
        if brief and status in (504, None):
            self.ledger.count("asked_ends", "timeout")
            self.ledger.count("kinds", "too slow for its time")
        elif status in (502, None) and question.ends_worker == "signal":
            self.ledger.count("kinds", "killed twice")
        else:
            self.ledger.add("surprises", question, status, how)
