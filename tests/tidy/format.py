# SPDX-License-Identifier: BSD-3-Clause
"""Checks that C++ is written as .clang-format says: `format.py CLANG-FORMAT ROOT`."""
import subprocess
import sys

import tree


def main():
    if len(sys.argv) != 3:
        print("usage: format.py CLANG-FORMAT ROOT", file=sys.stderr)
        return 2
    program, root = sys.argv[1:]
    paths = [file.path for file in tree.read_tree(root) if file.is_cxx]
    done = subprocess.run([program, "--dry-run", "--Werror", *paths], cwd=root, text=True,
                          stderr=subprocess.PIPE, check=False)
    print(done.stderr, end="")
    print(f"{len(paths)} files")
    return done.returncode if paths else 1


if __name__ == "__main__":
    sys.exit(main())
