# SPDX-License-Identifier: BSD-3-Clause
"""Slim as Debian has it, by PSR-7: one application for all requests of a worker."""
from support.case import DaemonCase
from support.frameworks import Pages, application, require


class Shop(Pages):
    @classmethod
    def setUpClass(cls):
        require("php-slim", "php/Slim/autoload.php")
        require("php-nyholm-psr7", "php/Nyholm/Psr7/autoload.php")
        super().setUpClass()


class InKrakenPhp(Shop, DaemonCase):
    config = application("slim", "worker.php", "native")


class InStockPhp(Shop, DaemonCase):
    config = application("slim", "worker.php", "program")
