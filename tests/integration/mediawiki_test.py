# SPDX-License-Identifier: BSD-3-Clause
"""MediaWiki as Debian has it, unmodified, in classic mode. Too large for every run: CMake says so
and leaves it out where it is not installed."""
import html
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support.browser import Browser, site
from support.case import fresh_daemon

PROGRAM = "/var/lib/mediawiki"


def attribute(tag, name):
    found = re.search(name + r"=[\"']([^\"']*)", tag)
    return found.group(1) if found else ""


def hidden_fields(page):
    tags = re.findall(r"<input[^>]*type=.hidden.[^>]*>", page)
    found = {attribute(each, "name"): html.unescape(attribute(each, "value")) for each in tags}
    found.pop("title")  # of the search form
    return found


class MediaWiki(unittest.TestCase):
    def install(self):
        """By its own command, into files of our own: the package's stay as they are."""
        folder = tempfile.mkdtemp(prefix="kt-wiki-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        subprocess.run(
            ["php", "/usr/share/mediawiki/maintenance/install.php", "--dbtype", "sqlite",
             "--dbpath", folder, "--confpath", folder, "--scriptpath", "", "--server",
             "http://localhost", "--pass", "eight-arms-8", "Deep", "Admin"],
            check=True, capture_output=True, timeout=120)
        settings = os.path.join(folder, "LocalSettings.php")
        with open(settings, "a", encoding="utf-8") as file:
            file.write("\n$wgServer = 'http://' . $_SERVER['HTTP_HOST'];\n"
                       f"$wgCacheDirectory = '{folder}';\n")
        return settings

    def test_a_page_is_written_and_read(self):
        daemon = fresh_daemon(self, site(PROGRAM, env={"MW_CONFIG_FILE": self.install()}))
        browser = Browser(daemon)
        self.assertIn("MediaWiki has been installed", browser.text("/"))
        self.assertIn("MediaWiki has been installed", browser.text("/index.php/Main_Page"))
        style = browser.go("/load.php?lang=en&modules=skins.vector.styles&only=styles&skin=vector")
        self.assertEqual((style.status, style.header("content-type")),
                         (200, "text/css; charset=utf-8"))
        logo = browser.go("/resources/assets/mediawiki.png")
        self.assertEqual((logo.status, logo.header("content-type")), (200, "image/png"))
        self.assertEqual(browser.go("/index.php/Nothing_of_the_kind").status, 404)

        login = browser.text("/index.php?title=Special:UserLogin")
        page = browser.text("/index.php?title=Special:UserLogin", {
            **hidden_fields(login), "wpName": "Admin", "wpPassword": "eight-arms-8",
            "wploginattempt": "Log in"})
        self.assertIn('"wgUserName":"Admin"', page)
        edit = browser.text("/index.php?title=Octopus&action=edit")
        page = browser.text("/index.php?title=Octopus&action=submit", {
            **hidden_fields(edit), "wpTextbox1": "'''Eight''' arms & three hearts",
            "wpSummary": "first", "wpSave": "Save page"})
        self.assertIn("<b>Eight</b> arms &amp; three hearts", page)
        self.assertIn("<b>Eight</b> arms", Browser(daemon).text("/index.php/Octopus"))
        self.assertIn('"title":"Octopus"', Browser(daemon).text("/rest.php/v1/page/Octopus"))


if __name__ == "__main__":
    unittest.main()
