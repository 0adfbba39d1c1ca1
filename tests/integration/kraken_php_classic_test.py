# SPDX-License-Identifier: BSD-3-Clause
"""The native carrier in classic mode: a document root, each request from the beginning."""
import json
import os
import shutil
import tempfile
import unittest

from support.case import DaemonCase, fresh_daemon
from support.topology import AS_ROOT, EAGER, ENDLESS, SOURCE, http, topology
from support.waiting import wait_until

PUBLIC = os.path.join(SOURCE, "tests", "support", "public")


class ClassicMode(DaemonCase):
    config = topology({"id": "web", "type": "pool", "start": [PUBLIC], "size": 1,
                       "carrier": "classic", "memory_limit": "48M", "supervise": ENDLESS,
                       "backoff": EAGER, **AS_ROOT}, http())

    def json(self, target, method="GET", headers=(), body=b""):
        return json.loads(self.connect().request(method, target, headers, body).body)

    def test_nothing_survives_a_request_but_the_process(self):
        first, second = self.json("/"), self.json("/")
        self.assertEqual((first["calls"], second["calls"]), (1, 1))
        self.assertEqual(first["pid"], second["pid"])
        self.assertTrue(second["opcache"])
        self.assertEqual(second["limit"], str(48 << 20))

    def test_paths_without_a_file_are_the_front_controllers(self):
        seen = self.json("/shop/cart?id=3")
        self.assertEqual(seen["get"], {"id": "3"})
        server = seen["server"]
        self.assertEqual(server["SCRIPT_NAME"], "/index.php")
        self.assertEqual(server["SCRIPT_FILENAME"], os.path.join(PUBLIC, "index.php"))
        self.assertEqual(server["DOCUMENT_ROOT"], PUBLIC)
        self.assertEqual(server["REQUEST_URI"], "/shop/cart?id=3")
        self.assertNotIn("PATH_INFO", server)
        self.assertEqual(seen["cwd"], PUBLIC)
        self.assertEqual(self.json("/index.php/more")["server"]["PATH_INFO"], "/more")

    def test_scripts_in_folders_run_where_they_are(self):
        self.assertEqual(self.daemon.get("/sub/").body, b"/sub/index.php none sub")
        self.assertEqual(self.daemon.get("/sub/index.php/x").body, b"/sub/index.php /x sub")
        answer = self.daemon.get("/sub?a=1")
        self.assertEqual((answer.status, answer.header("location")), (301, "/sub/?a=1"))
        answer = self.daemon.get("http://other.example/sub?a=1")
        self.assertEqual((answer.status, answer.header("location")), (301, "/sub/?a=1"))

    def test_files_are_sent_as_they_are(self):
        answer = self.daemon.get("/style.css")
        self.assertEqual(answer.header("content-type"), "text/css")
        self.assertEqual(answer.body, b"body { color: red }\n")
        with self.connect() as client:
            head = client.request("HEAD", "/style.css")
            self.assertEqual(head.header("content-length"), "20")
            self.assertEqual(client.post("/style.css", b"x").status, 405)

    def test_forms_and_bodies_arrive(self):
        form = [("Content-Type", "application/x-www-form-urlencoded")]
        self.assertEqual(self.json("/", "POST", form, b"a=1")["post"], {"a": "1"})
        seen = self.json("/", "PUT", (), b"raw")
        self.assertEqual((seen["input"], seen["post"]), ("raw", []))

    def test_every_end_is_of_its_request(self):
        pid = self.json("/")["pid"]
        self.assertEqual(self.daemon.get("/?do=exit").body, b"gone")
        self.assertEqual(self.daemon.get("/?do=throw").status, 500)
        self.assertEqual(self.daemon.get("/?do=fatal").status, 500)
        self.assertEqual(self.daemon.get("/?do=finish").body, b"answered")
        self.assertEqual(self.daemon.get("/?do=handle").status, 500)
        self.assertEqual(self.daemon.get("/?do=fork").body, b"parent")
        self.assertEqual(self.daemon.get("/?do=fork&code=7").body, b"parent7")
        self.assertEqual(self.json("/")["pid"], pid)
        self.assertEqual(self.daemon.get("/?do=kill").status, 502)
        wait_until(lambda: self.daemon.get("/").status == 200, "a new worker serves")
        self.assertNotEqual(self.json("/")["pid"], pid)


class DocumentRoot(unittest.TestCase):
    def test_a_script_instead_of_its_folder_is_told(self):
        daemon = fresh_daemon(self, topology(
            {"id": "web", "type": "pool", "start": [os.path.join(PUBLIC, "index.php")], "size": 1,
             "carrier": "classic", "supervise": ENDLESS, "backoff": EAGER, **AS_ROOT}, http()),
            ready=False)
        wait_until(lambda: "index.php: not a folder; carrier classic starts with the document root"
                   in daemon.console("inspect", "web").out, "the reason")


class NamesInUtf8(DaemonCase):
    """A client may send them as they are, or escaped."""

    @classmethod
    def setUpClass(cls):
        root = tempfile.mkdtemp(prefix="kn-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, root)
        os.makedirs(os.path.join(root, "é"))
        for name, text in (("é.txt", "text"), ("é/index.php", "<?php echo $_SERVER['SCRIPT_NAME'],"
                                               " ' ', $_SERVER['REQUEST_URI'];")):
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write(text)
        cls.config = topology({"id": "web", "type": "pool", "start": [root], "size": 1,
                               "carrier": "classic", **AS_ROOT}, http())
        super().setUpClass()

    def test_files_folders_and_scripts_are_found(self):
        raw = "é".encode().decode("latin-1")
        for name in (raw, "%C3%A9"):
            self.assertEqual(self.daemon.get(f"/{name}.txt").body, b"text")
            self.assertEqual(self.daemon.get(f"/{name}/").body.decode("latin-1"),
                             f"/{raw}/index.php /{name}/")
            answer = self.daemon.get(f"/{name}")
            self.assertEqual((answer.status, answer.header("location")), (301, "/%C3%A9/"))


class ClosedFolder(DaemonCase):
    """A route in front of a document root, as the guide of phpMyAdmin closes its folders."""
    config = topology({"id": "web", "type": "pool", "start": [PUBLIC], "size": 1,
                       "carrier": "classic", **AS_ROOT},
                      http(routes=[{"path": "/sub", "respond": {"status": 403}},
                                   {"path": "/", "to": "web"}]))

    def test_no_way_of_writing_a_path_leads_past_its_route(self):
        for target in ("/sub/index.php", "//sub/index.php", "///sub/", "/.//sub/", "/%2fsub/",
                       "/x/..//sub/", "/%73ub/", "/./sub", "http://other.example//sub/"):
            with self.subTest(target):
                self.assertEqual(self.daemon.get(target).status, 403)
        seen = json.loads(self.daemon.get("//index.php//more?a=//b").body)["server"]
        self.assertEqual((seen["SCRIPT_NAME"], seen["PATH_INFO"]), ("/index.php", "/more"))
        self.assertEqual(seen["REQUEST_URI"], "//index.php//more?a=//b")
