# SPDX-License-Identifier: BSD-3-Clause
"""Completion as it is typed: each shell in a terminal of its own, with a daemon to ask."""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
import unittest

from support.case import DaemonCase
from support.daemon import PROGRAMS
from support.topology import http, pool, topology
from support.waiting import STRETCH

WITHIN = 20.0
END_OF_LINE, START_OF_LINE, TAB = "\x05", "\x01", "\t"


class Terminal:
    """An interactive shell on a pseudo terminal."""

    def __init__(self, argv, environment, directory):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe(argv[0], argv, environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 500, 0, 0))

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, pattern):
        """What comes up to the pattern's end. @return the match"""
        deadline = time.monotonic() + WITHIN * STRETCH
        while True:
            found = re.search(pattern, self.text)
            if found:
                self.text = self.text[found.end():]
                return found
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"{pattern!r} did not come; there is {self.text!r}")
            self.text += os.read(self.fd, 65536).decode(errors="replace")

    def close(self):
        os.close(self.fd)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class Completion(DaemonCase):
    config = topology(pool(size=2), pool(id="api", size=1), http())

    def environment(self):
        return {**self.daemon.console_environment(), "TERM": "dumb", "PS1": "> ", "PROMPT": "> ",
                "PATH": PROGRAMS + ":" + os.environ["PATH"], "HOME": self.daemon.directory}

    # What is typed before TAB, and the line afterwards but for a space at its end.
    CASES = [
        ("kraken sca", "kraken scale"),
        ("kraken process:cr", "kraken process:create"),
        ("kraken inspect Main/ht", "kraken inspect Main/http"),
        ("kraken inspect ht", "kraken inspect http"),
        ("kraken inspect w2", "kraken inspect w2"),
        ("kraken config:validate kraken.y", "kraken config:validate kraken.yaml"),
        ("kraken restart http ap", "kraken restart http api"),
        ("kraken process:stop Main Main/ht", "kraken process:stop Main Main/http"),
        ("kraken -o js", "kraken -o json"),
        ("kraken --output=js", "kraken --output=json"),
        ("kraken --timeout 5s -o name insp", "kraken --timeout 5s -o name inspect"),
        ("kraken stop --n", "kraken stop --now"),
        ("kraken help config:va", "kraken help config:validate"),
        ("kraken completion f", "kraken completion fish"),
        ("kraken config:validate -c kraken.y", "kraken config:validate -c kraken.yaml"),
        ("kraken project:destroy --flags DESTROY_K",
         "kraken project:destroy --flags DESTROY_KEEP"),
    ]

    def check_in_terminal(self, argv, load):
        terminal = Terminal(argv, self.environment(), self.daemon.directory)
        self.addCleanup(terminal.close)
        terminal.type(load + "; echo rea''dy\r")
        terminal.wait_for("ready\r\n")
        for typed, line in self.CASES:
            with self.subTest(typed=typed):
                # The completed line becomes the argument of an echo.
                terminal.type(f"{typed}{TAB}{START_OF_LINE}echo \"[{END_OF_LINE}]\"\r")
                shown = terminal.wait_for(r"\n\[(.*?)\]\r").group(1)
                self.assertEqual(shown.rstrip(), line)
        terminal.type("kraken inspect Main/web/" + TAB + TAB)
        terminal.wait_for("Main/web/w1")
        terminal.wait_for("Main/web/w2")

    def test_bash(self):
        self.check_in_terminal(["bash", "--norc", "--noprofile", "-i"],
                               "bind 'set show-all-if-ambiguous on'; "
                               "source <(kraken completion bash)")

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        self.check_in_terminal(["zsh", "-f", "-i"], "source <(kraken completion zsh)")

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_from_a_file_on_the_fpath(self):
        folder = os.path.join(self.daemon.directory, "functions")
        os.mkdir(folder)
        with open(os.path.join(folder, "_kraken"), "w", encoding="utf-8") as file:
            file.write(self.daemon.console("completion", "zsh").out)
        self.check_in_terminal(
            ["zsh", "-f", "-i"], f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -D -u")

    def test_an_alias_that_means_several_is_not_offered(self):
        wanted = ["Main", "Main", "Main/api", "Main/api/w1", "Main/http", "Main/web",
                  "Main/web/w1", "Main/web/w2", "api", "http", "w2", "web"]
        for shell, load, words in (
                ("bash", "source <(kraken completion bash)", "_kraken_words @containers"),
                ("zsh", "source <(kraken completion zsh)", "_kraken_words @containers"),
                ("fish", "kraken completion fish | source", "__kraken_containers")):
            if shutil.which(shell) is None:
                continue
            with self.subTest(shell=shell):
                done = subprocess.run(
                    [shell, "-c", f"{load}; {words}"], env=self.environment(), text=True,
                    capture_output=True, timeout=WITHIN * STRETCH, check=True,
                    cwd=self.daemon.directory, stdin=subprocess.DEVNULL)
                self.assertEqual(sorted(done.stdout.split()), wanted)

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        def offers(line):
            done = subprocess.run(
                ["fish", "--no-config", "-c",
                 f"kraken completion fish | source; complete -C '{line}'"],
                cwd=self.daemon.directory, env=self.environment(), capture_output=True, text=True,
                timeout=WITHIN * STRETCH, check=True, stdin=subprocess.DEVNULL)
            return [each.split("\t")[0] for each in done.stdout.splitlines()]
        for typed, line in self.CASES:
            with self.subTest(typed=typed):
                self.assertEqual(offers(typed), [line.rsplit(" ", 1)[1]])
        self.assertEqual(offers("kraken inspect Main/web/"), ["Main/web/w1", "Main/web/w2"])
        self.assertEqual(offers("kraken inspect Main Main/web/"), [])
