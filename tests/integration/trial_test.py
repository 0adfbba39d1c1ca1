# SPDX-License-Identifier: BSD-3-Clause
"""What somebody meets who uses it for the first time: answers that are true and hints that help."""
import os
import shutil
import signal
import socket
import tempfile
import unittest

from support.case import DaemonCase, fresh_daemon
from support.daemon import CONSOLE, Daemon
from support.topology import AS_ROOT, http, pool, process, topology, worker_script
from support.waiting import wait_until


class Scale(unittest.TestCase):
    def test_workers_that_cannot_boot_are_told(self):
        daemon = fresh_daemon(self, topology(
            pool(size=1, script="boot_once.php", ready={"within": "5s"}), http()))
        done = daemon.console("scale", "web", "3")
        self.assertEqual(done.code, 1, done)
        self.assertIn("2 of 3 workers do not serve", done.err)
        self.assertIn("the program ended before", done.err)
        self.assertEqual(daemon.console("scale", "web", "1").out, "Pool has been scaled.\n")

    def test_both_bounds_are_kept_where_the_pool_scales_itself(self):
        daemon = fresh_daemon(self, topology(pool(size={"min": 2, "count": 2, "max": 3}), http()))
        for count, bound in (("4", "at most 3 workers (size.max)"),
                             ("1", "at least 2 workers (size.min)")):
            done = daemon.console("scale", "web", count)
            self.assertEqual(done.code, 1, done)
            self.assertIn(bound, done.err)
        self.assertEqual(len(daemon.workers()), 2)
        for count in ("3", "2"):
            self.assertEqual(daemon.console("scale", "web", count).code, 0)
        for count in ("0", "10001", "4294967295"):
            self.assertIn("from 1 to 10000", daemon.console("scale", "web", count).err)


class Start(unittest.TestCase):
    def test_a_port_that_is_taken_is_told_before_workers_boot(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            daemon = Daemon(topology(pool(), {**http(), "listen": [address]})).launch()
            self.addCleanup(daemon.close)
            daemon.expected_code = 5
            self.assertEqual(daemon.wait_end(), 5)
        self.assertIn(f"http.listen: listen on {address}: Address already in use", daemon.log())
        self.assertNotIn("daemon_started", daemon.log())

    def test_a_descriptor_that_is_not_there_is_told_as_a_taken_port_is(self):
        daemon = Daemon(topology(pool(), {**http(), "listen": ["fd:77"]})).launch()
        self.addCleanup(daemon.close)
        daemon.expected_code = 5
        self.assertEqual(daemon.wait_end(), 5)
        self.assertIn("http.listen: listen on fd:77: ", daemon.log())
        self.assertNotIn("daemon_started", daemon.log())

    def test_a_front_whose_port_is_taken_while_it_is_away_waits_for_it(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        address = f"127.0.0.1:{port}"
        daemon = fresh_daemon(self, topology(
            pool(size=1), {**http(), "listen": [address], "backoff": {"max": "200ms"}},
            supervise={"intensity": 2}))
        self.assertEqual(daemon.console("container:stop", "http").code, 0)
        with socket.create_server(("127.0.0.1", port)):
            done = daemon.console("container:start", "http")
            self.assertEqual(done.code, 1, done)
            self.assertIn("Address already in use", done.err)
            wait_until(lambda: daemon.container("http")["restarts"] > 5, "it is tried again")
            self.assertIn(" restart_budget_spent ", daemon.log())
            self.assertEqual(daemon.admin("GET", "/readyz").status, 503)
        wait_until(lambda: daemon.container("http")["phase"] == "ready", "it has its port")
        self.assertEqual(daemon.get("/hello").status, 200)

    def test_an_admin_address_that_can_not_be_had_ends_the_start(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            used = f"127.0.0.1:{taken.getsockname()[1]}"
            for address, code, why in ((used, 5, "Address already in use"),
                                       ("192.0.2.1:1", 1, "Cannot assign requested address")):
                with self.subTest(address):
                    daemon = Daemon(topology(process("sleeper", "sleep", "600")), [
                        "--set", f"admin.listen={address}", "--set", "admin.token_file=token"])
                    self.addCleanup(daemon.close)
                    with open(os.path.join(daemon.directory, "token"), "w",
                              encoding="utf-8") as file:
                        file.write("secret")
                    daemon.expected_code = code
                    self.assertEqual(daemon.launch().wait_end(), code)
                    self.assertIn(f"admin.listen: listen on {address}: {why}", daemon.log())
                    self.assertNotIn("daemon_started", daemon.log())
                    left = set(os.listdir(daemon.directory))
                    self.assertEqual(left, {"kraken.yaml", "daemon.log", "token"})

    def test_a_socket_path_that_is_too_long_is_told_with_its_place(self):
        for length in (108, 115, 139):
            with self.subTest(length):
                daemon = Daemon(topology(process("sleeper", "sleep", "600")))
                self.addCleanup(daemon.close)
                daemon.socket = "/tmp/" + "y" * (length - len("/tmp/"))
                daemon.expected_code = 2
                self.assertEqual(daemon.launch().wait_end(), 2)
                self.assertIn("--set: admin.socket: a socket's path has at most 107 bytes, this "
                              f"one {length}: '/tmp/yyy", daemon.log())

    def test_a_page_that_is_started_as_a_worker_is_told_what_to_do(self):
        daemon = Daemon(topology({**pool(size=1), "start": ["php", "-r", "echo 'a page';"]},
                                 http()))
        self.addCleanup(daemon.close)
        daemon.launch()
        wait_until(lambda: "pool_does_not_boot" in daemon.log(), "it is given up hope of")
        self.assertIn("kraken serve FOLDER", daemon.log())

    def test_an_ordered_start_says_who_waits_for_whom(self):
        daemon = Daemon(topology(
            process("sidecar", "sleep", "600", ready={"tcp": "127.0.0.1:1", "within": "60s"}),
            pool(), http()))
        self.addCleanup(daemon.close)
        daemon.launch()
        wait_until(lambda: "start_waits" in daemon.log(), "it says so")
        line = next(line for line in daemon.log().splitlines() if "start_waits" in line)
        self.assertIn('container=Main/web for=Main/sidecar ready="tcp 127.0.0.1:1" within=1m', line)
        self.assertEqual(daemon.log().count("start_waits"), 1)
        self.assertIn("waits for sidecar", daemon.console("tree").out)
        self.assertIn("waits for sidecar", daemon.console("ps").out)
        self.assertIn("waits for sidecar", daemon.console("inspect", "web").out)
        health = daemon.console("health")
        self.assertNotEqual(health.code, 0)
        self.assertIn("Main/sidecar is starting; waiting for it: http, web", health.out)

    def test_a_parked_sibling_is_not_who_waits(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        flag = os.path.join(directory, "flag")
        open(flag, "w", encoding="ascii").close()
        soon = {"backoff": {"min": "10ms", "max": "10ms"}}
        daemon = Daemon(topology(
            process("first", "sleep", "600", **soon,
                    ready={"exec": ["test", "-e", flag], "within": "60s"}),
            process("parked", "false", give_up="park", **soon),
            process("slow", "sleep", "600", ready={"tcp": "127.0.0.1:1", "within": "60s"}),
            process("last", "sleep", "600"), supervise={"intensity": 2}))
        self.addCleanup(daemon.close)
        daemon.launch()

        def waits_for(alias):
            return [line for line in daemon.log().splitlines()
                    if "start_waits" in line and f"for=Main/{alias}" in line]
        line, = wait_until(lambda: waits_for("slow"), "it is waited for")
        self.assertIn("container=Main/last ", line)
        wait_until(lambda: daemon.container("parked")["phase"] == "parked", "it is parked")
        os.remove(flag)
        os.kill(daemon.container("first")["pid"], signal.SIGKILL)
        line = wait_until(lambda: [each for each in waits_for("first") if "WARN" in each],
                          "the first is waited for again")[-1]
        self.assertIn("container=Main/last ", line)

    def test_what_is_tried_again_has_its_cause(self):
        daemon = Daemon(topology(
            process("sidecar", "false", give_up="retry", backoff={"min": "20s", "max": "60s"}),
            pool(), http()))
        self.addCleanup(daemon.close)
        daemon.launch()
        wait_until(lambda: os.path.exists(daemon.socket) and
                   "is backing_off after exit code 1" in daemon.console("health").out,
                   "health says why")


class Targets(unittest.TestCase):
    """`kraken serve TARGET`: what is taken, and that it is said."""

    def serve(self, files, target, *words):
        daemon = Daemon("", file_name="other.yaml")
        self.addCleanup(daemon.close)
        for name, text in files.items():
            path = os.path.join(daemon.directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        daemon.command_line = lambda: [
            CONSOLE, "serve", target, "--listen", "127.0.0.1:0", "--workers", "1",
            "--set", f"admin.socket={daemon.socket}", *words]
        return daemon

    def chosen(self, daemon):
        return next(line for line in daemon.log().splitlines() if "target_chosen" in line)

    def test_the_page_of_a_folder_counts_whatever_lies_beside_it(self):
        page = "<?php echo 'page ', $_SERVER['SCRIPT_NAME'];"
        worker = "<?php exit(3);"
        for beside in ("worker.php", "public/worker.php"):
            with self.subTest(beside):
                daemon = self.serve({"public/index.php": page, beside: worker}, "public").start()
                self.assertEqual(daemon.get("/x").body, b"page /index.php")
                line = self.chosen(daemon)
                here = daemon.directory
                self.assertIn(f"script={here}/public/index.php", line)
                self.assertIn("because=\"'public' has an index.php: it runs anew for each "
                              "request\"", line)
                self.assertIn(f'instead="kraken serve {here}/{beside}"', line)

    def test_a_worker_script_is_taken_where_there_is_no_page(self):
        with open(worker_script("app.php"), encoding="utf-8") as file:
            text = file.read().replace("__DIR__", repr(os.path.dirname(worker_script("app.php"))))
        daemon = self.serve({"worker.php": text, "public/style.css": ""}, "public/").start()
        self.assertEqual(daemon.get("/hello").status, 200)
        line = self.chosen(daemon)
        self.assertIn(f"script={daemon.directory}/worker.php", line)
        self.assertIn("has no index.php, but there is a worker.php: it boots once", line)
        self.assertNotIn("instead", line)


class Carriers(unittest.TestCase):
    """A script in the wrong one is told which is the right one."""

    def log_of(self, event, web):
        daemon = Daemon(topology(web, http()))
        self.addCleanup(daemon.close)
        daemon.launch()
        wait_until(lambda: event in daemon.log(), f"{event} is told")
        return next(line for line in daemon.log().splitlines() if event in line)

    def test_scripts_of_kraken_php_under_stock_php(self):
        for function in ("Kraken\\handle", "frankenphp_handle_request"):
            for package in ("0", "1"):
                with self.subTest(function, package=package):
                    line = self.log_of("pool_does_not_boot", pool(
                        size=1, script="needs_native.php",
                        env={"FUNCTION": function, "PACKAGE": package}))
                    self.assertIn("the script needs `carrier: native`", line)

    def test_the_same_scripts_run_where_they_belong(self):
        for function in ("Kraken\\handle", "frankenphp_handle_request"):
            for package in ("0", "1"):
                daemon = fresh_daemon(self, topology(pool(
                    size=1, script="needs_native.php", carrier="native",
                    env={"FUNCTION": function, "PACKAGE": package}), http()))
                self.assertEqual(daemon.get("/").body, b"served")

    def test_a_worker_of_the_package_runs_in_both(self):
        for carrier in ("program", "native"):
            daemon = fresh_daemon(self, topology(pool(size=1, carrier=carrier), http()))
            self.assertEqual(daemon.get("/hello").status, 200)

    def test_worker_scripts_as_pages(self):
        for script, said in (("app.php", "Worker is for worker scripts (carrier: native or"),
                             ("native.php", "handle() is for worker scripts (carrier: native)")):
            daemon = fresh_daemon(self, topology(
                {"id": "web", "type": "pool", "carrier": "classic", "size": 1, **AS_ROOT,
                 "start": [os.path.dirname(worker_script(script))]}, http()))
            self.assertEqual(daemon.get("/" + script).status, 500)
            wait_until(lambda: said in daemon.log(), "it is told")
            self.assertIn("(carrier: classic)", daemon.log())


class Hints(DaemonCase):
    config = topology(pool(), http(), process("sleeper", "sleep", "600"))

    def hint(self, *words):
        done = self.daemon.console(*words)
        self.assertNotEqual(done.code, 0, done)
        return done.err.strip().splitlines()[-1]

    def test_each_is_of_use_here(self):
        self.assertEqual(self.hint("process:create", "Main", "T1", "no-such-program"),
                         "Try: kraken events -n 20")
        for words in (["--listen", "foo"], ["--workers", "0"]):
            self.assertEqual(self.hint("serve", worker_script("app.php"), *words),
                             "Try: kraken help serve")

    def test_a_dead_letter_list_of_nobody_is_a_mistake(self):
        done = self.daemon.console("dead:list", "webb")
        self.assertEqual(done.code, 3, done)
        self.assertIn("webb", done.err)
        self.assertEqual(self.daemon.console("dead:list", "web").code, 0)
        self.assertEqual(self.daemon.console("dead:list", "none*").code, 0)
        self.daemon.console("container:send", "nobody", "1")
        self.assertIn("nobody", self.daemon.console("dead:list", "nobody").out)
        usual = self.daemon.console("dead:list").out.splitlines()[0]
        wide = self.daemon.console("dead:list", "-o", "wide").out.splitlines()[0]
        self.assertEqual(wide.split(), ["ID", "DATE", *usual.split()])


class CommandLines(unittest.TestCase):
    def test_both_forms_run(self):
        daemon = fresh_daemon(self, topology(
            {"id": "p", "type": "process", "start": "sleep 600", **AS_ROOT,
             "ready": {"exec": ["sh", "-c", "exit 0"]},
             "alive": {"every": "1s", "exec": ["true"]}}))
        self.assertEqual(daemon.container("p")["phase"], "ready")


if __name__ == "__main__":
    unittest.main()
