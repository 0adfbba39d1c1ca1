# SPDX-License-Identifier: BSD-3-Clause
"""WordPress and phpMyAdmin as Debian has them, unmodified, in classic mode, with a MariaDB of their
own. Too large for every run: CMake says so and leaves them out where they are not installed."""
import re
import unittest

from support.browser import Browser, site
from support.case import fresh_daemon
from support.mariadb import MariaDb
from support.wordpress import WordPress


class Applications(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = MariaDb()
        cls.addClassCleanup(cls.database.stop)
        cls.database.start()

    def test_wordpress_is_installed_written_to_and_read(self):
        blog = WordPress(self.database)
        self.addCleanup(blog.remove)
        daemon = fresh_daemon(self, site(blog.root, env=blog.environment, memory_limit="128M"))
        browser = Browser(daemon)
        self.assertIn("Success", blog.install(browser))
        page = browser.text("/")
        self.assertIn("Kraken&#039;s blog", page)
        self.assertIn("Hello world!", page)
        self.assertEqual(browser.go("/nothing-of-the-kind/?p=999").status, 404)
        style = browser.go("/wp-includes/css/dashicons.min.css")
        self.assertEqual((style.status, style.header("content-type")), (200, "text/css"))

        browser.text("/wp-login.php")
        page = browser.text("/wp-login.php", {"log": "admin", "pwd": "secret", "testcookie": "1",
                                              "redirect_to": "/wp-admin/"})
        self.assertIn("Dashboard", page)
        token = re.search(r'"rest_nonce":"(\w+)"|wpApiSettings = .*?"nonce":"(\w+)"', browser.text(
            "/wp-admin/post-new.php"))
        nonce = token.group(1) or token.group(2)
        browser.text("/?rest_route=/wp/v2/settings&_wpnonce=" + nonce)
        answer = browser.go("/?rest_route=/wp/v2/posts&_wpnonce=" + nonce,
                            {"title": "From the deep", "content": "Eight arms",
                             "status": "publish"})
        self.assertEqual(answer.status, 201, answer.body[:500])
        self.assertIn("From the deep", Browser(daemon).text("/"))

        # Links that speak: WordPress finds the page by REQUEST_URI alone.
        browser.go("/?rest_route=/wp/v2/settings&_wpnonce=" + nonce, {"title": "Renamed"})
        self.database.run("update wordpress.wp_options set option_value='/%postname%/' "
                          "where option_name='permalink_structure'")
        self.database.run("delete from wordpress.wp_options where option_name='rewrite_rules'")
        page = Browser(daemon).text("/from-the-deep/")
        self.assertIn("Eight arms", page)
        self.assertIn("Renamed", page)

    def test_phpmyadmin_shows_its_door_and_opens_it(self):
        self.database.run("create user 'u'@'localhost' identified by 'secret'; "
                          "grant all on *.* to 'u'@'localhost'")
        daemon = fresh_daemon(self, site("/usr/share/phpmyadmin", ini={
            "mysqli.default_socket": self.database.socket}))
        browser = Browser(daemon)
        page = browser.text("/")
        self.assertIn("pma_username", page)
        token = re.search(r'name="token" value="([^"]+)"', page).group(1)
        session = re.search(r'name="set_session" value="([^"]+)"', page).group(1)
        page = browser.text("/index.php?route=/", {
            "pma_username": "u", "pma_password": "secret", "server": "1", "token": token,
            "set_session": session})
        self.assertIn("Database server", page)
        theme = browser.go("/themes/pmahomme/css/theme.css")
        self.assertEqual((theme.status, theme.header("content-type")), (200, "text/css"))
