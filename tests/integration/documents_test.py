# SPDX-License-Identifier: BSD-3-Clause
"""What the documents promise: commands of the tutorial work as typed, examples of configurations
are valid, every metric has its line."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from support.case import DaemonCase
from support.daemon import PROGRAMS
from support.narya import free_port
from support.topology import SOURCE, http, pool, topology
from support.waiting import STRETCH, wait_until

WITHIN = 60.0
DOCUMENTS = [os.path.join(folder, name)
             for folder, _, names in os.walk(os.path.join(SOURCE, "docs"))
             for name in names if name.endswith(".md")]


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def blocks(text, *languages):
    """(language, text) of the fenced blocks in these languages."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)
    return [(language, body) for language, body in found if language in languages]


class Tutorial(unittest.TestCase):
    """A newcomer in a folder that looks like the repository, on another port."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="kt-", dir="/tmp")
        os.chmod(self.folder, 0o755)  # workers may run as another user
        self.addCleanup(shutil.rmtree, self.folder, True)
        for name in ("php", "apps"):
            shutil.copytree(os.path.join(SOURCE, name), os.path.join(self.folder, name))
        self.port = free_port()
        socket = os.path.join(self.folder, "kraken.sock")
        self.environment = {**os.environ, "PATH": PROGRAMS + ":" + os.environ["PATH"],
                            "KRAKEN_SOCKET": socket, "KRAKEN_ADMIN_SOCKET": socket}
        self.daemon = None
        self.addCleanup(self.end)

    def shell(self, line):
        return subprocess.run(["bash", "-c", line], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=WITHIN * STRETCH,
                              stdin=subprocess.DEVNULL, check=False)

    def end(self):
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGINT)
            self.assertEqual(self.daemon.wait(timeout=WITHIN * STRETCH), 0)
        self.daemon = None

    def serve(self, line):
        self.end()
        line = line.replace("./dev serve", "kraken serve -c apps/demo/kraken.yaml")
        self.daemon = subprocess.Popen(
            ["bash", "-c", f"exec {line} --listen 127.0.0.1:{self.port}"], cwd=self.folder,
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(lambda: self.shell("kraken health").returncode == 0, line)

    def follow(self, line):
        """A command that goes on: it says something, then it is left."""
        with subprocess.Popen(["bash", "-c", "exec " + line], cwd=self.folder,
                              env=self.environment, stdout=subprocess.PIPE) as process:
            self.assertTrue(process.stdout.readline(), line)
            process.terminate()

    def test_every_command_works_as_it_is_typed(self):
        statuses = []
        for language, text in blocks(read("docs", "tutorial", "first-worker.md"), "sh", "php"):
            if language == "php":
                name = re.match(r"<\?php // (\S+)", text).group(1)
                with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
                continue
            for line in text.splitlines():
                with self.subTest(line=line):
                    fails = line.endswith("# fails")
                    line = re.sub(r"\s+# .*", "", line).replace("8888", str(self.port))
                    if " serve" in line:
                        self.serve(line)
                    elif " -f" in line:
                        self.follow(line)
                    else:
                        done = self.shell(line)
                        self.assertEqual(done.returncode != 0, fails, done)
                        statuses += re.findall(r"HTTP/1.1 (\d+)", done.stdout)
        self.assertEqual(statuses, ["502", "502", "500", "504"])
        self.assertEqual(self.daemon.wait(timeout=WITHIN * STRETCH), 0)  # `kraken stop`
        self.daemon = None


class Examples(unittest.TestCase):
    def test_configurations_are_valid(self):
        for path in [*DOCUMENTS, os.path.join(SOURCE, "README.md")]:
            for _, text in blocks(read(path), "yaml"):
                if not text.startswith(("root:", "node:", "server:", "workers:")):
                    continue
                name = ".rr.yaml" if text.startswith(("server:", "workers:")) else "kraken.yaml"
                with self.subTest(path=path, text=text[:60]), tempfile.TemporaryDirectory() as at:
                    file = os.path.join(at, name)
                    with open(file, "w", encoding="utf-8") as out:
                        out.write(text)
                    done = subprocess.run(
                        [os.path.join(PROGRAMS, "kraken"), "config:validate", "--portable",
                         "-c", file],
                        capture_output=True, text=True, timeout=WITHIN, check=False)
                    faults = [line for line in done.stderr.splitlines()
                              if "allow_root" not in line and line.startswith(("Reason", "   "))]
                    self.assertEqual(faults, [], done)

    def test_links_lead_somewhere(self):
        for path in [*DOCUMENTS, os.path.join(SOURCE, "README.md")]:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(path)):
                with self.subTest(path=path, target=target):
                    self.assertTrue(os.path.exists(os.path.join(os.path.dirname(path), target)))


class Packages(unittest.TestCase):
    def test_the_readme_names_what_dev_installs(self):
        installed = set()
        for found in re.finditer(r"^\w*packages=\((.*?)\)", read("dev"), re.M | re.S):
            installed |= set(found.group(1).split())
        section = read("README.md").split("## Packages")[1].split("##")[0]
        named = set(re.sub(r"[;.]\s", " ", section).split())
        self.assertGreater(len(installed), 20)
        self.assertEqual(installed - named, set())


class Metrics(DaemonCase):
    config = topology(pool(size=1, output={"file": "web.log"}), http(access_log={"format": "text"}))

    def test_the_page_lists_what_there_is(self):
        shown = self.daemon.admin("GET", "/metrics").body.decode()
        types = dict(re.findall(r"^# TYPE (\S+) (\w+)$", shown, re.M))
        text = read("docs", "reference", "metrics.md")
        page = dict(re.findall(r"^\| `(kraken_\w+)` \| (\w+) \|", text, re.M))
        seldom = set(re.findall(r"^\| `(kraken_\w+)` .* absent while ", text, re.M))
        self.assertEqual({name: kind for name, kind in page.items()
                          if name in types or name not in seldom}, types)
