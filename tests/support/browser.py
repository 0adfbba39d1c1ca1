# SPDX-License-Identifier: BSD-3-Clause
"""PHP applications as Debian installs them: a site in classic mode, and a browser that keeps
cookies and follows redirects as far as they need it."""
from urllib.parse import urlencode

from support.topology import AS_ROOT, EAGER, ENDLESS, http, topology

FORM = ("Content-Type", "application/x-www-form-urlencoded")


def site(root, **options):
    return topology({"id": "web", "type": "pool", "start": [root], "size": 2, "carrier": "classic",
                     "supervise": ENDLESS, "backoff": EAGER, **AS_ROOT, **options}, http())


class Browser:
    """Keeps cookies and follows redirects, as far as these applications need it."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.host = "%s:%d" % daemon.address()
        self.cookies = {}

    def go(self, target, fields=None):
        for _ in range(10):
            headers = [("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))]
            body = urlencode(fields).encode() if fields is not None else b""
            with self.daemon.connect() as client:
                answer = client.request("GET" if fields is None else "POST", target,
                                        headers + ([FORM] if body else []), body, self.host)
            for each in answer.all("set-cookie"):
                name, value = each.split(";")[0].split("=", 1)
                self.cookies[name] = value
            if answer.status not in (301, 302, 303):
                return answer
            where = answer.header("location").removeprefix("http://" + self.host)
            if where.startswith("?"):
                where = target.split("?")[0] + where
            target, fields = where, None
        raise AssertionError(f"{target}: too many redirects")

    def text(self, target, fields=None):
        answer = self.go(target, fields)
        assert answer.status == 200, f"{target}: {answer}"
        return answer.body.decode("utf-8", "replace")
