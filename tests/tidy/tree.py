# SPDX-License-Identifier: BSD-3-Clause
"""The files of the tree as the rules see them. Finds and reads; judges nothing."""
import os
import re

# `.git` is a file in a second work tree.
SKIPPED = {".git", "build", ".kraken", "vendor", "node_modules", "__pycache__"}
CXX = (".cpp", ".hpp")


class File:
    """One text file: its path below the root, and its lines without line ends."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        if self.lines and self.lines[-1] == "":
            self.lines.pop()
        self._code = None

    @property
    def name(self):
        return os.path.basename(self.path)

    @property
    def is_cxx(self):
        return self.path.endswith(CXX)

    @property
    def is_header(self):
        return self.path.endswith(".hpp")

    @property
    def is_test(self):
        return self.path.startswith("tests/")

    @property
    def is_generated(self):
        return is_generated(self.path)

    @property
    def code(self):
        """C++ text with comments blanked and string contents removed; same line numbers."""
        if self._code is None:
            self._code = strip(self.text)
        return self._code


def is_generated(path):
    return (
        path.startswith("console/completion/")
        or path == "config/kraken.schema.json"
        or path == "docs/reference/openapi.json"
    )


_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'
    r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.S,
)


def strip(text):
    """Comments become blanks, literals become empty literals; line ends stay."""

    def blank(match):
        piece = match.group(0)
        kept = "\n" * piece.count("\n")
        if piece.startswith("/"):
            return kept
        return ('""' if '"' in piece[:2] else "' '") + kept

    return _TOKEN.sub(blank, text)


def read_tree(root):
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        for name in sorted(names):
            full = os.path.join(folder, name)
            if name in SKIPPED or os.path.islink(full):
                continue
            with open(full, "rb") as handle:
                data = handle.read()
            if b"\0" in data:
                continue  # not text: images, fuzz inputs
            path = os.path.relpath(full, root).replace(os.sep, "/")
            files.append(File(path, data.decode("utf-8", "replace")))
    return files
