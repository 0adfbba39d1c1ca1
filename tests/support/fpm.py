# SPDX-License-Identifier: BSD-3-Clause
"""nginx with php-fpm on a document root, as users have it: what ours is compared with."""
import os
import shutil
import subprocess
import tempfile

from support.http_client import Connection
from support.waiting import wait_until

PROGRAMS = ("nginx", "php-fpm8.2")


def installed():
    return all(shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") for name in PROGRAMS)


class Fpm:
    """Started by `with`; one child process."""

    def __init__(self, root):
        self.root = root
        self.directory = tempfile.mkdtemp(prefix="kf-", dir="/tmp")
        self.socket = os.path.join(self.directory, "nginx.sock")
        self.processes = []

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def launch(self, *words):
        environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
        self.processes.append(subprocess.Popen(
            words, env=environment, cwd=self.directory, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def __enter__(self):
        at = self.directory
        fpm = self.write("fpm.conf", f"""
[global]
daemonize = no
error_log = {at}/fpm.log
[www]
{"user = root" if os.geteuid() == 0 else ""}
{"group = root" if os.geteuid() == 0 else ""}
listen = {at}/fpm.sock
listen.mode = 0666
pm = static
pm.max_children = 1
""")
        temporary = "".join(f"{name}_temp_path {at}; " for name in (
            "client_body", "fastcgi", "proxy", "uwsgi", "scgi"))
        nginx = self.write("nginx.conf", f"""
worker_processes 1; daemon off; pid {at}/pid; error_log {at}/err;
{"user root;" if os.geteuid() == 0 else ""}
events {{ worker_connections 64; }}
http {{ access_log off; {temporary}
  server {{ listen unix:{self.socket}; root {self.root};
    location / {{ include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:{at}/fpm.sock; }} }} }}
""")
        as_root = ("-R",) if os.geteuid() == 0 else ()
        self.launch("php-fpm8.2", *as_root, "-F", "-y", fpm)
        wait_until(lambda: os.path.exists(os.path.join(at, "fpm.sock")), "php-fpm listens")
        self.launch("nginx", "-c", nginx)
        wait_until(lambda: os.path.exists(self.socket), "nginx listens")
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def connect(self):
        return Connection(self.socket)
