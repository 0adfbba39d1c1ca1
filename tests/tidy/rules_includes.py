# SPDX-License-Identifier: BSD-3-Clause
"""Who may include what: the rooms of the house, and which file may see which library."""
import re

# room -> rooms it may include besides itself. The order of the first match decides.
LIBRUNTIME = ["base", "model", "wire", "slab", "process", "net", "actor", "bridge", "native"]
# What authors of native containers see of the actor room: its headers without CAF.
NATIVE_MAY = ["kraken/actor/" + name + ".hpp"
              for name in ("answer", "incarnation", "letter", "thrown_type")]
CONTAINER_MAY = ["kraken/" + room + "/" for room in LIBRUNTIME] + ["config/"]
# What containers of a process share.
PROGRAM_MAY = CONTAINER_MAY + ["containers/program/"]
ROOMS = {
    "libruntime/kraken/base/": [],
    "libruntime/kraken/model/": ["kraken/base/"],
    "libruntime/kraken/wire/": ["kraken/base/"],
    "libruntime/kraken/slab/": ["kraken/base/"],
    "libruntime/kraken/process/": ["kraken/base/"],
    "libruntime/kraken/net/": ["kraken/base/", "kraken/wire/"],
    "libruntime/kraken/actor/": ["kraken/base/", "kraken/model/"],
    "libruntime/kraken/bridge/": ["kraken/base/", "kraken/model/", "kraken/wire/", "kraken/actor/"],
    "libruntime/kraken/native/": ["kraken/base/", "kraken/model/", "kraken/wire/"] + NATIVE_MAY,
    "config/": ["kraken/base/", "kraken/model/"],
    "console/": ["kraken/base/", "kraken/model/", "kraken/wire/"],
    "apps/kraken/": ["apps/kraken/", "console/", "kraken/base/", "kraken/model/"],
    "containers/php/pool/": PROGRAM_MAY,
    "containers/php/channel/": PROGRAM_MAY + ["containers/php/pool/"],
    "containers/php/": PROGRAM_MAY,
    "containers/process/": PROGRAM_MAY,
    "php/native/": ["kraken/base/", "kraken/wire/", "kraken/slab/", "kraken/process/launch/",
                    "kraken/process/host/lineage.hpp"],
    "apps/": ["apps/", "console/", "config/", "containers/", "kraken/"],
    "cmake/generate/": ["console/", "config/", "containers/", "kraken/"],
}
# What a container may see of the console: the tables and texts both sides share.
ADMIN_MAY = [
    "console/command_table.hpp",
    "console/api_table.hpp",
    "console/api_json.hpp",
    "console/failure.hpp",
    "console/request.hpp",
    "console/event_stream.hpp",
    "console/message_json.hpp",
]

# library prefix -> patterns of the files that may include it
THIRD_PARTY = {
    "tl/": ["libruntime/kraken/base/"],
    "spdlog/": ["libruntime/kraken/base/log.cpp"],
    "fmt/": ["libruntime/kraken/base/log.cpp"],
    "msgpack": ["libruntime/kraken/wire/msgpack"],
    "caf/": ["libruntime/kraken/actor/", "containers/", "apps/kraken-runtime/", "tests/actor/"],
    "boost/asio": ["libruntime/kraken/net/event_loop.cpp"],
    "boost/process": ["libruntime/kraken/process/launch/launcher"],
    "yaml-cpp/": ["config/yaml_reader.cpp"],
    "nlohmann/": ["console/detail/json.hpp", "containers/admin/", "cmake/generate/openapi.cpp",
                  "config/schema"],
    "openssl/": ["libruntime/kraken/net/tls.cpp"],
    "nghttp2/": ["libruntime/kraken/wire/http2"],
    "prometheus/": ["containers/admin/metrics_page.cpp"],
    "systemd/": ["libruntime/kraken/process/host/notify_socket.cpp"],
    "ncurses": ["apps/kraken/top.cpp"],
    "editline/": ["apps/kraken/shell.cpp"],
    "main/": ["php/native/php_api.hpp"],
    "Zend/": ["php/native/php_api.hpp"],
    "ext/": ["php/native/php_api.hpp"],
    "catch2/": ["tests/"],
    "rapidcheck": ["tests/"],
}
# Any bench may use what it measures.
FREE_FOLDERS = ("bench/",)

SYSTEM = re.compile(
    r"(sys|linux|netinet|net|arpa|asm)/[\w.]+\.h$|[a-z_0-9]+(\.h)?$"
)
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def includes_of(file):
    """(line number, quoted, name) of each include."""
    for match in _INCLUDE.finditer(file.text):
        line = file.text.count("\n", 0, match.start(1)) + 1
        yield line, match.group(1) == '"', match.group(2)


def room_of(path):
    for room in ROOMS:
        if path.startswith(room):
            return room, ROOMS[room]
    parts = path.split("/")
    if parts[0] == "containers" and len(parts) > 2:
        may = list(CONTAINER_MAY)
        if parts[1] == "admin":
            may += ADMIN_MAY
        return "containers/" + parts[1] + "/", may
    return None, None


def own_prefix(room):
    return room[len("libruntime/"):] if room.startswith("libruntime/") else room


def check_first_party(file):
    room, may = room_of(file.path)
    if room is None or not file.is_cxx:
        return
    for line, quoted, name in includes_of(file):
        if not quoted or name.startswith(tuple(THIRD_PARTY)):
            continue
        # A bare name is a neighbour in the same folder.
        if "/" not in name or name.startswith(own_prefix(room)):
            continue
        if not any(name.startswith(allowed) for allowed in may):
            yield line, f"{room} may not include \"{name}\""


def check_third_party(file):
    if not file.is_cxx or file.path.startswith(FREE_FOLDERS):
        return
    for line, quoted, name in includes_of(file):
        ours = quoted and not name.startswith(tuple(THIRD_PARTY))
        if ours or SYSTEM.fullmatch(name):
            continue
        for prefix, places in THIRD_PARTY.items():
            if name.startswith(prefix):
                if not any(file.path.startswith(place) for place in places):
                    yield line, f"<{name}> may be included only in {', '.join(places)}"
                break
        else:
            yield line, f"<{name}> is no library of this house (rules_includes.py)"


def check_cycles(files):
    """Headers that include each other in a circle."""
    graph = {}
    for file in files:
        if file.is_header:
            key = file.path.removeprefix("libruntime/")
            graph[key] = [name for _, quoted, name in includes_of(file) if quoted]
    state = {}

    def visit(node, trail):
        if state.get(node) == "done" or node not in graph:
            return None
        if node in trail:
            return trail[trail.index(node):] + [node]
        for following in graph[node]:
            found = visit(following, trail + [node])
            if found:
                return found
        state[node] = "done"
        return None

    for node in sorted(graph):
        found = visit(node, [])
        if found:
            yield found[0], 1, "includes in a circle: " + " -> ".join(found)
            return
