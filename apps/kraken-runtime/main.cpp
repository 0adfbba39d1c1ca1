// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon as it is installed: without native classes but those of its plugins.
#include "kraken/native/daemon.hpp"

int main(int argc, char** argv) {
  return kraken::native::run_daemon(argc, argv, {});
}
