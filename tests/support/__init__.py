# SPDX-License-Identifier: BSD-3-Clause
"""What the integration and fault tests share: the daemon as a client and an operator see it."""
