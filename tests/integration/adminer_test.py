# SPDX-License-Identifier: BSD-3-Clause
"""Adminer as Debian has it, unmodified, in classic mode."""
import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
import unittest
from urllib.parse import urlencode

from support.browser import Browser, site
from support.case import fresh_daemon
from support.frameworks import require


class Adminer(unittest.TestCase):
    def test_a_database_is_made_filled_and_read(self):
        require("adminer", "adminer/adminer.php")
        root = tempfile.mkdtemp(prefix="kt-", dir="/tmp")
        self.addCleanup(shutil.rmtree, root, ignore_errors=True)
        database = os.path.join(root, "shop.sqlite")
        with contextlib.closing(sqlite3.connect(database)) as empty:
            empty.execute("create table page (number integer)")
        with open(os.path.join(root, "index.php"), "w", encoding="utf-8") as file:
            # As Debian's own /etc/adminer/conf.php, with the plugin that SQLite needs.
            file.write("""<?php
            function adminer_object() {
                require_once '/usr/share/adminer/plugins/plugin.php';
                require_once '/usr/share/adminer/plugins/login-password-less.php';
                return new AdminerPlugin([
                    new AdminerLoginPasswordLess(password_hash('secret', PASSWORD_DEFAULT))]);
            }
            require '/usr/share/adminer/adminer.php';""")
        daemon = fresh_daemon(self, site(root, ini={"session.save_path": root}))
        browser = Browser(daemon)
        self.assertIn("auth[driver]", browser.text("/"))
        page = browser.text("/", {"auth[driver]": "sqlite", "auth[server]": "",
                                  "auth[username]": "", "auth[password]": "secret",
                                  "auth[db]": database})
        self.assertIn("logout", page)
        sql = "/?" + urlencode({"sqlite": "", "username": "", "db": database, "sql": ""})
        token = re.search(r"name='token' value='([^']+)'", browser.text(sql)).group(1)
        page = browser.text(sql, {"token": token, "query":
                            "create table book (title text); insert into book values ('Kraken');"})
        self.assertIn("Query executed OK", page)
        page = browser.text(sql.replace("sql=", "select=book"))
        self.assertIn("Kraken", page)
        self.assertEqual(browser.go("/?file=default.css&version=4.8.1").header("content-type"),
                         "text/css; charset=utf-8")

