# SPDX-License-Identifier: BSD-3-Clause
"""Reading of vectors/http1_requests.txt; its header says what the columns mean."""
import os
import re
from dataclasses import dataclass

from support.topology import SOURCE

_REPEAT = re.compile(r"\\\{(\d+)\*([^}]*)\}")
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.S)
_PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


@dataclass
class Row:
    name: str
    statuses: list
    keep: bool
    data: bytes


def unescape(text):
    text = _REPEAT.sub(lambda match: match[2] * int(match[1]), text)
    return _ESCAPE.sub(
        lambda match: bytes([int(match[1][1:], 16)]) if len(match[1]) == 3 else _PLAIN[match[1]],
        text.encode())


def http1_rows():
    path = os.path.join(SOURCE, "tests", "support", "vectors", "http1_requests.txt")
    rows = []
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file.read().split("\n"):
            if line and not line.startswith("#"):
                name, statuses, fate, data = line.split(" | ", 3)
                rows.append(Row(name, [int(each) for each in statuses.split(",")],
                                {"keep": True, "close": False}[fate], unescape(data)))
    return rows
