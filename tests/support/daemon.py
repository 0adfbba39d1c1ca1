# SPDX-License-Identifier: BSD-3-Clause
"""A daemon under test: started with its own directory, asked, ended, and held to the promises
that no test may break: no orphan, no zombie, the exit code that is due."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter

from support import processes
from support.http_client import Connection
from support.waiting import STRETCH, wait_until

PROGRAMS = os.environ.get("KRAKEN_BIN_DIR", os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "build", "bin"))
CONSOLE = os.path.join(PROGRAMS, "kraken")
SHOWN_LOG_BYTES = 6_000
PASSED_ON = ("PATH", "HOME", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS")


class Console:
    """What a run of the console gave."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def __repr__(self):
        return f"<exit code {self.code}\n{self.out}\n{self.err}>"


class Daemon:
    """`kraken serve` with a temporary directory of its own.

    Its workers inherit TMPDIR, which is this directory: that is how their processes are known.
    """

    def __init__(self, config, arguments=(), environment=(), file_name="kraken.yaml",
                 wrapper=(), directory=None):
        self.owns_directory = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="kt-", dir="/tmp")
        self.config_file = os.path.join(self.directory, file_name)
        self.socket = os.path.join(self.directory, "kraken.sock")
        self.log_file = os.path.join(self.directory, "daemon.log")
        self.arguments = list(arguments)
        self.wrapper = list(wrapper)
        self.environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.environment.update(TMPDIR=self.directory, **dict(environment))
        self.process = None
        self._pid = None
        self.expected_code = 0
        self.write_config(config)

    # Life.

    def write_config(self, text):
        with open(self.config_file, "w", encoding="utf-8") as file:
            file.write(text)

    def command_line(self):
        return [*self.wrapper, CONSOLE, "serve", "-c", self.config_file,
                "--set", f"admin.socket={self.socket}", *self.arguments]

    def launch(self):
        """Starts the program without waiting for anything."""
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                self.command_line(), cwd=self.directory, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        return self

    def start(self):
        """Starts and waits until everything is ready."""
        self.launch()
        try:
            self.wait_ready()
        except BaseException:
            self.show_log()
            self.abort()
            raise
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind is None:
            self.close()
        else:
            self.abort()

    def running(self):
        return self.process is not None and self.process.poll() is None

    def must_run(self):
        if not self.running():
            raise RuntimeError(f"the daemon ended with {self.process.returncode}")

    def wait_ready(self):
        def ready():
            self.must_run()
            return os.path.exists(self.socket) and self.health("/readyz") == 200
        wait_until(ready, "the daemon is ready", every=0.01)

    @property
    def pid(self):
        """Of the daemon itself, not of its guardian, which is the process that was started."""
        if self._pid is None:
            self._pid = wait_until(self._find_pid, "there is a daemon", every=0.001)
        return self._pid

    def _find_pid(self):
        self.must_run()
        # `kraken` may not have become the guardian yet, or may need none under a service manager.
        if "NOTIFY_SOCKET" in self.environment:
            return self.process.pid
        return next(iter(processes.children_of(self.process.pid)), None)

    def signal(self, number):
        self.process.send_signal(number)

    def wait_end(self, within=30.0):
        """@return the exit code; negative: the signal"""
        return self.process.wait(timeout=within * STRETCH)

    def stop(self, within=30.0):
        self.signal(signal.SIGTERM)
        return self.wait_end(within)

    def kill9(self):
        """Kills the daemon and waits for its guardian, which has nothing left to do then."""
        os.kill(self.pid, signal.SIGKILL)
        self.expected_code = self.wait_end()
        assert self.expected_code == -signal.SIGKILL, self.expected_code

    def close(self):
        """Ends the daemon in good order and checks what must be true of every end."""
        try:
            if self.running():
                self.stop()
            code = self.process.returncode
            assert code == self.expected_code, f"exit code {code}, not {self.expected_code}"
            wait_until(lambda: not self.family(), "no process is left", within=2)
            if code == 0:
                assert not os.path.exists(self.socket), "the socket is left behind"
        except BaseException:
            self.show_log()
            self.abort()
            raise
        if self.owns_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def abort(self):
        """Ends everything without looking; the directory with the log stays."""
        if self.running():
            self.process.kill()
            self.process.wait()
        for pid in processes.with_environment(f"TMPDIR={self.directory}"):
            os.kill(pid, signal.SIGKILL)

    # What there is.

    def family(self):
        """pids of the live processes that descend from this daemon, by their environment."""
        if self._pid is None and self.running():
            self._pid = self._find_pid()
        marked = processes.with_environment(f"TMPDIR={self.directory}")
        return [pid for pid in marked if pid not in (self.process.pid, self._pid)]

    def log(self):
        with open(self.log_file, encoding="utf-8", errors="replace") as file:
            return file.read()

    def show_log(self):
        text = self.log()[-SHOWN_LOG_BYTES:]
        print(f"--- {self.log_file}\n{text}\n---", file=sys.stderr, flush=True)

    # Doors.

    def admin(self, method, target, body=None, headers=()):
        with Connection(self.socket) as connection:
            data = json.dumps(body).encode() if body is not None else b""
            return connection.request(method, target, headers, data)

    def api(self, target, method="GET", body=None):
        """The answer's JSON; anything but 200 is a failure."""
        answer = self.admin(method, f"/api/v1/{target}", body)
        assert answer.status == 200, f"{target}: {answer.status} {answer.body!r}"
        return json.loads(answer.body)

    def command(self, name, flags=None, **arguments):
        """@return (status, answer)"""
        answer = self.admin("POST", "/api/v1/commands",
                            {"command": name, "args": arguments, "flags": flags or {}})
        return answer.status, json.loads(answer.body)

    def health(self, target):
        return self.admin("GET", target).status

    def console_words(self, *words):
        return [CONSOLE, *words]

    def console_environment(self):
        return {**self.environment, "KRAKEN_SOCKET": self.socket}

    def console(self, *words, within=60.0, environment=()):
        done = subprocess.run(
            self.console_words(*words), capture_output=True, text=True, timeout=within * STRETCH,
            env={**self.console_environment(), **dict(environment)},
            cwd=self.directory, stdin=subprocess.DEVNULL, check=False)
        return Console(done)

    def address(self):
        """(host, port) of the first front."""
        fronts = [each for each in self.api("node")["listen"] if each.startswith("http://")]
        assert fronts, "no front listens yet"
        host, port = fronts[0].removeprefix("http://").rsplit(":", 1)
        return host, int(port)

    def connect(self, address=None, **options):
        return Connection(address or self.address(), **options)

    def get(self, target, headers=()):
        with self.connect() as connection:
            return connection.get(target, headers)

    # Containers.

    def containers(self, under=None):
        return self.api("containers" + (f"?under={under}" if under else ""))

    def container(self, alias):
        return self.api("containers/" + alias.replace("/", "%2F"))

    def workers(self, of="web"):
        return [each for each in self.containers(of) if each["kind"] == "worker"]

    def pids(self, of="web"):
        seen = [each["pid"] for each in self.workers(of) if each["pid"]]
        assert all(pid > 1 for pid in seen), seen  # tests kill these; -1 would be everybody
        return seen

    def worker_of(self, pid):
        return next(each for each in self.workers() if each["pid"] == pid)

    def wait_settled(self, size=None, of="web"):
        """Waits until all workers serve, and status and /proc agree on the processes there are."""
        def settled():
            self.must_run()
            workers = self.workers(of)
            assert all(each["phase"] == "ready" for each in workers), workers
            assert size is None or len(workers) == size, len(workers)
            assert self.health("/readyz") == 200
            containers = [each for each in self.containers() if each["pid"]]
            known = [each["pid"] for each in containers]
            marks = [processes.launch_mark_of(each["pid"]) for each in containers
                     if each["kind"] == "template"]
            assert processes.zombies_of(self.pid) == []
            children = set(processes.children_of(self.pid))
            others = children - set(known)
            # Each template has one child made ahead, which has its mark until it gets an order.
            ahead = Counter(processes.launch_mark_of(pid) for pid in others)
            assert ahead == Counter(marks), (others, known)
            assert children >= set(known), known
            return workers
        return wait_until(settled, "all workers serve again")

    def metric(self, name, **labels):
        """Sum of a metric's samples that have these labels."""
        total = 0.0
        for line in self.admin("GET", "/metrics").body.decode().splitlines():
            if line.startswith((name + " ", name + "{")):
                if all(f'{key}="{value}"' in line for key, value in labels.items()):
                    total += float(line.rsplit(" ", 1)[1])
        return total
