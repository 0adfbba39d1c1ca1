# SPDX-License-Identifier: BSD-3-Clause
"""Checks the tree against the rules of the house: `tidy.py ROOT`. Prints `path:line: fault`."""
import sys

import rules_includes
import rules_text
import rules_tree
import tree


def faults(files):
    """All faults of a list of files, as (path, line, text)."""
    found = []
    per_file = rules_text.FILE_RULES + [
        rules_includes.check_first_party, rules_includes.check_third_party]
    for file in files:
        for rule in per_file:
            found += [(file.path, line, text) for line, text in rule(file)]
    for rule in rules_tree.TREE_RULES + [rules_includes.check_cycles]:
        found += list(rule(files))
    return sorted(set(found))


def main():
    if len(sys.argv) != 2:
        print("usage: tidy.py ROOT", file=sys.stderr)
        return 2
    files = tree.read_tree(sys.argv[1])
    found = faults(files)
    for path, line, text in found:
        print(f"{path}:{line}: {text}")
    print(f"{len(files)} files, {len(found)} faults")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
