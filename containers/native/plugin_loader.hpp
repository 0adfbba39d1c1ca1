// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Native classes out of shared libraries. A library that was loaded stays for the life of the
/// process: objects of its classes may live as long. Registers nothing; a list is the result.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/native/plugin.hpp"

#include <string>

namespace kraken::containers {

/// Whether objects of a library with the stamp `built` can be shared with this program.
/// @param where the library's name, for the error
/// @error errc::unsupported saying what differs
[[nodiscard]] result<void> check_stamp(const native::build_stamp& built, const std::string& where);

/// Loads a library and asks it for its classes.
/// @param path absolute
/// @error errc::not_found: there is no such file; errc::invalid_argument: it cannot be loaded, or
///        is no plugin; errc::unsupported: it was built for another daemon. Each names the file.
/// @thread one that may block; before any other thread there should be
[[nodiscard]] result<native::container_classes> load_plugin(const std::string& path);

} // namespace kraken::containers
