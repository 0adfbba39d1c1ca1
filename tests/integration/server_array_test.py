# SPDX-License-Identifier: BSD-3-Clause
"""What `$_SERVER` of native workers holds: of its own request all, of another's nothing, whatever
scripts do with it. Most of it is used again from one request to the next. Applications in other
carriers, which have it from a PSR-7 or HttpFoundation request, find the same."""
import json
import os
import re
import shutil
import tempfile
import time
import unittest

from support.case import DaemonCase, fresh_daemon
from support.topology import AS_ROOT, ENDLESS, http, pool, topology

SCRIPT = "<?php echo json_encode([$_SERVER, true, $GLOBALS['_SERVER'] === $_SERVER]);"
ACTS = ("write", "keep", "keepTexts", "refer", "referToOne", "each", "extract", "globals", "drop",
        "replace", "noArray", "destruct", "move", "walk", "nothing")
ODD = "!#$%&'*+^`|~1"


def variables_of(fields):
    """What header fields become, by the rules of CGI."""
    out = {}
    for name, value in fields:
        key = "HTTP_" + name.replace("-", "_").upper()
        if (not re.fullmatch("[A-Za-z0-9-]+", name)
                or name.lower() in ("proxy", "content-type", "content-length")):
            continue
        between = "; " if name.lower() == "cookie" else ", "
        out[key] = out[key] + between + value if key in out else value
    return out


class Lists:
    """Lists of fields that have little in common; the tests add X-Do."""
    none = []
    browser = [("User-Agent", "Mozilla/5.0"), ("Accept", "text/html"), ("Cookie", "a=1"),
               ("Sec-Fetch-Mode", "navigate")]
    other_order = list(reversed(browser))
    repeated = [("Accept", "a"), ("Cookie", "a=1"), ("Accept", "b"), ("Cookie", "b=2"),
                ("Accept", "c"), ("X-Unusual", "1"), ("X-Unusual", "")]
    odd = [(ODD, "odd"), ("x", "1"), ("1", "one"), ("X-Empty", ""), ("X_Forged", "f"),
           ("Proxy", "http://attacker"), ("-", "dash")]
    dots = [("X.Dot", "1"), ("Accept", "a"), ("X.Other", "2"), ("X.Other", "3"), ("Accept", "b")]
    forged = [("X-Forwarded-For", "1.1.1.1"), ("X.Forwarded.For", "6.6.6.6"), ("X-Unseen", "1"),
              ("X.Unseen", "2"), ("X_Unseen", "3"), ("X.Forwarded-For", "6.6.6.6")]
    long = [("X-" + "long" * 40, "1"), ("Accept", "x" * 6000), ("X-" + "long" * 40, "2")]
    many = [(f"X-Many-{number}", str(number)) for number in range(90)]
    all = [none, browser, other_order, repeated, odd, dots, forged, long, many, browser, none]


class Asking:
    """Asks for `$_SERVER` and compares what every request knows of its own."""

    def ask(self, fields=(), target="/", method="GET", body=b""):
        fields = list(fields)
        address = self.daemon.address()
        with self.daemon.connect(address) as connection:
            got = connection.request(method, target, fields, body)
        server, whole, same = json.loads(got.body)
        self.assertTrue(whole, "what a script had kept has changed")
        self.assertTrue(same)
        seen = {key: value for key, value in server.items() if key.startswith("HTTP_")}
        sent = variables_of([("Host", seen.pop("HTTP_HOST")), *fields])
        sent.pop("HTTP_HOST")
        self.assertEqual(seen, sent)
        self.assertEqual(server["REQUEST_URI"], target)
        self.assertEqual(server["QUERY_STRING"], target.partition("?")[2])
        self.assertEqual(server["REQUEST_METHOD"], method)
        self.assertEqual(server["CONTENT_LENGTH"], str(len(body)) if body else "")
        self.assertEqual(server["REMOTE_ADDR"], "127.0.0.1")
        self.assertEqual(server["SERVER_ADDR"], "127.0.0.1")
        self.assertEqual(server["SERVER_PORT"], str(address[1]))
        self.assertLess(abs(server["REQUEST_TIME_FLOAT"] - time.time()), 60)
        self.assertEqual(int(server["REQUEST_TIME_FLOAT"]), server["REQUEST_TIME"])
        return server

    def rest(self, server):
        """What is left when the request's own variables are taken away: the same for all."""
        return {key: value for key, value in server.items()
                if not key.startswith(("HTTP_", "REQUEST_", "CONTENT_", "QUERY_", "REMOTE_PORT",
                                       "argv"))}


class ServerArrays(Asking):
    """The tests of every mode."""

    def test_each_request_finds_its_own_fields_and_no_others(self):
        first = self.rest(self.ask())
        for fields in Lists.all + list(reversed(Lists.all)):
            with self.subTest(fields=fields[:3]):
                self.assertEqual(self.rest(self.ask(fields, "/a?b=" + "c" * len(fields))), first)

    def test_bodies_have_a_length_and_a_type(self):
        for body in (b"", b"abc", b"", b"x" * 70_000):
            fields = [("Content-Type", "text/plain")] if body else []
            server = self.ask(fields, "/", "POST", body)
            self.assertEqual(server["CONTENT_TYPE"], "text/plain" if body else "")

    def test_who_the_client_says_it_is_goes_with_the_request(self):
        for fields, known in (([("Authorization", "Basic dTpw")], ("u", "u", "p")),
                              ([], (None, None, None)),
                              ([("Authorization", "Bearer x")], (None, None, None)),
                              ([("Authorization", "Basic dTpw")], ("u", "u", "p"))):
            server = self.ask(fields)
            seen = map(server.get, ("REMOTE_USER", "PHP_AUTH_USER", "PHP_AUTH_PW"))
            self.assertEqual(tuple(seen), known)


class Worker(ServerArrays, DaemonCase):
    config = topology(pool(script="server_array.php", size=1, carrier="native"), http())

    def test_whatever_a_script_does_with_it_the_next_one_finds_it_new(self):
        first = self.rest(self.ask())
        for act in ACTS:
            for fields in (Lists.browser, Lists.browser, Lists.repeated):
                with self.subTest(act):
                    self.ask([("X-Do", act), *fields], f"/{act}?1")
                    self.assertEqual(self.rest(self.ask(fields)), first)
        self.ask([("X-Do", "arguments")])
        self.assertEqual(self.ask()["argv"][-1], "more", "they are a global of the process")


class WorkerBySocket(Worker):
    config = topology(pool(script="server_array.php", size=1, carrier="native",
                           transport="socket"), http())


class Exhausted(Asking, unittest.TestCase):
    """What is kept is limited. Each test begins with a new process."""

    def setUp(self):
        self.daemon = fresh_daemon(self, Worker.config)

    def test_more_names_than_are_kept(self):
        for start in range(0, 900, 90):
            self.ask([(f"X-Name-{start + number}", str(number)) for number in range(90)])
        self.ask([("X-Name-899", "1"), ("Accept", "a"), ("X-Name-899", "2"), ("X-Never", "3")])
        self.ask(Lists.browser)

    def test_the_environment_is_the_processs_own(self):
        def put(line, *others):
            self.ask([("X-Put", line), *others])
        put("FOO=1")
        self.assertEqual(self.ask()["FOO"], "1")
        put("FOO=2")
        self.assertEqual(self.ask()["FOO"], "2")
        for number in range(40):
            put(f"FOO={number}")
            self.assertEqual(self.ask(Lists.browser)["FOO"], str(number))
        put("FOO")
        self.assertNotIn("FOO", self.ask())

    def test_a_field_comes_before_the_environment(self):
        self.ask([("X-Put", "HTTP_ACCEPT=environment")])
        try:
            for fields in ([("Accept", "field")],
                           [Lists.long[0], ("Accept", "a"), ("Accept", "b")]):
                self.ask(fields)
            with self.daemon.connect() as connection:
                server = json.loads(connection.request("GET", "/").body)[0]
            self.assertEqual(server["HTTP_ACCEPT"], "environment")
        finally:
            with self.daemon.connect() as connection:
                connection.request("GET", "/", [("X-Take", "HTTP_ACCEPT")])
        self.assertNotIn("HTTP_ACCEPT", self.ask())


class ClassicCase(DaemonCase):
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ks-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.chmod(cls.folder, 0o755)
        with open(os.path.join(cls.folder, "index.php"), "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        cls.config = topology({"id": "web", "type": "pool", "carrier": "classic", "size": 1,
                               "start": [cls.folder], "ini": cls.settings, "supervise": ENDLESS,
                               **AS_ROOT}, http())
        super().setUpClass()


class Classic(ServerArrays, ClassicCase):

    def test_a_path_behind_the_script_is_of_one_request(self):
        for target, info in (("/index.php/more", "/more"), ("/index.php", None),
                             ("/index.php/x", "/x")):
            server = self.ask((), target)
            self.assertEqual(server.get("PATH_INFO"), info)
            self.assertEqual(server.get("PATH_TRANSLATED"), info and self.folder + info)
            self.assertEqual(server["PHP_SELF"], "/index.php" + (info or ""))


class ClassicWithArguments(Asking, ClassicCase):
    settings = {"register_argc_argv": "1"}

    def test_they_are_those_of_the_query(self):
        for query, said in (("a+b", ["a", "b"]), ("", []), ("c=1", ["c=1"])):
            server = self.ask(Lists.browser, "/?" + query if query else "/")
            self.assertEqual((server["argv"], server["argc"]), (said, len(said)))


class Matrix(DaemonCase):
    """The same request by every way to an application: every entry is compared."""
    ways = {"native": ("native", "superglobals"), "psr7": ("program", "psr7"),
            "foundation": ("program", "foundation"), "psr7-native": ("native", "psr7"),
            "foundation-native": ("native", "foundation")}
    config = topology(
        *(pool(name, script="server_matrix.php", size=1, carrier=carrier,
               env={"SPEAKS": speaks, "MINE": "of the process"})
          for name, (carrier, speaks) in ways.items()),
        http(routes=[{"path": "/", "host": name, "to": name} for name in ways]),
        http(id="door", routes=[{"path": "/", "host": name, "to": name} for name in ways],
             listen=["unix:door.sock"]))

    def ask(self, way, method, target, fields, body, address=None):
        with self.daemon.connect(address) as connection:
            got = connection.request(method, target, fields, body, host=way)
        self.assertEqual(got.status, 200, got)
        server = json.loads(got.body)
        # Of one request alone, of one process alone, or what tells the ways apart.
        self.assertEqual(server.pop("SPEAKS"), self.ways[way][1])
        self.assertEqual(server.pop("HTTP_HOST").partition(":")[0], way)
        self.assertEqual(server.pop("SERVER_NAME"), way)
        self.assertLess(abs(server.pop("REQUEST_TIME_FLOAT") - server.pop("REQUEST_TIME")), 1)
        if address is None:
            self.assertRegex(server.pop("REMOTE_PORT"), "^[1-9][0-9]+$")
        return {key: value for key, value in server.items() if not key.startswith("KRAKEN_")}

    def test_every_entry_is_the_same(self):
        basic = [("Authorization", "Basic dTpwOnE=")]
        asked = [("GET", "/", [], b""),
                 ("GET", "/\xc3\xa9/..//\xc3\xa9?\xc3\xbc=1", [], b""),
                 ("GET", "/a%20b/c.php?d[]=1&e", Lists.browser, b""),
                 ("POST", "/f", [("Content-Type", "text/plain")], b"text"),
                 ("POST", "/g", [], b""), ("GET", "/", basic, b""),
                 ("GET", "/", [("Authorization", "basic bm9ib2R5")], b""),
                 ("GET", "/", [("Authorization", 'Digest username="u"')], b""),
                 ("GET", "/", [("Authorization", "Bearer x")], b""),
                 *(("GET", "/", fields, b"") for fields in Lists.all)]
        for one in asked:
            wanted = self.ask("native", *one)
            self.assertEqual(wanted["SERVER_ADDR"], "127.0.0.1")
            self.assertEqual(wanted["MINE"], "of the process")
            for way in self.ways:
                with self.subTest(way, asked=one[:2]):
                    self.assertEqual(sorted(self.ask(way, *one).items()), sorted(wanted.items()))

    def test_a_unix_socket_has_no_addresses_but_a_name_as_nginx_gives_it(self):
        door = os.path.join(self.daemon.directory, "door.sock")
        one = ("GET", "/", [], b"", door)
        wanted = self.ask("native", *one)
        self.assertEqual([wanted[name] for name in ("SERVER_ADDR", "REMOTE_ADDR", "SERVER_PORT")],
                         ["", "unix:", "80"])
        for way in self.ways:
            with self.subTest(way):
                self.assertEqual(sorted(self.ask(way, *one).items()), sorted(wanted.items()))
