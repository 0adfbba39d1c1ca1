// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Part of sanitized builds only: PHP loads its extensions with RTLD_DEEPBIND, at which the address
/// sanitizer ends the process. Here the program's dlopen comes first and leaves that flag out.
#include <dlfcn.h>

extern "C" void* dlopen(const char* file, int mode) noexcept {
  using function = void* (*)(const char*, int);
  static const auto next = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "dlopen"));
  return next(file, mode & ~RTLD_DEEPBIND);
}

/// A worker that is ended by a signal on purpose has to be seen ended by that signal, and leaks of
/// extensions that PHP has unloaded by then are no exit code. The unit tests look for ours.
extern "C" const char* __asan_default_options() {
  return "handle_segv=0:handle_abort=0:detect_leaks=0";
}
