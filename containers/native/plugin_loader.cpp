// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// All symbols are bound at once: one that this daemon does not have is an error here, not a crash
/// in the middle of a handler.
#include "containers/native/plugin_loader.hpp"

#include <exception>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <dlfcn.h>

namespace kraken::containers {

namespace {

constexpr const char* exported = "kraken_plugin";

/// What `dlopen` says begins with the name that the error has already.
std::string reason_of_linker(const std::string& path) {
  const char* const said = ::dlerror(); // NOLINT(concurrency-mt-unsafe): glibc's is per thread
  std::string text = said == nullptr ? "the reason is unknown" : said;
  if (const auto name = path + ": "; text.starts_with(name)) {
    text.erase(0, name.size());
  }
  if (text.find("undefined symbol") != std::string::npos) {
    text += " (this daemon is Kraken " + std::string(version) + "; build the plugin for it)";
  }
  return text;
}

result<native::container_classes> classes_of(const native::plugin& found, const std::string& path) {
  if (found.classes == nullptr) {
    return fail(errc::invalid_argument, path + ": its `kraken_plugin` has no `classes`");
  }
  try {
    return found.classes();
  } catch (const std::exception& e) {
    return fail(errc::invalid_argument, path + ": its list of classes threw: " + e.what());
  } catch (...) { // whatever it is, the file is what to name
    return fail(errc::invalid_argument, path + ": its list of classes threw");
  }
}

} // namespace

result<void> check_stamp(const native::build_stamp& built, const std::string& where) {
  const native::build_stamp own;
  const auto refused = [&where](const std::string& what) {
    return fail(errc::unsupported, where + ": was built for " + what + ": build it again");
  };
  // The rest is only where we think it is if these are the same.
  if (std::string_view(built.version) != own.version) {
    return refused("Kraken " + std::string(built.version) + ", and this daemon is " + own.version);
  }
  if (built.headers != own.headers) {
    return refused("other headers of Kraken " + std::string(own.version) + " than this daemon was");
  }
  if (built.library != own.library || built.string_abi != own.string_abi ||
      built.list_bytes != own.list_bytes) {
    return refused("libstdc++ " + std::to_string(built.library) + " with other settings than " +
                   "those of this daemon, libstdc++ " + std::to_string(own.library));
  }
  return {};
}

result<native::container_classes> load_plugin(const std::string& path) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) {
    return fail(errc::not_found, path + ": there is no such file");
  }
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return fail(errc::invalid_argument, path + ": cannot be loaded: " + reason_of_linker(path));
  }
  const auto* const found = static_cast<const native::plugin*>(::dlsym(library, exported));
  if (found == nullptr) {
    ::dlclose(library);
    return fail(errc::invalid_argument,
                path + ": has no symbol `" + exported +
                    "`: it is no plugin, or does not include kraken/native/plugin.hpp");
  }
  if (auto fits = check_stamp(found->built, path); !fits) {
    ::dlclose(library);
    return fail(fits.error());
  }
  return classes_of(*found, path);
}

} // namespace kraken::containers
