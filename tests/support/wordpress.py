# SPDX-License-Identifier: BSD-3-Clause
"""A WordPress of Debian, used as its package is meant to be: a document root of links, a folder of
its own for what is written, a configuration in /etc/wordpress named by WORDPRESS_CONFIG."""
import os
import secrets
import shutil
import tempfile

PROGRAM = "/usr/share/wordpress"
CONTENT = "/var/lib/wordpress/wp-content"


class WordPress:
    def __init__(self, database, more=""):
        """@param more PHP for its configuration"""
        self.folder = tempfile.mkdtemp(prefix="kt-wp-", dir="/tmp")
        self.name = "kraken-" + secrets.token_hex(6)
        self.root = os.path.join(self.folder, "root")
        content = os.path.join(self.folder, "content")
        os.makedirs(self.root)
        shutil.copytree(CONTENT, content, symlinks=True)
        for name in os.listdir(PROGRAM):
            if name != "wp-content" and not name.startswith("."):
                os.symlink(os.path.join(PROGRAM, name), os.path.join(self.root, name))
        os.symlink(content, os.path.join(self.root, "wp-content"))
        self.config = f"/etc/wordpress/config-{self.name}.php"
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"""<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{database.socket}');
define('WP_CONTENT_DIR', '{content}');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTH_KEY', '{secrets.token_hex()}');
{more}""")
        self.environment = {"WORDPRESS_CONFIG": self.name}
        database.run("create database wordpress")

    def install(self, browser):
        """Answers the questions of WordPress's own first page."""
        return browser.text("/wp-admin/install.php?step=2", {
            "weblog_title": "Kraken's blog", "user_name": "admin", "admin_password": "secret",
            "admin_password2": "secret", "pw_weak": "1", "admin_email": "a@example.org",
            "blog_public": "0", "Submit": "Install"})

    def remove(self):
        if os.path.exists(self.config):
            os.unlink(self.config)
        shutil.rmtree(self.folder, ignore_errors=True)
