# SPDX-License-Identifier: BSD-3-Clause
"""Request bodies larger than a frame: in a file on their way, whoever takes them, and what becomes
of them when a worker, a client or the disk fails."""
import hashlib
import json
import os
import shutil
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from support.case import DaemonCase, fresh_daemon
from support.topology import http, pool, topology
from support.waiting import wait_until

MIB = 1 << 20
GROWTH = 8 * MIB
PLACE = tempfile.mkdtemp(prefix="kt-uploads-", dir="/tmp")
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INI = {"post_max_size": "100M", "upload_max_filesize": "80M", "memory_limit": "32M"}

ANSWER = r"""
function digest($from): array
{
    $hash = hash_init('sha256');
    $bytes = hash_update_stream($hash, $from);
    return ['bytes' => $bytes, 'sha' => hash_final($hash)];
}

function answer(): array
{
    switch (strtok($_SERVER['REQUEST_URI'], '?')) {
        case '/upload':
            $seen = ['post' => $_POST, 'files' => $_FILES, 'length' => $_SERVER['CONTENT_LENGTH']];
            foreach ($_FILES as $name => $file) {
                $to = tempnam(sys_get_temp_dir(), 'moved-');
                $seen['moved'][$name] = move_uploaded_file($file['tmp_name'], $to);
                $seen['sha'][$name] = hash_file('sha256', $to);
                unlink($to);
            }
            return $seen;
        case '/input':
            return digest(fopen('php://input', 'rb')) + ['length' => $_SERVER['CONTENT_LENGTH']];
        case '/twice':
            return [digest(fopen('php://input', 'rb')), digest(fopen('php://input', 'rb'))];
        case '/die-once':
            $in = fopen('php://input', 'rb');
            if (!file_exists($_GET['mark'])) {
                touch($_GET['mark']);
                fread($in, 100000);
                posix_kill(getmypid(), SIGKILL);
            }
            return digest($in);
        default:
            return ['pid' => getmypid()];
    }
}
"""
SCRIPTS = {
    "site/index.php": "<?php" + ANSWER + "echo json_encode(answer());",
    "worker.php": "<?php" + ANSWER + "Kraken\\handle(function () { echo json_encode(answer()); });",
    "package.php": "<?php require '%s/php/autoload.php';" % SOURCE + r"""
Kraken\Worker::run(fn ($request) => [200, [], json_encode(
    ['bytes' => strlen($request->body()), 'sha' => hash('sha256', $request->body())])]);""",
}


def setUpModule():
    os.makedirs(PLACE + "/site")
    for name, text in SCRIPTS.items():
        with open(os.path.join(PLACE, name), "w", encoding="utf-8") as file:
            file.write(text)


def tearDownModule():
    shutil.rmtree(PLACE, ignore_errors=True)


def config(carrier, script, size=2, ini=None, top=None, **options):
    answers = pool("web", os.path.join(PLACE, script), size=size, carrier=carrier, **options)
    if carrier == "classic":
        answers["start"] = [os.path.join(PLACE, script)]
    if carrier != "program":
        answers["ini"] = {**INI, **(ini or {})}
    front = http(limits={"body": "80M"},
                 routes=[{"path": "/", "to": "web", "retry": "idempotent"}])
    return topology(answers, front, **(top or {}))


def pattern(size):
    """Bytes of which no two mebibytes are the same."""
    return b"".join(hashlib.sha256(str(at).encode()).digest() * (MIB // 32)
                    for at in range(size // MIB)) + os.urandom(size % MIB)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def form(data, boundary=b"xXx"):
    named = b'\r\nContent-Disposition: form-data; name='
    head = (b"--" + boundary + named + b'"field"\r\n\r\nvalue\r\n--'
            + boundary + named + b'"file"; filename="a.bin"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n")
    return ([("Content-Type", "multipart/form-data; boundary=" + boundary.decode())],
            head + data + b"\r\n--" + boundary + b"--\r\n")


def head(length):
    return f"POST /input HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode()


class Peak:
    """How much more memory processes had than at the beginning, at any time."""

    def __init__(self, *pids):
        self.before = {}
        for pid in pids:
            with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
                file.write("5")
            self.before[pid] = self.highest(pid)

    @staticmethod
    def highest(pid):
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            line = next(each for each in file if each.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def growth(self):
        return max(self.highest(pid) - before for pid, before in self.before.items())


def stored_files(pid):
    """Open files that never had a name: opcache's lock, of which the name is gone, is another."""
    found = []
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{number}")
        except FileNotFoundError:
            continue
        if "/#" in target or "/kraken-spool-" in target:
            found.append(target)
    return found


class Uploads:
    """What both native carriers do."""

    def json(self, method, target, headers=(), body=b""):
        answer = self.connect().request(method, target, headers, body)
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body)

    def tearDown(self):
        for pid in (self.daemon.pid, *self.daemon.pids()):
            wait_until(lambda pid=pid: not stored_files(pid), "no stored body is left")

    def test_a_large_upload_costs_nobody_memory(self):
        self.json("GET", "/hello")
        data = pattern(64 * MIB)
        headers, body = form(data)
        peak = Peak(self.daemon.pid, *self.daemon.pids())
        seen = self.json("POST", "/upload", headers, body)
        self.assertEqual(seen["post"], {"field": "value"})
        self.assertEqual(seen["files"]["file"]["error"], 0)
        self.assertEqual(seen["files"]["file"]["size"], len(data))
        self.assertEqual(seen["length"], str(len(body)))
        self.assertTrue(seen["moved"]["file"])
        self.assertEqual(seen["sha"]["file"], sha(data))
        self.assertLess(peak.growth(), GROWTH)

    def test_php_input_is_all_of_it(self):
        data = pattern(40 * MIB + 12_345)
        peak = Peak(self.daemon.pid, *self.daemon.pids())
        seen = self.json("POST", "/input", [("Content-Type", "application/json")], data)
        self.assertEqual(seen, {"bytes": len(data), "sha": sha(data), "length": str(len(data))})
        self.assertLess(peak.growth(), GROWTH)

    def test_php_input_can_be_read_again(self):
        data = pattern(3 * MIB)
        seen = self.json("PUT", "/twice", (), data)
        self.assertEqual(seen, [{"bytes": len(data), "sha": sha(data)}] * 2)

    def test_a_body_of_unknown_length_is_counted(self):
        data = pattern(20 * MIB)
        with self.connect() as client:
            client.send(b"POST /input HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for at in range(0, len(data), 100_000):
                part = data[at:at + 100_000]
                client.send(b"%x\r\n%s\r\n" % (len(part), part))
            client.send(b"0\r\n\r\n")
            seen = json.loads(client.response().body)
        self.assertEqual(seen, {"bytes": len(data), "sha": sha(data), "length": str(len(data))})

    def test_sizes_around_every_border(self):
        with self.connect() as client:
            for border in (16 << 10, 64 << 10, 256 << 10, 16 * MIB):
                self.assert_counted(client, (border - 1, border, border + 1))

    def assert_counted(self, client, sizes):
        for size in sizes:
            data = pattern(size)
            answer = client.post("/input", data)
            self.assertEqual(answer.status, 200, answer)
            seen = json.loads(answer.body)
            self.assertEqual((seen["bytes"], seen["sha"]), (size, sha(data)))

    def test_stored_and_framed_bodies_of_clients_at_once(self):
        """More clients than workers: requests wait, and go to the other shard's worker."""
        def client():
            with self.connect() as to:
                for _ in range(15):
                    self.assert_counted(to, (20 << 10, 300 << 10))
        with ThreadPoolExecutor(4) as clients:
            for each in [clients.submit(client) for _ in range(4)]:
                each.result(timeout=60)

    def test_eight_at_once_share_two_workers(self):
        data = [pattern(8 * MIB) + bytes([each]) for each in range(8)]
        seen = [None] * 8
        peak = Peak(self.daemon.pid, *self.daemon.pids())

        def upload(each):
            headers, body = form(data[each])
            seen[each] = self.json("POST", "/upload", headers, body)["sha"]["file"]
        threads = [threading.Thread(target=upload, args=(each,)) for each in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(seen, [sha(each) for each in data])
        self.assertLess(peak.growth(), GROWTH)

    def test_a_killed_worker_is_followed_by_one_that_reads_from_the_beginning(self):
        data = pattern(24 * MIB)
        mark = os.path.join(self.daemon.directory, "died")
        seen = self.json("PUT", f"/die-once?mark={mark}", (), data)
        self.assertEqual(seen, {"bytes": len(data), "sha": sha(data)})
        os.unlink(mark)
        # Not repeated: it may have done something already.
        answer = self.connect().post(f"/die-once?mark={mark}", data)
        self.assertEqual(answer.status, 502)
        os.unlink(mark)
        self.daemon.wait_settled()

    def test_a_client_that_goes_leaves_nothing(self):
        for sent in (1 * MIB, 20 * MIB):
            client = self.connect()
            client.send(head(64 * MIB))
            client.send(bytes(sent))
            wait_until(lambda: stored_files(self.daemon.pid), "it is being stored")
            client.close()
            wait_until(lambda: not stored_files(self.daemon.pid), "it is gone")

    def test_what_is_too_large_is_refused_before_it_is_sent(self):
        with self.connect() as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                        b"Content-Length: %d\r\n\r\n" % (80 * MIB + 1))
            answer = client.response()
        self.assertEqual(answer.status, 413)
        self.assertIn(b"80M", answer.body)

    def test_it_is_counted(self):
        self.json("POST", "/input", (), bytes(MIB))
        page = self.daemon.admin("GET", "/metrics").body.decode()
        stored = [line for line in page.splitlines()
                  if line.startswith("kraken_http_bodies_stored_total{")]
        self.assertGreaterEqual(sum(float(line.split()[-1]) for line in stored), 1)


class InWorkerMode(Uploads, DaemonCase):
    config = config("native", "worker.php")


class InClassicMode(Uploads, DaemonCase):
    config = config("classic", "site")


class BySocket(Uploads, DaemonCase):
    config = config("native", "worker.php", transport="socket")


class LimitsOfPhp(DaemonCase):
    config = config("classic", "site", ini={"post_max_size": "8M", "upload_max_filesize": "3M"})

    def test_a_file_above_upload_max_filesize_has_its_error(self):
        headers, body = form(pattern(4 * MIB))
        seen = json.loads(self.connect().post("/upload", body, headers).body)
        self.assertEqual(seen["files"]["file"]["error"], 1)  # UPLOAD_ERR_INI_SIZE
        self.assertEqual(seen["post"], {"field": "value"})

    def test_a_body_above_post_max_size_is_left_out_with_a_warning(self):
        headers, body = form(pattern(10 * MIB))
        answer = self.connect().post("/upload", body, headers)
        self.assertEqual(answer.status, 200)
        seen = json.loads(answer.body[answer.body.index(b"{"):])
        self.assertEqual((seen["post"], seen["files"]), ([], []))
        wait_until(lambda: "POST Content-Length of" in self.daemon.log(), "the warning")


class OneWorker(DaemonCase):
    config = config("classic", "site", size=1)

    def test_a_slow_upload_holds_no_worker(self):
        data = pattern(2 * MIB)
        with self.connect() as slow:
            slow.send(head(len(data)))
            slow.send(data[:MIB])
            wait_until(lambda: stored_files(self.daemon.pid), "it is being stored")
            self.assertEqual(self.daemon.get("/hello").status, 200)
            slow.send(data[MIB:])
            self.assertEqual(json.loads(slow.response().body)["sha"], sha(data))


class AFullDisk(DaemonCase):
    # More than the slab, which is memory, may need; no file of the daemon's grows beyond it.
    config = config("native", "worker.php")
    options = {"wrapper": ["prlimit", f"--fsize={60 * MIB}"]}

    def test_it_is_told_and_hurts_nobody_else(self):
        client = self.connect()
        client.send(head(70 * MIB))
        try:
            client.send(bytes(70 * MIB))
        except OSError:
            pass  # answered in the middle of it
        answer = client.response()
        self.assertEqual(answer.status, 503)
        self.assertIsNotNone(answer.header("retry-after"))
        log = wait_until(lambda: "body_not_stored" in self.daemon.log() and self.daemon.log(),
                         "the log line")
        self.assertIn(f"directory={self.daemon.directory}", log)
        wait_until(lambda: not stored_files(self.daemon.pid), "it is gone")
        data = pattern(20 * MIB)
        seen = json.loads(self.connect().post("/input", data).body)
        self.assertEqual(seen["sha"], sha(data))
        self.assertEqual(len(set(self.daemon.pids())), 2)


class NoDirectory(DaemonCase):
    config = config("native", "worker.php", top={"spool": {"directory": PLACE + "/spool"}})

    @classmethod
    def setUpClass(cls):
        os.mkdir(PLACE + "/spool")
        super().setUpClass()
        os.rmdir(PLACE + "/spool")

    @unittest.skipUnless(os.geteuid() == 0, "closed to others, which is told with the place")
    def test_a_folder_that_takes_no_file_is_told_at_the_start(self):
        daemon = fresh_daemon(self, config("native", "worker.php",
                                           top={"spool": {"directory": "/proc/self/task"}}))
        self.assertIn("spool_not_usable", daemon.log())

    def test_only_large_bodies_suffer(self):
        self.assertEqual(self.connect().post("/input", bytes(MIB)).status, 503)
        self.assertEqual(self.connect().post("/input", bytes(100_000)).status, 200)


class Frames:
    """Workers that take their bodies in frames."""

    def test_what_fits_is_taken(self):
        data = pattern(15 * MIB)
        seen = json.loads(self.connect().post("/", data).body)
        self.assertEqual(seen, {"bytes": len(data), "sha": sha(data)})

    def test_what_does_not_is_refused(self):
        answer = self.connect().post("/", bytes(17 * MIB))
        self.assertEqual(answer.status, 413)
        self.assertEqual(self.connect().post("/", b"x").status, 200)


class PackageWorkers(Frames, DaemonCase):
    config = config("program", "package.php")

    def test_it_is_refused_before_it_is_sent(self):
        with self.connect() as client:
            client.send(head(17 * MIB))
            answer = client.response()
        self.assertEqual(answer.status, 413)
        self.assertIn(b"16M", answer.body)

    def test_the_configuration_is_warned_of(self):
        said = self.daemon.console("config:validate", "-c", self.daemon.config_file)
        self.assertEqual(said.code, 0, said)
        self.assertRegex(said.err, r"limits\.body: 80M, but the workers of 'web' take bodies of up "
                                   r"to 16M \(carrier: program\)")


class ScriptsThatSpeak(Frames, DaemonCase):
    config = config("native", "package.php", ini={"memory_limit": "256M"})
