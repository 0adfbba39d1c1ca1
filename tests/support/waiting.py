# SPDX-License-Identifier: BSD-3-Clause
"""Waiting for a condition with a deadline: the only place of the tests that sleeps."""
import os
import time

# Deadlines are for a loaded machine; a slower one (sanitizers, emulation) may stretch them.
STRETCH = float(os.environ.get("KRAKEN_TEST_STRETCH", "1"))
WITHIN = 30.0
EVERY = 0.02


class TooLate(AssertionError):
    """A condition did not come true in time."""


def wait_until(condition, what, within=WITHIN, every=EVERY):
    """Calls `condition` until it gives something true, and returns that.

    An AssertionError or OSError of the condition counts as not yet.
    """
    deadline = time.monotonic() + within * STRETCH
    while True:
        try:
            outcome = condition()
            seen = f"last seen: {outcome!r}"
            if outcome:
                return outcome
        except (AssertionError, OSError) as problem:
            seen = f"last problem: {problem!r}"
        if time.monotonic() >= deadline:
            raise TooLate(f"not within {within} s: {what}; {seen}")
        time.sleep(every)


def stays_true(condition, what, during):
    """Fails as soon as `condition` gives something false within `during` seconds."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        if not condition():
            raise AssertionError(f"did not stay so for {during} s: {what}")
        time.sleep(EVERY)
