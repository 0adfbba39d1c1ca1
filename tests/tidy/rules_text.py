# SPDX-License-Identifier: BSD-3-Clause
"""Rules about the text of one file: words, calls, headers, sizes."""
import re

HEADER_LINES = 250
SOURCE_LINES = 400
TEST_LINES = 600
LINE_COLUMNS = 100
FUNCTION_LINES = 70
TEST_FUNCTION_LINES = 100
README_LINES = 150

WIDTH_CHECKED = (".cpp", ".hpp", ".py", ".cmake", "CMakeLists.txt")

# (name, pattern in the code without comments and literals, where it is allowed, what to do)
CODE_BANS = [
    ("sleep", r"\bsleep_for\b|\bsleep_until\b|\busleep\s*\(|\bnanosleep\s*\(|(?<![\w.>])sleep\s*\(",
     [], "wait for an event or a timer"),
    # Literal operators cannot be had otherwise.
    ("using namespace", r"\busing\s+namespace\b(?![^;]*literals\s*;)", ["tests/"],
     "name what you use"),
    ("console output in a library", r"\bstd::(cout|cerr|clog)\b|(?<![\w:])f?printf\s*\(",
     ["apps/", "console/", "php/native/main.cpp", "cmake/", "tests/", "bench/"],
     "return a result or log an event"),
    ("fork", r"(?<![\w.>])(::)?v?fork\s*\(",
     ["libruntime/kraken/process/launch/launcher", "libruntime/kraken/process/host/guardian",
      "tests/"],
     "launch processes with process/launch/launcher"),
    ("kill by number", r"(?<!\w)::kill\s*\(",
     ["libruntime/kraken/base/pidfd.cpp", "libruntime/kraken/process/", "tests/"], "use pidfd"),
    ("wall clock", r"\bsystem_clock\b|\bhigh_resolution_clock\b",
     ["libruntime/kraken/base/log", "libruntime/kraken/actor/status_board",
      "libruntime/kraken/actor/board/",
      "libruntime/kraken/actor/dead_letters", "libruntime/kraken/wire/http1_date",
      "libruntime/kraken/net/date", "libruntime/kraken/process/output/log_board",
      "containers/http/access/access_note",
      "containers/admin/event_streams", "containers/admin/situation", "tests/", "bench/"],
     "use monotonic_clock; wall time is for what people read"),
    ("manual memory", r"(?<!operator )\bnew\s+[A-Za-z_:]|(?<!= )\bdelete\b(\s*\[\s*\]|\s+[\w*(])",
     [], "use values, unique_ptr or make_shared"),
    ("detached thread", r"[.>]detach\s*\(\s*\)", ["bench/"], "join every thread"),
    ("unseeded random numbers", r"(?<!\w)s?rand\s*\(", [], "use a seeded generator"),
]
# Macros of the house; every other one breaks unity builds.
MACROS = {"KRAKEN_ASSERT", "KRAKEN_TRY", "KRAKEN_BUG", "CATCH_CONFIG_MAIN"}

BAD_NAME = re.compile(r"(^|[_\-.])(util|utils|helper|helpers|common|misc)([_\-.]|$)")
MACHINE_PATH = re.compile(r"(?<![\w.*}])/(work|home)/[a-z]")


def check_code_bans(file):
    if not file.is_cxx:
        return
    for name, pattern, allowed, advice in CODE_BANS:
        if any(file.path.startswith(place) for place in allowed):
            continue
        for match in re.finditer(pattern, file.code):
            line = file.code.count("\n", 0, match.start()) + 1
            # What has no other form says so: `// NOLINT: private constructor`.
            if "NOLINT: " not in file.lines[line - 1]:
                yield line, f"{name}: {advice}"


def check_macros(file):
    if not file.is_cxx or file.path.startswith("bench/"):
        return
    for number, line in enumerate(file.lines, 1):
        found = re.match(r"\s*#\s*define\s+(\w+)", line)
        # A name a system header of this Debian lacks may be given where it is used.
        if found and found.group(1) not in MACROS and not found.group(1).startswith("P_"):
            yield number, f"macro {found.group(1)}: use a function, constant or table"


def check_todo(file):
    if file.path.startswith("tests/tidy/"):
        return
    for number, line in enumerate(file.lines, 1):
        for match in re.finditer(r"\b(TODO|FIXME|XXX)\b", line):
            if not re.match(r"\(?#\d+", line[match.end():].lstrip(" :")):
                yield number, match.group(1) + " without an issue number (#N)"


def check_catch_all(file):
    if not file.is_cxx:
        return
    for number, line in enumerate(file.lines, 1):
        if "catch (...)" in line:
            around = "\n".join(file.lines[max(0, number - 2):number + 1])
            if "//" not in around:
                yield number, "catch (...) without a comment that says why"


def check_head(file):
    if not file.is_cxx:
        return
    expected = ["// SPDX-License-Identifier: BSD-3-Clause", "/// @file"]
    if file.lines[:2] != expected or len(file.lines) < 3 or not file.lines[2].startswith("/// "):
        yield 1, "must begin with SPDX line, '/// @file' and a sentence of its idea"
    if file.is_header and "#pragma once" not in file.lines:
        yield 1, "header without #pragma once"


def check_size(file):
    if file.is_generated:
        return
    limit = None
    if file.is_cxx or file.path.endswith((".py", ".php")):
        limit = TEST_LINES if file.is_test else SOURCE_LINES
        if file.is_header and not file.is_test:
            limit = HEADER_LINES
    elif file.path == "README.md":
        limit = README_LINES
    if limit and len(file.lines) > limit:
        yield limit + 1, f"{len(file.lines)} lines; the limit is {limit}"
    if file.path.endswith(WIDTH_CHECKED):
        for number, line in enumerate(file.lines, 1):
            if len(line) > LINE_COLUMNS:
                yield number, f"{len(line)} columns; the limit is {LINE_COLUMNS}"


def check_blanks(file):
    if file.is_generated or file.path.startswith("tests/fuzz/corpus/"):
        return
    for number, line in enumerate(file.lines, 1):
        if "\t" in line and file.name != "Makefile":
            yield number, "tab"
        if line.endswith("\r"):
            yield number, "line ends with CR"
    if file.is_cxx and file.text and not file.text.endswith("\n"):
        yield len(file.lines), "no line end at the end of the file"


def check_names(file):
    if BAD_NAME.search(file.name.lower()):
        yield 1, f"the name '{file.name}' says nothing: name the idea"


def check_machine_paths(file):
    if file.path.startswith(("tests/tidy/", ".ci/")):
        return
    for number, line in enumerate(file.lines, 1):
        if MACHINE_PATH.search(line):
            yield number, "a path of one machine"


_CONTROL = re.compile(
    r"\b(if|for|while|switch|catch|namespace|struct|class|enum|union|try|do|else)\b")


def functions_of(code):
    """(first line, number of lines) of each function body, lambdas counted in their function."""
    stack = []  # one entry per open brace: a function's first line, 0 other block, -1 initializer
    since = 0   # where the text before the next block begins
    depth = 0   # open parentheses: braces inside them are arguments
    for at, char in enumerate(code):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "{":
            # `name_{value}`: our blocks have a blank before their brace, initializers do not.
            if re.match(r"[\w>\])]", code[at - 1:at]):
                stack.append(-1)
                continue
            text = code[since:at]
            head = text.strip()
            is_function = (
                "(" in head and depth == 0 and not any(entry > 0 for entry in stack)
                and not _CONTROL.match(head) and not re.search(r"[=,]\s*[\w:<>]*$", head)
            )
            lead = len(text) - len(text.lstrip())
            stack.append(code.count("\n", 0, since + lead) + 1 if is_function else 0)
            since = at + 1
        elif char == "}" and stack:
            start = stack.pop()
            if start > 0:
                yield start, code.count("\n", 0, at) + 2 - start
            if start >= 0:
                since = at + 1
        elif char == ";" and depth == 0:
            since = at + 1


def check_functions(file):
    if not file.is_cxx:
        return
    limit = TEST_FUNCTION_LINES if file.is_test else FUNCTION_LINES
    code = re.sub(r"^\s*#[^\n]*", "", file.code, flags=re.M)
    for start, length in functions_of(code):
        if length > limit:
            yield start, f"function of {length} lines; the limit is {limit}"


FILE_RULES = [
    check_code_bans, check_macros, check_todo, check_catch_all, check_head, check_size,
    check_blanks, check_names, check_machine_paths, check_functions,
]
