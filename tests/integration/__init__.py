# SPDX-License-Identifier: BSD-3-Clause
"""Tests of the programs as a whole: a real daemon, real workers, a real console."""
