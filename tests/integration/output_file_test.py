# SPDX-License-Identifier: BSD-3-Clause
"""What programs write goes to files of their own: whole, turned over, and never waited for."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from support import processes
from support.case import fresh_daemon
from support.daemon import CONSOLE, Daemon
from support.topology import http, pool, process, topology
from support.waiting import wait_until

# So many numbered lines as fast as a shell can, then it stays.
FLOOD = ('i=0; while [ $i -lt {0} ]; do i=$((i+1)); echo "line $i of the flood"; done; '
         'exec sleep 600')
# What it is told is said on both streams.
TALK = 'exec 3<>{0}/ask; while read -r line <&3; do echo "$line"; echo "error: $line" >&2; done'


def shell(id, text, **options):
    return process(id, "sh", "-c", text, **options)


class OutputFile(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="kt-output-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = os.path.join(self.directory, "p.log")

    def start(self, *children, **top):
        self.daemon = fresh_daemon(self, self.config(*children, **top))
        return self.daemon

    @staticmethod
    def config(*children, **top):
        return topology(*children, supervise={"strategy": "one_for_one"}, **top)

    def content(self, path=None):
        with open(path or self.path, encoding="utf-8", newline="\n") as file:
            return file.read()

    def await_content(self, wanted, path=None):
        wait_until(lambda: os.path.exists(path or self.path) and self.content(path) == wanted,
                   f"{path or self.path} has {wanted!r}")

    def talker(self, **output):
        """A program that writes what `ask` tells it, to both streams."""
        os.mkfifo(os.path.join(self.directory, "ask"))
        return shell("p", TALK.format(self.directory), output={"file": self.path, **output})

    def ask(self, text):
        fifo = wait_until(lambda: os.open(os.path.join(self.directory, "ask"),
                                          os.O_WRONLY | os.O_NONBLOCK), "it listens")
        os.write(fifo, text.encode() + b"\n")
        os.close(fifo)

    def metric(self, name, path=None):
        return self.daemon.metric(f"kraken_output_file_{name}_total", file=path or self.path)

    def test_both_streams_are_in_it_as_they_were_written_and_not_in_the_log(self):
        self.start(shell("p", r"printf 'a\tb\r\n\033[31mred\nno end'; exec sleep 600 >/dev/null",
                         output={"file": self.path}))
        self.await_content("a\tb\r\n\x1b[31mred\nno end\n")
        self.assertEqual(self.daemon.console("logs", "p").code, 0)
        self.assertIn("red", self.daemon.console("logs", "p").out)
        self.assertNotIn(" output container=Main/p", self.daemon.log())
        page = json.loads(self.daemon.console("inspect", "p", "-o", "json").out)
        self.assertEqual(page["output_files"], [self.path])
        self.assertIn(f"writes to   {self.path}\n", self.daemon.console("inspect", "p").out)
        self.assertIn(f"writes to   {self.path}\n", self.daemon.console("inspect", "Main").out)
        self.assertEqual(self.metric("written"), 3)
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o640)

    def test_standard_error_in_another_file_and_both_in_the_log_too(self):
        errors = os.path.join(self.directory, "p.err")
        self.start(self.talker(stderr=errors, log=True))
        self.ask("one")
        self.await_content("one\n")
        self.await_content("error: one\n", errors)
        wait_until(lambda: self.daemon.log().count(" output container=Main/p") == 2, "in the log")
        self.assertEqual(len(json.loads(
            self.daemon.console("inspect", "p", "-o", "json").out)["output_files"]), 2)
        for asked in ("p", "Main"):
            page = self.daemon.console("inspect", asked).out
            self.assertIn(f"writes to   {errors} (standard error)\n", page)
            self.assertIn(f"writes to   {self.path}\n", page)

    def test_a_relative_name_is_relative_to_the_file_and_may_have_the_alias(self):
        self.start(shell("p", "echo here; exec sleep 600", output={"file": "%alias%.out"}))
        self.await_content("here\n", os.path.join(self.daemon.directory, "p.out"))

    def test_a_flood_is_turned_over_and_no_line_is_torn_or_lost_unseen(self):
        count = 60_000
        self.start(shell("p", FLOOD.format(count), output={
            "file": self.path, "max_size": "256K", "keep": 100}))
        wait_until(lambda: self.metric("written") + self.metric("dropped") == count,
                   "all lines have met their fate")
        files = glob.glob(self.path + "*")
        self.assertGreater(len(files), 4)
        lines = []
        for each in sorted(files, key=lambda name: -int((name.split(".log.") + ["0"])[1])):
            self.assertLessEqual(os.path.getsize(each), 256 << 10)
            lines += self.content(each).splitlines()
        numbers = [int(re.fullmatch(r"line (\d+) of the flood", each)[1]) for each in lines]
        self.assertEqual(numbers, sorted(set(numbers)), "in order, each once")
        self.assertEqual(len(numbers), self.metric("written"))
        self.assertNotIn("output_dropped", self.daemon.log(), "the log's limits are of the log")
        self.assertEqual(self.daemon.metric("kraken_output_lines_dropped_total",
                                            container="Main/p"), 0)

    def test_only_so_many_old_files_stay(self):
        self.start(shell("p", FLOOD.format(20_000), output={
            "file": self.path, "max_size": "64K", "keep": 2}))
        wait_until(lambda: self.metric("written") + self.metric("dropped") == 20_000, "all")
        self.assertEqual(sorted(os.path.basename(each) for each in glob.glob(self.path + "*")),
                         ["p.log", "p.log.1", "p.log.2"])

    def test_rotation_by_somebody_else(self):
        self.start(self.talker())
        self.ask("one")
        self.await_content("one\nerror: one\n")
        os.rename(self.path, self.path + ".old")
        os.kill(self.daemon.pid, signal.SIGUSR1)
        self.await_content("")
        self.ask("two")
        self.await_content("two\nerror: two\n")
        self.assertEqual(self.content(self.path + ".old"), "one\nerror: one\n")

    def test_a_file_that_is_removed_is_made_again(self):
        self.start(self.talker())
        self.ask("one")
        self.await_content("one\nerror: one\n")
        os.remove(self.path)
        self.ask("two")
        self.await_content("two\nerror: two\n")

    def test_a_daemon_that_was_killed_appends_when_it_is_started_again(self):
        self.start(self.talker())
        self.ask("one")
        self.await_content("one\nerror: one\n")
        with open(self.path, "a", encoding="utf-8") as file:
            file.write("half a li")
        self.daemon.kill9()
        os.path.exists(self.daemon.socket) and os.remove(self.daemon.socket)
        self.daemon = Daemon(self.content(self.daemon.config_file),
                             directory=self.daemon.directory)
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        self.ask("two")
        self.await_content("one\nerror: one\nhalf a li\ntwo\nerror: two\n")

    def test_a_program_that_is_started_again_goes_on_in_it(self):
        self.start(shell("p", "echo again; exec sleep 600", output={"file": self.path}))
        self.await_content("again\n")
        self.assertEqual(self.daemon.console("restart", "p").code, 0)
        self.await_content("again\nagain\n")
        self.assertEqual(self.metric("written"), 2, "the same writer counts on")

    def test_a_long_line_is_one(self):
        self.start(shell("p", "head -c 300000 /dev/zero | tr '\\0' x; echo; exec sleep 600",
                         output={"file": self.path}))
        self.await_content("x" * 300_000 + "\n")

    def test_a_full_disk_costs_lines_and_nothing_else(self):
        self.start(shell("p", "for i in 1 2 3; do echo $i; done; exec sleep 600",
                         output={"file": "/dev/full"}))
        wait_until(lambda: self.metric("dropped", "/dev/full") == 3, "all are lost, and counted")
        self.assertEqual(self.metric("written", "/dev/full"), 0)
        wait_until(lambda: " output_file_drops " in self.daemon.log(), "it is said")
        said = [each for each in self.daemon.log().splitlines() if " output_file_" in each]
        self.assertEqual(len(said), 1, said)
        self.assertIn("No space left on device", said[0])
        wait_until(lambda: len(self.daemon.console("logs", "p").out.splitlines()) == 3,
                   "the console has them")

    def test_a_reader_that_stands_still_holds_up_neither_program_nor_daemon(self):
        fifo = os.path.join(self.directory, "fifo")
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        count = 200_000
        self.start(shell("p", f"seq -f 'a line of a flood %.0f' {count}; exec sleep 600",
                         output={"file": fifo}), pool(), http())
        memory = processes.resident_bytes(self.daemon.pid)
        wait_until(lambda: self.daemon.metric("kraken_output_lines_total",
                                              container="Main/p") == count, "it wrote all")
        self.assertEqual(self.daemon.get("/hello").status, 200)
        self.assertGreater(self.metric("dropped", fifo), 0)
        self.assertLess(processes.resident_bytes(self.daemon.pid) - memory, 16 << 20)
        wait_until(lambda: " output_file_drops " in self.daemon.log(), "it is said")
        taken = bytearray()

        def emptied():
            try:
                while part := os.read(reader, 1 << 16):
                    taken.extend(part)
            except BlockingIOError:
                pass
            return (self.metric("written", fifo) + self.metric("dropped", fifo) == count
                    and taken.count(b"\n") == self.metric("written", fifo))
        wait_until(emptied, "what was kept is written and read")
        for line in taken.decode().splitlines():
            self.assertRegex(line, r"^a line of a flood \d+$")

    def test_a_program_that_is_faster_than_its_file_waits_and_loses_nothing(self):
        fifo = os.path.join(self.directory, "fifo")
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        count = 200_000
        self.start(shell("p", f"seq -f 'a line of a flood %.0f' {count}; exec sleep 600",
                         output={"file": fifo}))
        taken = bytearray()

        def all_read():
            try:
                taken.extend(os.read(reader, 1 << 16))
            except BlockingIOError:
                pass
            return taken.count(b"\n") == count
        wait_until(all_read, "every line comes through", every=0)
        self.assertEqual(self.metric("dropped", fifo), 0)

    def test_a_reload_names_another_file_and_nothing_is_started_again(self):
        talker = self.talker()
        self.start(talker)
        self.ask("one")
        self.await_content("one\nerror: one\n")
        before = self.daemon.container("p")["pid"]
        other = os.path.join(self.directory, "other.log")
        talker["output"] = {"file": other, "max_size": "1M", "keep": 3}
        self.daemon.write_config(self.config(talker))
        done = self.daemon.console("reload")
        self.assertEqual(done.code, 0, done)
        self.assertIn("~ update Main/p", done.out)
        self.ask("two")
        self.await_content("two\nerror: two\n", other)
        self.assertEqual(self.content(), "one\nerror: one\n")
        self.assertEqual(self.daemon.container("p")["pid"], before)
        del talker["output"]
        self.daemon.write_config(self.config(talker))
        self.assertEqual(self.daemon.console("reload").code, 0)
        self.ask("three")
        wait_until(lambda: "line=three" in self.daemon.log(), "it is the daemon's log again")
        self.assertEqual(self.daemon.container("p")["pid"], before)

    def test_workers_of_a_pool_share_one(self):
        web = pool(size=2, output={"file": self.path})
        front = http()
        self.start(web, front)
        clients = [self.daemon.connect() for _ in range(2)]
        for each in clients:
            self.addCleanup(each.close)
        for _ in range(200):
            for each in clients:
                each.send(b"GET /echo-stray HTTP/1.1\r\nHost: a\r\n\r\n")
            for each in clients:
                self.assertEqual(each.response().status, 200)
        wait_until(lambda: self.content().count("stray error\n") == 400, "all are there")
        self.assertEqual(set(self.content().splitlines()), {"stray output", "stray error"})
        self.assertEqual(json.loads(self.daemon.console("inspect", "web", "-o", "json").out)
                         ["output_files"], [self.path])
        pids = self.daemon.pids()
        web["output"]["file"] = os.path.join(self.directory, "next.log")
        self.daemon.write_config(self.config(web, front))
        self.assertEqual(self.daemon.console("reload").code, 0)
        self.assertEqual(self.daemon.get("/echo-stray").status, 200)
        wait_until(lambda: "stray error\n" in self.content(web["output"]["file"]), "the next one")
        self.assertEqual(self.daemon.pids(), pids)

    def test_what_a_handler_says_and_throws_stands_with_standard_error(self):
        self.start(pool(size=1, output={"file": self.path, "stderr": self.path + ".err"}), http())
        self.assertEqual(self.daemon.get("/throw").status, 500)
        wait_until(lambda: "thrown on purpose" in self.content(self.path + ".err"), "it is there")
        self.assertNotIn("thrown on purpose", self.daemon.log())

    def test_what_cannot_be_opened_is_found_before(self):
        folder = os.path.join(self.directory, "none", "p.log")
        config = self.config(shell("p", "exec sleep 600", output={"file": folder}))
        file = os.path.join(self.directory, "kraken.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(config)
        done = subprocess.run([CONSOLE, "config:validate", "-c", file], text=True, timeout=60,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"kraken\.yaml:\d+:\d+: p\.output\.file: there is no "
                                      f"directory '{re.escape(os.path.dirname(folder))}'")

    def test_one_that_is_gone_later_stops_no_program(self):
        inner = os.path.join(self.directory, "inner")
        os.mkdir(inner)
        config = self.config(shell("p", "echo hello; exec sleep 600", autostart=False,
                                   output={"file": os.path.join(inner, "p.log")}))
        self.start()
        self.daemon.write_config(config)
        self.assertEqual(self.daemon.console("reload").code, 0)
        os.rmdir(inner)
        self.assertEqual(self.daemon.console("container:start", "p").code, 0)
        wait_until(lambda: "line=hello" in self.daemon.log(), "the log has it")
        self.assertRegex(self.daemon.log(), r"output_file_not_opened container=Main/p .*inner")

    @unittest.skipUnless(os.geteuid() == 0, "a daemon of root's")
    def test_root_is_not_led_to_another_file(self):
        os.chmod(self.directory, 0o777)
        aim = os.path.join(self.directory, "aim")
        os.symlink(aim, self.path)
        config = self.config(shell("p", "exec sleep 600", output={"file": self.path}))
        file = os.path.join(self.directory, "kraken.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(config)
        done = subprocess.run([CONSOLE, "config:validate", "-c", file], text=True, timeout=60,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("'p.log' is a symbolic link in a folder that others than root can change",
                      done.stderr)
        os.remove(self.path)
        self.start(self.talker())
        os.remove(self.path)
        os.symlink(aim, self.path)
        self.ask("one")
        wait_until(lambda: "output_file_not_renewed" in self.daemon.log(), "it is said")
        self.assertFalse(os.path.exists(aim))


if __name__ == "__main__":
    unittest.main()
