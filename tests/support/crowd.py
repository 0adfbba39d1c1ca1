# SPDX-License-Identifier: BSD-3-Clause
"""Clients that ask as long as the body of a `with` runs, and keep what surprised them."""
import threading

from support.waiting import wait_until


class Crowd:
    """Keep-alive clients; one that is told `Connection: close` connects again. With
    `keep_alive=False` each of their requests has a connection of its own."""

    def __init__(self, count, connect, target, keep_alive=True):
        self.over = threading.Event()
        self.seen = []  # (status, body)
        self.faults = []
        self.let_go = 0  # by `Connection: close`
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(connect, target, keep_alive))
                        for _ in range(count)]

    @property
    def answers(self):
        return len(self.seen)

    @property
    def statuses(self):
        return {status for status, _ in self.seen}

    def wait_for(self, answer):
        """Until one of the clients has got `answer`, if that is not its fault."""
        wait_until(lambda: self.faults or answer in self.seen[-len(self.threads):],
                   f"a client has got {answer}")

    def run(self, connect, target, keep_alive):
        connection, let_go = None, 0
        try:
            while not self.over.is_set():
                if connection is None:
                    connection = connect()
                answer = connection.get(target)
                self.seen.append((answer.status, answer.body.decode()))
                closes = answer.header("connection") == "close"
                let_go += closes
                if closes or not keep_alive:
                    connection.close()
                    connection = None
        except Exception as problem:  # shown by the test
            self.faults.append(problem)
        if connection is not None:
            connection.close()
        with self.lock:
            self.let_go += let_go

    def __enter__(self):
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for each in self.threads:
            each.join()
