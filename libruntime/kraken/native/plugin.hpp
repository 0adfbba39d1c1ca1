// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a shared library has to define so that the daemon finds native classes in it. Loading is
/// `containers/native`'s.
#pragma once

#include "kraken/base/version.hpp"
#include "kraken/native/container_class.hpp"

#include <cstdint>
#include <vector>

namespace kraken::native {

/// What two binaries must have in common to share C++ objects. Made by the headers that each of
/// them was compiled with; the fields keep their places in all versions, and new ones come last.
struct build_stamp {
  std::uint32_t headers = 1; ///< raised when what native containers see changes in one version
  std::uint32_t library = _GLIBCXX_RELEASE; ///< of libstdc++
  std::uint32_t string_abi = _GLIBCXX_USE_CXX11_ABI;
  std::uint32_t list_bytes = sizeof(std::vector<int>); ///< larger with _GLIBCXX_DEBUG
  const char* version = kraken::version;
};

/// The list of a plugin's classes, with the stamp of its build in front.
struct plugin {
  build_stamp built = {};
  /// Called once, after the stamp was found to be the daemon's.
  container_classes (*classes)() = nullptr;
};

} // namespace kraken::native

/// A plugin defines this, once:
///
///     const kraken::native::plugin kraken_plugin{.classes = [] {
///       return kraken::native::container_classes{
///           kraken::native::container_class::of<cache>("Cache", "keeps values for a while")};
///     }};
extern "C" [[gnu::visibility("default")]] const kraken::native::plugin kraken_plugin;
