// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The cache in a daemon of one's own: everything in one program.
#include "cache.hpp"

#include "kraken/native/daemon.hpp"

int main(int argc, char** argv) {
  return kraken::native::run_daemon(
      argc,
      argv,
      {kraken::native::container_class::of<shop::cache>("Cache", "keeps values for a while")});
}
