# SPDX-License-Identifier: BSD-3-Clause
"""What a configuration asks of the machine and does not get is said before anything starts."""
import json
import os
import subprocess
import tempfile
import unittest

from support.case import fresh_daemon
from support.daemon import CONSOLE, Daemon
from support.topology import AS_ROOT, http, pool, process, topology, worker_script
from support.waiting import STRETCH

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BROKEN = """root:
  children:
    - id: web
      type: pool
      start: [php, gone.php]
      allow_root: true
    - id: side
      type: process
      start: [no-such-program, x]
      user: no-such-user
      group: no-such-group
      allow_root: true
    - id: docs
      type: pool
      carrier: classic
      start: [public]
      allow_root: true
    - id: far
      type: process
      start: [./run]
      cwd: nowhere
      allow_root: true
    - id: plain
      type: process
      start: [./kraken.yaml]
      allow_root: true
    - id: later
      type: process
      start: [no-such-program]
      autostart: false
      allow_root: true
    - id: http
      type: http
      listen: 8888
      routes:
        - to: wbe
"""


FILES = """log: {level: info, file: gone/a.log}
spool: {directory: gone/spool}
admin:
  socket: gone/k.sock
  listen: 127.0.0.1:0
  token_file: gone/token
native: {plugins: [kraken.yaml, gone/x.so]}
root:
  children:
    - id: app
      type: php
      name: Shop
      allow_root: true
      package: gone/php
      autoload: gone/autoload.php
    - id: side
      type: process
      start: [sleep, 1]
      allow_root: true
      ready: {exec: [no-such-probe, x]}
      alive: {every: 1s, exec: [./gone-probe]}
    - id: web
      type: pool
      start: [php, -r, "1;"]
      allow_root: true
    - id: http
      type: http
      listen: ["127.0.0.1:0", unix:gone/x.sock]
      access_log: {file: gone/access.log}
      routes:
        - {path: /, to: web, files: [/usr, /gone-folder]}
    - id: later
      type: http
      autostart: false
      listen: [unix:gone/y.sock]
      access_log: {format: off, file: gone/b.log}
      routes: [{path: /, to: web}]
"""
FOUND = """1:26: log.file: there is no directory '%/gone'
2:20: spool.directory: there is no directory '%/gone/spool'
4:11: admin.socket: there is no directory '%/gone'
6:15: admin.token_file: there is no file '%/gone/token'
7:33: native.plugins: there is no file '%/gone/x.so'
14:16: app.package: there is no file '%/gone/php/bin/container.php'
15:17: app.autoload: there is no file '%/gone/autoload.php'
20:22: side.ready.exec: no program 'no-such-probe' in PATH '^'
21:33: side.alive.exec: there is no file '%/./gone-probe'
28:31: http.listen: there is no directory '%/gone'
29:26: http.access_log.file: there is no directory '%/gone'
31:44: http.routes.0.files: there is no directory '/gone-folder'"""


class Validate(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="kt-", dir="/tmp")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_in(self, text, *words, environment=None):
        with open(os.path.join(self.directory, "kraken.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([CONSOLE, *words], cwd=self.directory, capture_output=True,
                              env=environment, text=True, timeout=20 * STRETCH, check=False)

    def test_everything_is_told_in_the_order_of_the_file_and_once(self):
        done = self.run_in(BROKEN, "config:validate")
        self.assertEqual(done.returncode, 2, done)
        lines = [line[8:] for line in done.stderr.splitlines() if "kraken.yaml:" in line[:22]
                 and "docs.carrier" not in line]  # where kraken-php is not built
        here = self.directory
        self.assertEqual(lines[0], f"kraken.yaml:5:20: web.start: there is no file "
                                   f"'{here}/gone.php'")
        self.assertTrue(lines[1].startswith("kraken.yaml:9:15: side.start: no program "
                                            "'no-such-program' in PATH"), lines)
        self.assertEqual(lines[2:7], [
            "kraken.yaml:10:13: side.user: no user 'no-such-user'",
            "kraken.yaml:11:14: side.group: no group 'no-such-group'",
            f"kraken.yaml:16:15: docs.start: there is no file or directory '{here}/public'",
            f"kraken.yaml:21:12: far.cwd: there is no directory '{here}/nowhere'",
            f"kraken.yaml:25:15: plain.start: '{here}/./kraken.yaml' is not executable"])
        self.assertIn("kraken.yaml:34:15: http.listen: expected host:port", lines[7])
        self.assertIn("kraken.yaml:36:15: http.routes.0.to: no pool 'wbe' (did you mean 'web'?)",
                      lines[8])
        self.assertEqual(len(lines), 9, lines)

    def test_what_holds_anywhere_can_be_checked_anywhere(self):
        done = self.run_in(BROKEN, "config:validate", "--portable")
        self.assertEqual(done.returncode, 2, done)
        self.assertNotIn("no-such", done.stderr)
        self.assertNotIn("there is no", done.stderr)
        self.assertIn("http.listen: expected host:port", done.stderr)

    def test_what_holds_anywhere_does_not_depend_on_who_asks(self):
        text = topology({"id": "p", "type": "process", "start": ["sleep", "1"]})
        done = self.run_in(text, "config:validate", "--portable")
        self.assertEqual(done.returncode, 0, done)
        text = topology({"id": "p", "type": "process", "start": ["sleep", "1"], "user": "root"})
        done = self.run_in(text, "config:validate", "--portable")
        self.assertIn("would run as root", done.stderr)

    def test_the_file_may_stand_alone(self):
        with open(os.path.join(self.directory, "next.yaml"), "w", encoding="utf-8") as file:
            file.write("root: {children: [{id: x, type: nothing}]}\n")
        done = self.run_in(topology(process("p", "sleep", "1")), "config:validate", "next.yaml")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("next.yaml:1:", done.stderr)
        done = self.run_in(topology(process("p", "sleep", "1")), "config:validate", "kraken.yaml",
                           "--portable")
        self.assertEqual((done.returncode, done.stdout), (0, "Configuration is valid.\n"), done)
        done = self.run_in("", "config:validate", "kraken.yaml", "next.yaml")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("'config:validate' does not take 'next.yaml'", done.stderr)

    def test_usage_errors_have_the_form_asked_for(self):
        for words in (["config:explain", "-o", "json", "--bogus"],
                      ["-o", "json", "config:explain", "--bogus"],
                      ["config:schema", "--bogus", "--output=json"]):
            done = self.run_in(topology(process("p", "sleep", "1")), *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), (words, done))
            self.assertEqual(json.loads(done.stderr)["error"]["code"], "invalid_argument", done)

    def test_serve_says_the_same_and_starts_nothing(self):
        said = self.run_in(BROKEN, "config:validate").stderr.splitlines()
        done = self.run_in(BROKEN, "serve", "--set", f"admin.socket={self.directory}/k.sock")
        self.assertEqual(done.returncode, 2, done)
        places = [line[8:] for line in said if ".yaml:" in line]
        self.assertEqual([line[8:] for line in done.stderr.splitlines() if ".yaml:" in line],
                         places)
        self.assertNotIn("daemon_started", done.stderr)

    def test_native_classes_are_known_while_no_plugin_may_have_them(self):
        tree = "root:\n  children:\n    - {id: n, type: native, start: NoSuchClass}\n"
        done = self.run_in(tree, "config:validate")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("kraken.yaml:3:36: n.start: no native class 'NoSuchClass' is registered",
                      done.stderr)
        self.assertEqual(self.run_in(tree, "config:validate", "--portable").returncode, 0)
        done = self.run_in(tree + "native: {plugins: [kraken.yaml]}\n", "config:validate")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("whether they can be loaded", done.stderr)

    def test_an_empty_file_has_nothing_to_run(self):
        done = self.run_in("", "config:validate")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("nothing to run", done.stdout)
        done = self.run_in(topology(process("p", "sleep", "1")), "config:validate")
        self.assertEqual(done.stdout, "Configuration is valid.\n")

    @unittest.skipUnless(os.geteuid() == 0, "only root has containers of other users")
    def test_files_are_looked_for_as_their_user_would(self):
        closed = os.path.join(self.directory, "closed")
        os.mkdir(closed)
        script = os.path.join(closed, "worker.php")
        with open(script, "w", encoding="utf-8"):
            pass
        text = topology({"id": "web", "type": "pool", "start": ["php", script], "user": "nobody"})
        for mode, inner, said in (
                (0o755, 0o755, None),
                (0o755, 0o700, f"web.start: '{script}' cannot be reached by 'nobody': '{closed}' "
                               "is closed to that user"),
                (0o700, 0o755, f"web.cwd: '{self.directory}' cannot be entered by 'nobody'")):
            os.chmod(self.directory, mode)
            os.chmod(closed, inner)
            done = self.run_in(text, "config:validate")
            self.assertEqual(done.returncode, 2 if said else 0, done)
            self.assertIn(said or "", done.stderr)
        self.assertEqual(self.run_in(text, "config:validate", "--portable").returncode, 0)

    def test_every_file_and_folder_is_looked_for(self):
        done = self.run_in(FILES, "config:validate", environment={"PATH": PATH})
        self.assertEqual(done.returncode, 2, done)
        lines = [line.strip() for line in done.stderr.splitlines() if "kraken.yaml:" in line]
        lines = [line.removeprefix("Reason: ").removesuffix(" (invalid_argument)")
                 for line in lines]
        wanted = FOUND.replace("%", self.directory).replace("^", PATH).splitlines()
        self.assertEqual(lines, ["kraken.yaml:" + line for line in wanted])
        self.assertEqual(self.run_in(FILES, "config:validate", "--portable").returncode, 0)

    def test_what_is_there_may_be_of_the_wrong_kind(self):
        os.mkdir(os.path.join(self.directory, "folder"))
        os.mkfifo(os.path.join(self.directory, "pipe"))
        here = self.directory
        token = {"listen": "127.0.0.1:0"}
        for top, said in (({"log": {"file": "folder"}},
                           f"log.file: '{here}/folder' is a directory"),
                          ({"spool": {"directory": "kraken.yaml"}},
                           f"spool.directory: '{here}/kraken.yaml' is not a directory"),
                          ({"admin": {**token, "token_file": "empty"}},
                           f"admin.token_file: there is no token in '{here}/empty'"),
                          ({"admin": {**token, "token_file": "pipe"}},
                           f"admin.token_file: '{here}/pipe' is a FIFO, not a file"),
                          ({"native": {"plugins": ["/dev/null"]}},
                           "native.plugins: '/dev/null' is a device, not a file")):
            with open(os.path.join(here, "empty"), "w"):
                pass
            done = self.run_in(topology(process("p", "sleep", "1"), **top), "config:validate")
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(said, done.stderr)

    def test_what_cannot_be_granted_is_told_by_all_who_look(self):
        with open("/proc/sys/fs/nr_open", encoding="ascii") as file:
            most = int(file.read())
        config = topology(process("p", "sleep", "1", shard=99),
                          process("q", "sleep", "1", limits={"nofile": most + 1}))
        shard = "p.shard: must be less than the number of shards (2), got '99'"
        limit = f"q.limits.nofile: '{most + 1}' is above fs.nr_open of this machine, {most}"
        for words in (("config:validate",), ("serve", "-c", "kraken.yaml")):
            done = self.run_in(config, *words)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(shard, done.stderr)
            self.assertIn(limit, done.stderr)
        done = self.run_in(config, "config:validate", "--portable")
        self.assertIn(shard, done.stderr, "the file says itself how many there are")
        self.assertNotIn(limit, done.stderr)

    def test_a_configuration_that_is_a_pipe_holds_up_nobody(self):
        pipe = os.path.join(self.directory, "pipe.yaml")
        os.mkfifo(pipe)
        done = self.run_in("", "config:validate", pipe)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(f"{pipe}: is a FIFO, not a file", done.stderr)
        done = self.run_in("include: pipe.yaml\n", "config:validate")
        self.assertIn("pipe.yaml: is a FIFO, not a file", done.stderr)
        read = subprocess.run([CONSOLE, "config:validate", "/dev/stdin"], cwd=self.directory,
                              input=topology(process("p", "sleep", "1")), capture_output=True,
                              text=True, timeout=20 * STRETCH, check=False)
        self.assertEqual(read.stdout, "Configuration is valid.\n", read)

    def test_a_daemon_is_not_held_up_by_a_pipe(self):
        daemon = fresh_daemon(self, topology(process("p", "sleep", "600")))
        pipe = os.path.join(daemon.directory, "pipe.yaml")
        os.mkfifo(pipe)
        done = daemon.console("config:diff", "-c", pipe)
        self.assertIn("is a FIFO, not a file", done.err)
        done = daemon.console("config:diff", "-c", "/dev/stdin")
        self.assertIn("not a file", done.err, "its own standard input is the daemon's own affair")
        os.rename(pipe, os.path.join(daemon.directory, "kraken.yaml"))
        self.assertIn("is a FIFO, not a file", daemon.console("reload").err)
        self.assertEqual(daemon.container("p")["state"], "started")

    @unittest.skipUnless(os.geteuid() == 0, "only root has containers of other users")
    def test_folders_of_files_are_looked_at_as_who_opens_them(self):
        closed = os.path.join(self.directory, "closed")
        os.mkdir(closed, 0o700)
        os.chmod(self.directory, 0o755)
        for carrier, code in (("native", 2), ("program", 0)):
            web = {"id": "web", "type": "pool", "carrier": carrier, "user": "nobody",
                   "start": ["php", worker_script("app.php")], "cwd": "/"}
            done = self.run_in(topology(web, http(routes=[
                {"path": "/", "to": "web", "files": [closed]}])), "config:validate")
            said = f"http.routes.0.files: '{closed}' cannot be entered by 'nobody'"
            self.assertEqual(said in done.stderr, code == 2, done)

    @unittest.skipIf(os.geteuid() == 0, "everything is open to root")
    def test_what_is_closed_to_the_daemon_is_told(self):
        os.mkdir(os.path.join(self.directory, "closed"), 0o500)
        done = self.run_in(topology(process("p", "sleep", "1"), log={"file": "closed/a.log"}),
                           "config:validate")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(f"log.file: no file can be made in '{self.directory}/closed': Permission "
                      "denied", done.stderr)

    def test_scripts_are_found_where_php_would(self):
        for start in (["php", "-r", "1;"], ["php", "-d", "a=b", "-n", "here.php"],
                      ["php", "-f", "here.php"], ["php", "-S", "127.0.0.1:0"]):
            with open(os.path.join(self.directory, "here.php"), "w", encoding="utf-8"):
                pass
            done = self.run_in(topology({"id": "p", "type": "process", "start": start, **AS_ROOT}),
                               "config:validate")
            self.assertEqual(done.returncode, 0, (start, done))


class Reload(unittest.TestCase):
    def test_a_missing_program_changes_nothing(self):
        daemon = fresh_daemon(self, topology(pool(), http()))
        before = daemon.pids()
        daemon.write_config(topology(pool(), http(), process("side", "no-such-program")))
        done = daemon.console("reload")
        self.assertEqual(done.code, 2, done)
        self.assertIn("side.start: no program 'no-such-program'", done.err)
        self.assertEqual(daemon.pids(), before)

    def test_a_file_that_is_gone_is_missed(self):
        daemon = Daemon("", file_name="other.yaml")
        self.addCleanup(daemon.close)
        with open(os.path.join(daemon.directory, "kraken.yaml"), "w", encoding="utf-8") as file:
            file.write(topology(process("p", "sleep", "600")))
        daemon.command_line = lambda: [
            CONSOLE, "serve", "--set", f"admin.socket={daemon.socket}"]
        daemon.start()
        os.remove(os.path.join(daemon.directory, "kraken.yaml"))
        done = daemon.console("reload")
        self.assertNotEqual(done.code, 0)
        self.assertIn("kraken.yaml: cannot be read: No such file or directory", done.err)
        self.assertNotIn("nothing to serve", done.err)
        self.assertEqual(daemon.container("p")["phase"], "ready")


if __name__ == "__main__":
    unittest.main()
