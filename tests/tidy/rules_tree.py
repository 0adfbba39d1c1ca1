# SPDX-License-Identifier: BSD-3-Clause
"""Rules about the tree as a whole: what is listed, linked, named and known elsewhere."""
import os
import re

ROOT_ENTRIES = {
    ".ci", ".clang-format", ".clang-tidy", ".clangd", ".editorconfig", ".gitattributes",
    ".github", ".gitignore", "CHANGELOG.md", "CMakeLists.txt", "CMakePresets.json", "LICENSE",
    "README.md", "apps", "bench", "cmake", "config", "console", "containers", "dev", "docs",
    "libruntime", "php", "tests",
}
DECISION_LINES = 80
# Header/source pairs of one folder; beyond, it is more than one idea and is split by them.
PAIRS = 12
# Folder -> (the most it may hold, why it is not split).
CROWDED = {
    "config": (18, "a table per section of the file"),
    "config/detail": (20, "a reader per foreign format and check"),
    "console": (28, "a table or face of the console each; no layers to split by"),
    "containers/admin": (17, "a resource of the admin API each"),
    "libruntime/kraken/actor": (31, "what users of the room see; internals are in detail"),
    "libruntime/kraken/actor/detail": (20, "parts of one container shell"),
    "libruntime/kraken/base": (25, "the floor: words of every room, unrelated by nature"),
    "libruntime/kraken/model": (20, "a rule each, none above the others"),
    "libruntime/kraken/wire": (20, "a codec each"),
    "php/native": (20, "parts of one PHP module that share its globals"),
}
# Folders whose C++ files must be named in a CMakeLists.txt above them.
BUILT = ("libruntime/", "config/", "console/", "containers/", "apps/", "cmake/generate/", "tests/",
         "bench/micro/", "php/native/")


def check_root(files):
    for entry in sorted({file.path.split("/")[0] for file in files} - ROOT_ENTRIES):
        yield entry, 1, "new entry at the root of the tree"


def is_listed(path, lists):
    """Whether a CMakeLists.txt above the file names it by its path from there."""
    folder = os.path.dirname(path)
    while True:
        relative = os.path.relpath(path, folder or ".")
        if re.search(r"(?<![\w/.-])" + re.escape(relative) + r"(?![\w.])", lists.get(folder, "")):
            return True
        if folder == "":
            return False
        folder = os.path.dirname(folder)


def check_dead_files(files):
    lists = {os.path.dirname(f.path): f.text for f in files if f.name == "CMakeLists.txt"}
    included = set()
    for file in files:
        if file.is_cxx:
            found = re.findall(r'#\s*include\s*"([^"]+)"', file.text)
            included.update(os.path.basename(name) for name in found)
    for file in files:
        if not file.path.startswith(BUILT) or is_listed(file.path, lists):
            continue
        if file.path.endswith(".cpp"):
            yield file.path, 1, "is in no CMakeLists.txt: list it or delete it"
        elif file.is_header and file.name not in included:
            yield file.path, 1, "neither listed in a CMakeLists.txt nor included: delete it"


def check_crowded(files):
    """Folders of more pairs than one idea has."""
    pairs = {folder: set() for folder in CROWDED}
    for file in files:
        if file.is_cxx and not file.path.startswith(("tests/", "bench/")):
            folder, name = os.path.split(file.path)
            pairs.setdefault(folder, set()).add(os.path.splitext(name)[0])
    for folder, stems in sorted(pairs.items()):
        most, _ = CROWDED.get(folder, (PAIRS, ""))
        if len(stems) > most:
            yield folder, 1, f"{len(stems)} pairs, at most {most}: split it by ideas"
        elif folder in CROWDED and len(stems) <= PAIRS:
            yield folder, 1, f"{len(stems)} pairs: needs no exemption in rules_tree.py"


def check_decisions(files):
    seen = {}
    for file in files:
        if not file.path.startswith("docs/decisions/"):
            continue
        found = re.fullmatch(r"(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md", file.name)
        if not found:
            yield file.path, 1, "decisions are called NNNN-title.md"
            continue
        if found.group(1) in seen:
            yield file.path, 1, f"number {found.group(1)} is taken by {seen[found.group(1)]}"
        seen[found.group(1)] = file.name
        if not file.lines or not re.match(rf"# 0*{int(found.group(1))}[.:] \S", file.lines[0]):
            yield file.path, 1, f"must begin with '# {found.group(1)}: title' or '# N. title'"
        if len(file.lines) > DECISION_LINES:
            yield file.path, DECISION_LINES + 1, f"longer than a page ({DECISION_LINES} lines)"


def check_links(files):
    paths = {file.path for file in files}
    folders = {os.path.dirname(path) for path in paths}
    for file in files:
        if not file.path.endswith(".md"):
            continue
        text = re.sub(r"```.*?```", lambda m: "\n" * m.group(0).count("\n"), file.text, flags=re.S)
        for match in re.finditer(r"\]\(([^)#\s]+)(#[^)]*)?\)", text):
            target = match.group(1)
            if re.match(r"[a-z]+:", target):
                continue
            full = os.path.normpath(os.path.join(os.path.dirname(file.path), target))
            if full not in paths and full not in folders and not any(
                    folder.startswith(full + "/") for folder in folders):
                yield file.path, text.count("\n", 0, match.start()) + 1, f"dead link to {target}"


def check_event_names(files):
    table = next((f for f in files if f.path == "libruntime/kraken/base/event_table.hpp"), None)
    if table is None:
        return
    known = set(re.findall(r'event_row\{"(\w+)"', table.text))
    logged = set()
    for file in files:
        if not file.path.endswith(".cpp") or file.is_test:
            continue
        for match in re.finditer(
                r'\blog::(?:debug|info|warn|error|write)\(\s*(?:[\w:.]+,\s*)?"(\w+)"', file.text):
            logged.add(match.group(1))
            if match.group(1) not in known:
                line = file.text.count("\n", 0, match.start()) + 1
                yield file.path, line, f"event '{match.group(1)}' is not in base/event_table.hpp"
    names = re.findall(r'event_row\{"(\w+)"', table.text)
    if names != sorted(names):
        yield table.path, 1, "rows are not in alphabetical order"
    sources = "".join(f.text for f in files if f.path.endswith(".cpp") and not f.is_test)
    for name in sorted(known - logged):
        if f'"{name}"' not in sources:
            yield table.path, 1, f"nothing logs event '{name}'"


def test_names(files):
    """The names of all tests: Catch2's texts and unittest's methods."""
    names = set()
    for file in files:
        if not file.path.startswith("tests/"):
            continue
        if file.path.endswith(".cpp"):
            for call in re.findall(
                    r'(?:TEST_CASE|SCENARIO)(?:_METHOD)?\(\s*(?:\w+,\s*)?'
                    r'((?:"(?:[^"\\]|\\.)*"\s*)+)', file.text):
                names.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', call)))
        elif file.path.endswith(".py"):
            names.update(re.findall(r"def (test_\w+)\(", file.text))
    return names


def check_named_tests(files):
    """A page that says which test shows what must name tests that are there."""
    pages = [f for f in files if f.path == "docs/reference/supervision-tests.md"]
    names = test_names(files) if pages else set()
    for page in pages:
        for number, line in enumerate(page.text.splitlines(), 1):
            if not line.startswith("- ") or " \u2192 " not in line:
                continue
            for name in re.findall(r"`([^`]+)`", line.split(" \u2192 ", 1)[1]):
                if name not in names:
                    yield page.path, number, f"no test is called '{name}'"


TREE_RULES = [check_root, check_dead_files, check_decisions, check_links, check_event_names,
              check_named_tests, check_crowded]
