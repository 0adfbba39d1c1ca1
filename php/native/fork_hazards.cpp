// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A look into /proc/self, and this program's own `socket()` in front of the C library's: PHP's
/// streams, and all that is built on them, open connections through it. Extensions that call the C
/// library themselves (RTLD_DEEPBIND) do not; their sockets are named without a line.
#include "fork_hazards.hpp"

#include "php_api.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::php {

namespace {

constexpr std::size_t origins_kept = 32;

/// Where the script was when it made something.
struct origin {
  std::uint32_t number = 0; ///< of a descriptor or an object
  std::uint32_t line = 0;
  std::array<char, 512> file{};
};

/// The last ones: a number that was used before belongs to the latest.
struct origin_list {
  std::size_t count = 0;
  std::array<origin, origins_kept> each{};

  void add(std::uint32_t number) noexcept {
    auto& entry = each[count++ % each.size()];
    const std::string_view file{zend_get_executed_filename()};
    entry = {};
    entry.number = number;
    entry.line = zend_get_executed_lineno();
    file.copy(entry.file.data(), entry.file.size() - 1);
  }

  [[nodiscard]] std::string place_of(std::uint32_t number) const {
    for (std::size_t i = count; i-- > 0 && count - i <= each.size();) {
      const auto& entry = each[i % each.size()];
      if (entry.number == number) {
        return std::string{entry.file.data()} + ":" + std::to_string(entry.line);
      }
    }
    return {};
  }
};

/// A class of a database or the like, whose objects are remembered as they are made.
struct handle_class {
  std::string_view name; ///< as PHP's table of classes has it
  zend_class_entry* entry = nullptr;
  zend_object* (*make)(zend_class_entry*) = nullptr; ///< before it was ours
};

struct openings {
  bool armed = false;
  origin_list sockets;
  origin_list objects;
  // Classes that hold a connection or an open database.
  std::array<handle_class, 8> classes{handle_class{"amqpconnection"},
                                      handle_class{"memcached"},
                                      handle_class{"mongodb\\driver\\manager"},
                                      handle_class{"pdo"},
                                      handle_class{"pgsql\\connection"},
                                      handle_class{"redis"},
                                      handle_class{"sqlite3"},
                                      handle_class{"mysqli"}};
};

// Of the process, like the descriptors it tells of: a C library function has no other place, nor
// has a class of PHP.
openings& opened() noexcept {
  static openings all;
  return all;
}

void remember(int descriptor) noexcept {
  auto& all = opened();
  if (all.armed && EG(current_execute_data) != nullptr) {
    all.sockets.add(static_cast<std::uint32_t>(descriptor));
  }
}

const handle_class* handle_class_of(const zend_class_entry* what) noexcept {
  const auto& all = opened().classes;
  for (; what != nullptr; what = what->parent) {
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const handle_class& each) { return each.entry == what; });
    if (found != all.end()) {
      return &*found;
    }
  }
  return nullptr;
}

// Classes that extend one of these have it from there, for ever.
zend_object* make_and_remember(zend_class_entry* what) {
  auto* const made = handle_class_of(what)->make(what);
  if (opened().armed && EG(current_execute_data) != nullptr) {
    opened().objects.add(made->handle);
  }
  return made;
}

std::string peer_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return {};
  }
  if (address.ss_family == AF_UNIX) {
    return " to a unix socket";
  }
  const auto port = address.ss_family == AF_INET
                        ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                        : reinterpret_cast<const sockaddr_in6&>(address).sin6_port;
  return " to port " + std::to_string(ntohs(port));
}

std::string describe_socket(int descriptor) {
  const auto out =
      "descriptor " + std::to_string(descriptor) + " is an open socket" + peer_of(descriptor);
  const auto place = opened().sockets.place_of(static_cast<std::uint32_t>(descriptor));
  return place.empty() ? out : out + ", opened in " + place;
}

void add(std::string& to, const std::string& sentence) {
  to += to.empty() ? sentence : "; " + sentence;
}

std::size_t thread_count() {
  std::error_code none;
  std::filesystem::directory_iterator threads{"/proc/self/task", none};
  return static_cast<std::size_t>(std::distance(begin(threads), end(threads)));
}

} // namespace

void remember_openers() noexcept {
  opened().armed = true;
  for (auto& each : opened().classes) {
    each.entry = static_cast<zend_class_entry*>(
        zend_hash_str_find_ptr(CG(class_table), each.name.data(), each.name.size()));
    if (each.entry != nullptr && each.entry->create_object != nullptr) {
      each.make = std::exchange(each.entry->create_object, make_and_remember);
    }
  }
}

void forget_openers() noexcept {
  auto& all = opened();
  all.armed = false;
  all.sockets = {};
  all.objects = {};
}

std::vector<std::string> open_handles() {
  std::vector<std::string> out;
  const auto& store = EG(objects_store);
  for (std::uint32_t at = 1; at < store.top; ++at) {
    const auto* const each = store.object_buckets[at];
    if (!IS_OBJ_VALID(each) || handle_class_of(each->ce) == nullptr) {
      continue;
    }
    auto text = "the script has made an object of " + std::string{ZSTR_VAL(each->ce->name)} +
                " before the fork";
    if (const auto place = opened().objects.place_of(at); !place.empty()) {
      text += ", in " + place;
    }
    out.push_back(std::move(text));
  }
  return out;
}

std::string fork_hazards(std::span<const int> known) {
  std::string out;
  if (const auto threads = thread_count(); threads > 1) {
    add(out, "an extension has started " + std::to_string(threads - 1) + " thread(s)");
  }
  std::error_code none;
  for (const auto& each : std::filesystem::directory_iterator{"/proc/self/fd", none}) {
    const auto name = each.path().filename().string();
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_socket = each.is_socket(none);
    if (is_socket && std::find(known.begin(), known.end(), number) == known.end()) {
      add(out, describe_socket(number));
    }
  }
  return out;
}

} // namespace kraken::php

/// In the C library's place, for this program and the libraries it is linked with.
extern "C" int socket(int domain, int type, int protocol) noexcept {
  const auto made = static_cast<int>(::syscall(SYS_socket, domain, type, protocol));
  if (made >= 0) {
    kraken::php::remember(made);
  }
  return made;
}
