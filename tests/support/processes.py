# SPDX-License-Identifier: BSD-3-Clause
"""Processes as /proc shows them: families, zombies, descriptors, processor time."""
import os

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """(state, parent, processor ticks) or None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # "PID (name) STATE PPID ...", and the name may hold anything.
    fields = text[text.rindex(b")") + 2:].split()
    return fields[0].decode(), int(fields[1]), int(fields[11]) + int(fields[12])


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def state_of(pid):
    """`R`, `S`, `T`, `Z` ... or None when there is no such process."""
    stat = _stat(pid)
    return stat[0] if stat else None


def is_alive(pid):
    return state_of(pid) not in (None, "Z", "X")


def children_of(parent):
    """pid to state of the direct children, zombies included."""
    found = {}
    for pid in all_pids():
        stat = _stat(pid)
        if stat and stat[1] == parent:
            found[pid] = stat[0]
    return found


def zombies_of(parent):
    return [pid for pid, state in children_of(parent).items() if state == "Z"]


def with_environment(entry):
    """pids of live processes whose initial environment has `NAME=VALUE`."""
    wanted = entry.encode()
    found = []
    for pid in all_pids():
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if wanted in file.read().split(b"\0"):
                    found.append(pid)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return [pid for pid in found if is_alive(pid)]


def environment_of(pid):
    """As the kernel shows it: what it began with."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            entries = file.read().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return dict(each.split(b"=", 1) for each in entries if b"=" in each)


def launch_mark_of(pid):
    """The daemon's name for the launch it belongs to; None when it has ended."""
    return environment_of(pid).get(b"KRAKEN_LAUNCH")


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def descriptor_count(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def thread_count(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def processor_seconds(pid):
    stat = _stat(pid)
    return stat[2] / TICKS if stat else 0.0


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
