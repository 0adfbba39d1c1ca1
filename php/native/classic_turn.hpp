// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Classic mode: each request runs a script of the document root from the beginning, in a PHP
/// request of its own; nothing survives it but opcache.
#pragma once

#include "carrier.hpp"

namespace kraken::php {

/// Answers requests until the daemon wants this process to end.
/// @param root the document root, absolute
/// @return the exit code of the process
[[nodiscard]] int run_classic(carrier& serving, const std::string& root);

} // namespace kraken::php
