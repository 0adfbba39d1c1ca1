# SPDX-License-Identifier: BSD-3-Clause
"""Configurations for the tests, as the text of a kraken.yaml (JSON is YAML)."""
import json
import os

SOURCE = os.environ.get(
    "KRAKEN_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
WORKERS = os.path.join(SOURCE, "tests", "support", "workers")
AS_ROOT = {"allow_root": True} if os.geteuid() == 0 else {}
# How requests reach native workers: `socket` runs their tests the other way.
TRANSPORT = os.environ.get("KRAKEN_TEST_TRANSPORT", "")
# Crashes on purpose must not spend the budget of restarts.
ENDLESS = {"intensity": 100_000, "period": "10s"}
EAGER = {"min": "10ms", "max": "100ms"}


def worker_script(name):
    return os.path.join(WORKERS, name)


def pool(id="web", script="app.php", size=2, php=(), **options):
    """A pool of PHP workers; `php` are arguments of the interpreter."""
    if "carrier" in options and TRANSPORT:
        options.setdefault("transport", TRANSPORT)
    return {"id": id, "type": "pool", "start": ["php", *php, worker_script(script)],
            "size": size, "supervise": ENDLESS, "backoff": EAGER, **AS_ROOT, **options}


def http(to="web", id="http", routes=None, **options):
    return {"id": id, "type": "http", "listen": ["127.0.0.1:0"],
            "routes": routes or [{"path": "/", "to": to}], **options}


def process(id, *start, **options):
    return {"id": id, "type": "process", "start": list(start), **AS_ROOT, **options}


def topology(*children, supervise=None, **top):
    root = {"supervise": supervise or {"strategy": "rest_for_one"}, "children": list(children)}
    return json.dumps({"node": "test", "shards": 2, **top, "root": root}, indent=1)
