# SPDX-License-Identifier: BSD-3-Clause
"""The table of requests, malformed ones above all, against the real server."""
from support.case import DaemonCase
from support.topology import http, pool, topology
from support.vector_file import http1_rows


class Table(DaemonCase):
    config = topology(pool(size=2), http())

    def check(self, row, pieces):
        with self.connect() as connection:
            for piece in pieces:
                # The answer may come, and the connection end, before everything is sent.
                connection.send_until_refused(piece)
            head = row.data.lstrip(b"\r\n").startswith(b"HEAD ")
            # An interim 100 is left out when the body is there already (RFC 9110 10.1.1).
            expected = [status for status in row.statuses if status >= 200]
            self.assertEqual([connection.response(head).status for _ in expected], expected)
            if row.keep:
                self.assertEqual(connection.get("/hello").body, b"hello\n")
            else:
                self.assertTrue(connection.is_closed())

    def test_the_table_is_there(self):
        rows = http1_rows()
        self.assertGreaterEqual(sum(1 for row in rows if max(row.statuses) >= 400), 100)
        self.assertEqual(len({row.name for row in rows}), len(rows))

    def test_in_one_piece(self):
        for row in http1_rows():
            with self.subTest(row.name):
                self.check(row, [row.data])

    def test_in_two_pieces(self):
        for row in http1_rows():
            with self.subTest(row.name):
                middle = len(row.data) // 2
                self.check(row, [row.data[:middle], row.data[middle:]])

    def test_it_harmed_nobody(self):
        for row in http1_rows():
            with self.connect() as connection:
                connection.send_until_refused(row.data)
        self.daemon.wait_settled(2)
        self.assert_serves()
        self.assertEqual([each["restarts"] for each in self.daemon.workers()], [0, 0])
