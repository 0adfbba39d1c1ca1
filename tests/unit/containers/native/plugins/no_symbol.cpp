// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A library that is no plugin.

extern "C" int something_else();

extern "C" int something_else() {
  return 1;
}
