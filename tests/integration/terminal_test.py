# SPDX-License-Identifier: BSD-3-Clause
"""`kraken top` and `kraken shell` on a terminal of their own."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from support.case import DaemonCase
from support.daemon import CONSOLE
from support.topology import process, topology
from support.waiting import STRETCH, wait_until

CONFIG = topology(process("alpha", "sh", "-c", "echo words of alpha; exec sleep 600"),
                  process("beta", "sleep", "600"),
                  process("gamma", "sh", "-c", "trap '' TERM; while :; do sleep 600; done",
                          shutdown="8s"),
                  supervise={"strategy": "one_for_one"})


class Terminal:
    """A program on a pseudo terminal; what it wrote is kept as bytes."""

    def __init__(self, case, words, rows=24, columns=80):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        environment = {**case.daemon.console_environment(), "TERM": "xterm",
                       "HOME": case.daemon.directory}
        self.process = subprocess.Popen([CONSOLE, *words], stdin=slave, stdout=slave, stderr=slave,
                                        env=environment, start_new_session=True, close_fds=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.slave = slave
        self.seen = b""
        case.addCleanup(self.end)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, during=0.1):
        if select.select([self.master], [], [], during)[0]:
            self.seen += os.read(self.master, 65536)

    def wait_for(self, text, after=""):
        deadline = time.monotonic() + 20 * STRETCH
        while text.encode() not in self.seen[self.seen.find(after.encode()):]:
            if time.monotonic() > deadline:
                raise AssertionError(f"'{text}' did not come: {self.seen[-2000:]!r}")
            self.read()

    def press(self, keys):
        self.seen = b""
        os.write(self.master, keys.encode())

    def wait_end(self):
        deadline = time.monotonic() + 20 * STRETCH
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError("it does not end")
            self.read()
        return self.process.returncode

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before


class Top(DaemonCase):
    config = CONFIG

    def top(self, **size):
        terminal = Terminal(self, ["top"], **size)
        terminal.wait_for("4 containers, 0 failed")
        return terminal

    def test_shows_and_quits(self):
        top = self.top()
        for word in ("alpha", "beta", "started", "RST", "MBOX", "CPU"):
            top.wait_for(word)
        top.press("q")
        self.assertEqual(top.wait_end(), 0)
        self.assertTrue(top.restored())

    def test_filter_help_and_texts(self):
        top = self.top()
        top.press("?")
        top.wait_for("Any key goes back.")
        top.press("x")
        top.wait_for("alpha")
        top.press("/beta\n")
        top.wait_for("beta")  # only what changes is drawn: the row moved up
        top.press("d")
        top.wait_for("generation")
        top.press("x")
        top.press("\x1b")
        top.press("\x1b[B")  # down
        top.press("l")
        top.wait_for("logs Main/")
        top.press("x")
        top.press("q")
        self.assertEqual(top.wait_end(), 0)

    def test_restart(self):
        before = self.daemon.container("beta")["pid"]
        top = self.top()
        top.press("/beta\n")
        top.wait_for("beta")  # only what changes is drawn: the row moved up
        for answer in "ny":
            top.press("r")
            top.wait_for("yes, any other key: no")
            self.assertEqual(self.daemon.container("beta")["pid"], before)
            top.press(answer)
        top.wait_for("Runtime has been restarted.")
        self.assertNotEqual(self.daemon.container("beta")["pid"], before)

    def test_what_a_command_does_is_seen_while_it_is_carried_out(self):
        top = self.top()
        top.press("/gamma\n")
        top.press("s")
        top.wait_for("yes, any other key: no")
        top.press("y")
        top.wait_for("stopping")
        self.assertNotIn(b"has been stopped", top.seen)
        begun = time.monotonic()
        top.press("q")
        self.assertEqual(top.wait_end(), 0)
        self.assertLess(time.monotonic() - begun, 10)

    def test_a_daemon_that_does_not_answer_keeps_neither_screen_nor_keys(self):
        for keys in ("q", "lq", "dq"):
            with self.subTest(keys=keys):
                top = self.top()
                os.kill(self.daemon.pid, signal.SIGSTOP)
                try:
                    top.wait_for("(no answer for ")
                    top.press("?")
                    top.wait_for("Any key goes back.")
                    top.press("x")
                    top.wait_for("(no answer for ")
                    begun = time.monotonic()
                    top.press(keys)
                    self.assertEqual(top.wait_end(), 0)
                    self.assertLess(time.monotonic() - begun, 10)
                finally:
                    os.kill(self.daemon.pid, signal.SIGCONT)
        top = self.top()
        os.kill(self.daemon.pid, signal.SIGSTOP)
        try:
            top.wait_for("(no answer for ")
        finally:
            os.kill(self.daemon.pid, signal.SIGCONT)
        top.press("?x")
        top.wait_for("alpha")

    def test_resize_and_small_screens(self):
        top = self.top(rows=10, columns=40)
        top.resize(40, 120)
        top.process.send_signal(signal.SIGWINCH)
        top.wait_for("CAUSE")
        top.press("q")
        self.assertEqual(top.wait_end(), 0)

    def test_a_signal_gives_the_terminal_back(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number=number):
                top = self.top()
                top.process.send_signal(number)
                self.assertEqual(top.wait_end(), 0)
                self.assertTrue(top.restored())

    def test_without_a_terminal(self):
        done = self.daemon.console("top")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(done.out, "")
        self.assertIn("needs a terminal", done.err)
        self.assertIn("kraken ps", done.err)


class Shell(DaemonCase):
    config = CONFIG

    def test_commands_completion_history(self):
        shell = Terminal(self, ["shell"])
        shell.wait_for("kraken> ")
        shell.press("server:p\t")
        shell.wait_for("ing ")  # the rest of the word
        shell.press("\r")
        shell.wait_for("ip=127.0.0.1")
        shell.press("container:status al\t")
        shell.wait_for("pha")
        shell.press("\r")
        shell.wait_for("| alpha |")
        shell.press("process:create Main T1 'sh -c \"exec sleep 601\"'\r")
        shell.wait_for("Process has been created.")
        shell.press("process:destroy Main T1\r")
        shell.wait_for("Process has been destroyed.")
        shell.press("exit\r")
        self.assertEqual(shell.wait_end(), 0)
        self.assertTrue(shell.restored())
        history = os.path.join(self.daemon.directory, ".kraken_history")
        self.assertEqual(os.stat(history).st_mode & 0o777, 0o600)
        with open(history, encoding="utf-8") as lines:
            self.assertIn("server:ping", lines.read())

    def end_input(self, shell):
        shell.press("server:p\t")  # completed: it reads keys
        shell.wait_for("ing ")
        shell.press("\x15\x04")
        self.assertEqual(shell.wait_end(), 0)
        self.assertTrue(shell.restored())

    def test_an_interrupt_abandons_the_line_and_the_end_of_input_ends_it(self):
        shell = Terminal(self, ["shell"])
        shell.wait_for("kraken> ")
        for typed in ("", "container:stop al"):
            shell.press(typed + "\x03")
            shell.wait_for("^C")
            shell.wait_for("kraken> ")
        shell.press("server:ping\r")  # nothing of what was typed before it is left
        shell.wait_for("ip=127.0.0.1")
        shell.wait_for("kraken> ", after="ip=127.0.0.1")
        self.end_input(shell)
        self.assertEqual(self.daemon.container("alpha")["state"], "started")

    def test_an_interrupt_ends_the_command_and_not_the_shell(self):
        shell = Terminal(self, ["shell"])
        shell.wait_for("kraken> ")
        shell.press("logs -f alpha\r")
        shell.wait_for("words of alpha")
        shell.press("\x03")
        shell.wait_for("kraken> ", after="\n")
        shell.press("server:ping\r")
        shell.wait_for("ip=127.0.0.1")
        shell.wait_for("kraken> ", after="ip=127.0.0.1")
        self.end_input(shell)

    def test_lines_from_a_pipe(self):
        done = subprocess.run(
            [CONSOLE, "shell"], input="# a comment\nserver:ping\n\ncontainer:stop nobody\n"
            "server:ping\nlogs 'open\n", capture_output=True, text=True, timeout=60,
            env=self.daemon.console_environment(), check=False)
        self.assertEqual(done.stdout, "ip=127.0.0.1\nip=127.0.0.1\n")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("nobody", done.stderr)
        self.assertIn("open quote", done.stderr)
        wait_until(lambda: self.daemon.running(), "the daemon has not minded")

    def test_what_does_not_run_inside(self):
        for typed, code, out, err in (
                ("help exit\nhelp quit\n", 0, "exit, quit or Ctrl-D leave the shell", ""),
                ("shell\n", 2, "", "this is the shell already\nTry: exit\n")):
            done = subprocess.run([CONSOLE, "shell"], input=typed, capture_output=True, text=True,
                                  timeout=20 * STRETCH, check=False)
            self.assertEqual((done.returncode, done.stderr), (code, err), done)
            self.assertIn(out, done.stdout)
        done = subprocess.run([CONSOLE, "shell"], input="serve\n", capture_output=True, text=True,
                              timeout=60, env=self.daemon.console_environment(), check=False)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("does not run inside the shell", done.stderr)


if __name__ == "__main__":
    unittest.main()
