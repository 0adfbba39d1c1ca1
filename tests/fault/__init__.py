# SPDX-License-Identifier: BSD-3-Clause
"""Tests that break something on purpose and look at who notices."""
