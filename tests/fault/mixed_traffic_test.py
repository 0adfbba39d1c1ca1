# SPDX-License-Identifier: BSD-3-Clause
"""Everything at once, for each way requests reach workers: random clients ask in every form, while
workers are killed, the pool changes its size and all of it is reloaded and replaced. Each answer is
its own question's to the byte, fails only for a reason somebody gave, and nothing is left behind.

KRAKEN_SEED repeats a run as far as threads allow, KRAKEN_STORM_SECONDS makes it longer."""
import collections
import os
import random
import re
import shutil
import signal
import tempfile
import threading
import time
import unittest

from support import processes
from support.case import fresh_daemon
from support.daemon import PROGRAMS
from support.mixed_client import KIB, MIB, Client, Ledger, Traits
from support.narya import ENDLESS, narya_config
from support.topology import http, pool, topology, worker_script
from support.waiting import STRETCH, wait_until

SECONDS = float(os.environ.get("KRAKEN_STORM_SECONDS", "6"))
SEED = int(os.environ.get("KRAKEN_SEED", str(random.SystemRandom().randrange(1 << 32))))
CLIENTS = 10
SIZE = 3
NATIVE = os.path.exists(os.path.join(PROGRAMS, "kraken-php"))
WANTED_ENDS = {"signal 9 ": "signal", "exit during ": "exit", "exit code 3": "exit",
               "exceeded its time": "timeout"}
NOTED_EARLY = 0.2  # a kill is noted when it has been done
PLACE = tempfile.mkdtemp(prefix="kt-mixed-", dir="/tmp")
FILES = {os.path.join(PLACE, f"file-{size}"): os.urandom(size)
         for size in (0, 100, 64 * KIB, 64 * KIB + 1, 3 * MIB)}
INI = {"post_max_size": "40M", "memory_limit": "256M", "display_errors": "0"}


def setUpModule():
    for name, data in FILES.items():
        with open(name, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
    os.chmod(PLACE, 0o755)
    os.mkdir(os.path.join(PLACE, "site"))
    with open(os.path.join(PLACE, "site", "index.php"), "w", encoding="utf-8") as file:
        file.write(f"<?php const MIXED_CLASSIC = true; require '{worker_script('mixed.php')}';")


def tearDownModule():
    shutil.rmtree(PLACE, ignore_errors=True)


def config(carrier, spare=0, words=(), **options):
    """`spare` makes the text another one, for a reload that changes something."""
    def one(id, timeout):
        made = pool(id, "mixed.php", size=SIZE, carrier=carrier, request={"timeout": timeout},
                    recycle={"requests": 150}, shutdown="20s",
                    queue={"timeout": "60s", "max": 1000 + spare}, **options)
        made["start"] += words
        if carrier == "classic":
            made["start"] = [os.path.join(PLACE, "site")]
        if carrier != "program":
            made["ini"] = INI
        return made
    route = {"to": "web", "files": [PLACE]}
    routes = [{"path": "/brief", **route, "to": "brief"},
              {"path": "/retry", **route, "retry": "idempotent"}, {"path": "/", **route}]
    return topology(one("web", "40s"), one("brief", "500ms"),
                    http(routes=routes, shutdown="20s", limits={"body": f"{30 + spare}M"}))


class Kills:
    """Whom the operator killed, and when: each explains one request that failed at that time."""

    def __init__(self):
        self.at = []

    def unexplained(self, surprises):
        left, unexplained = sorted(self.at), []
        for question, status, how in sorted(surprises, key=lambda each: each[0].ended):
            reasons = [at for at in left
                       if question.began - NOTED_EARLY <= at <= question.ended + NOTED_EARLY]
            if status in (502, None) and reasons:
                left.remove(reasons[0])
            else:
                unexplained.append((question, status, how))
        return unexplained


class Operator(threading.Thread):
    """Kills and changes; what it orders must be done."""

    def __init__(self, daemon, dice, over, pools, configs):
        super().__init__(name="operator")
        self.daemon_under_test = daemon
        self.dice = dice
        self.over = over
        self.pools = pools
        self.configs = configs
        self.kills = Kills()
        self.done = collections.Counter()
        self.refused = []

    def run(self):
        ways = [self.kill, self.kill, self.kill, self.scale, self.roll]
        ways += [self.reload, self.replace_front] if self.configs else []
        while not self.over.wait(self.dice.random() * 0.4):
            way = self.dice.choice(ways)
            try:
                way()
                self.done[way.__name__] += 1
            except Exception as problem:  # shown by the test
                self.refused.append((way.__name__, repr(problem)))

    def kill(self):
        pids = self.daemon_under_test.pids(self.dice.choice(self.pools))
        if pids:
            try:
                os.kill(self.dice.choice(pids), signal.SIGKILL)
                self.kills.at.append(time.monotonic())
            except ProcessLookupError:
                pass

    def order(self, *words):
        """Workers that end meanwhile, as somebody wanted, may be in its way."""
        done = self.daemon_under_test.console(*words)
        wanted = any(why in done.out + done.err for why in (*WANTED_ENDS, "is ending"))
        assert done.code == 0 or wanted, (words, done)
        self.done["in vain"] += done.code != 0

    def scale(self):
        self.order("scale", self.dice.choice(self.pools), str(self.dice.randrange(2, 5)))

    def roll(self):
        self.order("restart", self.dice.choice(self.pools), "--rolling")

    def replace_front(self):
        self.order("restart", "http", "--rolling")

    def reload(self):
        self.daemon_under_test.write_config(self.dice.choice(self.configs))
        self.order("reload")


def files_without_name(pid):
    links = (os.path.join(f"/proc/{pid}/fd", each) for each in os.listdir(f"/proc/{pid}/fd"))
    found = []
    for each in links:
        try:
            found.append(os.readlink(each))
        except FileNotFoundError:
            continue
    return [each for each in found if "/#" in each or "kraken-spool" in each]


class Storm:
    maxDiff = None
    """What all ways have in common."""

    traits = None
    pools = ("web", "brief")
    configs = ()
    file_name = "kraken.yaml"
    arguments = ()

    def test_each_answer_belongs_to_its_question(self):
        print(f"{type(self).__name__}: {SECONDS} s, KRAKEN_SEED={SEED}", flush=True)
        self.daemon = fresh_daemon(self, self.text(), file_name=self.file_name,
                                   arguments=self.arguments)
        try:
            self.storm()
        except BaseException:
            self.daemon.show_log()
            raise

    def storm(self):
        self.settle()
        ledger = Ledger()
        self.run_clients(ledger, SEED + 1, min(1.0, SECONDS), quiet=True)
        self.settle()
        descriptors = processes.descriptor_count(self.daemon.pid)
        operator = self.run_clients(ledger, SEED, SECONDS)
        self.judge(ledger, operator)
        self.settle()
        self.look_for_rests(descriptors)
        self.judge_log(ledger, operator)

    def text(self):
        return self.configs[0]

    def settle(self):
        """Everybody serves, and nobody has or waits for anything."""
        for each in self.pools:
            self.daemon.wait_settled(of=each)
        for name in ("pool_waiting", "pool_busy", "http_connections_open", "http_spool_bytes",
                     "container_busy"):
            wait_until(lambda name=name: self.daemon.metric("kraken_" + name) == 0, f"no {name}")

    def run_clients(self, ledger, seed, seconds, quiet=False):
        over = threading.Event()
        clients = [Client(self.daemon.address(), number, seed, self.traits, ledger, over)
                   for number in range(CLIENTS)]
        operator = Operator(self.daemon, random.Random(seed), over, self.pools, self.configs)
        threads = clients if quiet else [*clients, operator]
        for each in threads:
            each.start()
        over.wait(seconds)
        over.set()
        for each in threads:
            each.join(timeout=90 * STRETCH)
        stuck = [each.name for each in threads if each.is_alive()]
        self.assertEqual(stuck, [], "nobody waits for ever")
        return operator

    def judge(self, ledger, operator):
        print(f"{type(self).__name__}: {dict(ledger.answered)} {dict(ledger.kinds)} "
              f"{dict(operator.done)} kills={len(operator.kills.at)} "
              f"reconnects={len(ledger.reconnects)}", flush=True)
        self.assertEqual(ledger.wrong, [])
        self.assertEqual(operator.kills.unexplained(ledger.surprises), [])
        self.assertEqual(operator.refused, [])
        if not operator.done["replace_front"] and not operator.done["reload"]:
            self.assertEqual(ledger.reconnects, [])
        self.assertGreater(ledger.answered[200], 5 * SECONDS)

    def look_for_rests(self, descriptors):
        daemon = self.daemon
        workers = [pid for each in self.pools for pid in daemon.pids(each)]
        for pid in (daemon.pid, *workers):
            wait_until(lambda pid=pid: not files_without_name(pid), "no file without a name")
        # Pools may have another size, three descriptors a worker; nothing else may be more.
        spare = 6 * len(self.pools)
        wait_until(lambda: processes.descriptor_count(daemon.pid) <= descriptors + spare,
                   f"not more than {descriptors} descriptors")
        counts = {pid: processes.descriptor_count(pid) for pid in workers}
        self.assertLess(max(counts.values()), min(counts.values()) + 8, counts)

    def judge_log(self, ledger, operator):
        log = self.daemon.log()
        ends = collections.Counter()
        for pool_of, reason in re.findall(
                r'container_failed container=Main/(\w+)/\w+ .*?reason="([^"]*)"', log):
            ends[pool_of, self.kind_of(reason)] += 1
        kinds = collections.Counter()
        for (_, kind), count in ends.items():
            kinds[kind] += count
        print(f"{type(self).__name__}: ends {dict(ends)}", flush=True)
        asked = ledger.asked_ends
        self.assertLessEqual(set(kinds), {"signal", "exit", "timeout"})
        self.assertEqual(ends["web", "timeout"], 0)
        self.assertLessEqual(kinds["exit"], asked["exit"])
        self.assertLessEqual(kinds["signal"], 2 * asked["signal"] + len(operator.kills.at))
        for line in ("protocol", "slab_damaged", "incarnation_survived_kill", "shutdown_timeout",
                     "shard_silent", "_threw", "message_un", "restart_budget", "does_not_boot"):
            self.assertEqual([each for each in log.splitlines() if line in each], [], line)

    @staticmethod
    def kind_of(reason):
        """Of an end that somebody may have wanted; any other is its own."""
        for start, kind in WANTED_ENDS.items():
            if reason.startswith(start):
                return kind
        return reason


@unittest.skipUnless(NATIVE, "kraken-php is not built")
class NativeBySlab(Storm, unittest.TestCase):
    traits = Traits(files=FILES, php=True)
    configs = [config("native", spare, template="app") for spare in range(2)]


@unittest.skipUnless(NATIVE, "kraken-php is not built")
class NativeBySocket(Storm, unittest.TestCase):
    traits = Traits(files=FILES, php=True)
    configs = [config("native", spare, transport="socket") for spare in range(2)]


@unittest.skipUnless(NATIVE, "kraken-php is not built")
class Classic(Storm, unittest.TestCase):
    traits = Traits(files=FILES, php=True)
    configs = [config("classic", spare) for spare in range(2)]


class Package(Storm, unittest.TestCase):
    traits = Traits(files=FILES, exit_ends="exit", body_max=15 * MIB)
    configs = [config("program", spare) for spare in range(2)]


@unittest.skipUnless(NATIVE, "kraken-php is not built")
class PackageBySlab(Storm, unittest.TestCase):
    traits = Traits(files=FILES, exit_ends="exit", body_max=15 * MIB)
    configs = [config("native", spare, words=["package"], template="app") for spare in range(2)]


class Narya(Storm, unittest.TestCase):
    traits = Traits(routes=("/mixed",), streams=False, exit_ends="exit", body_max=9 * MIB)
    pools = ("web",)
    file_name = ".rr.yaml"
    arguments = ENDLESS

    def text(self):
        return narya_config("  count: 3\n  max_requests: 150\n  timeout: 40")
