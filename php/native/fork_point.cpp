// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Hooks may be left by longjmp: nothing around them has a destructor.
#include "fork_point.hpp"

#include "fork_hazards.hpp"
#include "joining.hpp"
#include "php/native/memory/huge_pages.hpp"
#include "php/native/memory/joined_mappings.hpp"
#include "php_api.hpp"
#include "template_door.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <unistd.h>

namespace kraken::php {

namespace {

constexpr int exit_software = 70;
constexpr int first_that_failed = 400;

void warn_of_handles(const template_door& door) {
  for (const auto& each : open_handles()) {
    door.say(process::template_word::warning,
             each + ": if it is connected, all workers share that; make it in Kraken\\onFork()");
  }
}

// What every worker would otherwise have in common with its siblings. The kernel's generator and
// OpenSSL's notice a fork by themselves.
void reseed() noexcept {
  RANDOM_G(mt19937_seeded) = false;
  RANDOM_G(combined_lcg_seeded) = false;
}

void set_element(zval& array, std::string_view name, std::string_view value) {
  zval text;
  ZVAL_STRINGL(&text, value.data(), value.size());
  zend_hash_str_update(Z_ARRVAL(array), name.data(), name.size(), &text);
}

template <class Use>
void with_environment_globals(Use use) {
  if (EG(current_execute_data) == nullptr) {
    return; // no script runs yet
  }
  for (const char* const global : {"_SERVER", "_ENV"}) {
    zval* const found = zend_hash_str_find(&EG(symbol_table), global, std::strlen(global));
    if (found != nullptr && Z_TYPE_P(found) == IS_ARRAY) {
      use(*found);
    }
  }
}

// What a worker does anyway once it has its order, and the pages of memory that become its own by
// that: done before somebody waits for it.
void make_ready() {
  reseed();
  with_environment_globals([](zval& array) { SEPARATE_ARRAY(&array); });
}

// The script was booted with the template's environment.
void renew_superglobals(const process::fork_order& order) {
  with_environment_globals([&order](zval& array) {
    SEPARATE_ARRAY(&array);
    for (const auto& each : order.variables) {
      const auto equals = each.find('=');
      const std::string_view name{each.data(), equals};
      if (name != "KRAKEN_FD" && name != "KRAKEN_SLAB") {
        const std::string_view value{each.data() + equals + 1, each.size() - equals - 1};
        set_element(array, name, value);
      }
    }
  });
}

[[noreturn]] void give_up(const char* step, const error& why) {
  const auto line = std::string{"kraken-php: "} + step + ": " + why.text() + "\n";
  static_cast<void>(::write(STDERR_FILENO, line.data(), line.size()) < 0); // nowhere else to say it
  ::_exit(exit_software);
}

// In the child.
void begin_life(carrier& serving, template_door& door, received_order& order) {
  if (auto left = door.leave(order); !left) {
    give_up("cannot leave the template", left.error());
  }
  serving.door = nullptr;
  if (auto joined = join_daemon(serving); !joined) {
    give_up("cannot join the daemon", joined.error());
  }
  reseed();
  renew_superglobals(order.what);
  serving.left = &door;
  if (EG(current_execute_data) == nullptr) {
    ask_for_another(serving); // the script boots yet
  }
}

HashTable*& hooks() noexcept {
  static HashTable* waiting = nullptr; // of the running script, as its shutdown functions are
  return waiting;
}

void call(zval* hook) {
  zval returned;
  ZVAL_UNDEF(&returned);
  if (call_user_function(nullptr, nullptr, hook, &returned, 0, nullptr) == SUCCESS) {
    zval_ptr_dtor(&returned);
  }
}

} // namespace

bool rehearses(const carrier& serving) noexcept {
  return serving.door != nullptr && !serving.warm.over();
}

void rehearse_next(carrier& serving) {
  serving.link().rehearse(serving.warm);
  serving.door->say(process::template_word::warming, serving.warm.target());
}

void judge_rehearsal(carrier& serving) {
  auto& warm = serving.warm;
  if (serving.door == nullptr || !warm.open()) {
    return;
  }
  const auto which = "warm " + warm.target();
  if (warm.ends_process() || serving.wants_recycle) {
    serving.door->say(process::template_word::refused,
                      which + ": the handler has called exit, or asked to be replaced");
    ::_exit(EXIT_SUCCESS);
  }
  if (warm.first_time() && warm.status() == 0) {
    serving.door->say(process::template_word::warning, which + " was not answered");
  } else if (warm.first_time() && warm.status() >= first_that_failed) {
    serving.door->say(process::template_word::warning,
                      which + " was answered " + std::to_string(warm.status()));
  }
  warm.judged();
  serving.door->say(process::template_word::warming);
}

void become_worker(carrier& serving) {
  if (serving.door == nullptr) {
    return;
  }
  auto& door = *serving.door;
  const std::array<int, 1> known{door.descriptor()};
  if (const auto why = fork_hazards(known); !why.empty()) {
    door.say(process::template_word::refused, why);
    ::_exit(EXIT_SUCCESS);
  }
  warn_of_handles(door);
  forget_openers();
  gc_collect_cycles(); // or each child would, on pages of its own
  join_pages();
  join_mappings();
  const auto daemon = ::getppid();
  door.say(process::template_word::ready);
  auto order = door.serve(daemon, make_ready);
  if (!order) {
    ::_exit(EXIT_SUCCESS); // the script's own end is for workers
  }
  begin_life(serving, door, *order);
}

bool begin_work(carrier& serving) {
  become_worker(serving);
  serving.begun = true;
  auto* const waiting = std::exchange(hooks(), nullptr);
  if (waiting == nullptr) {
    return true;
  }
  ask_for_another(serving);
  zval* each = nullptr;
  ZEND_HASH_FOREACH_VAL(waiting, each) {
    if (EG(exception) == nullptr) {
      call(each);
    }
  }
  ZEND_HASH_FOREACH_END();
  zend_array_destroy(waiting);
  return EG(exception) == nullptr;
}

void ask_for_another(carrier& serving) {
  if (auto* const left = std::exchange(serving.left, nullptr)) {
    left->ask_for_another();
  }
}

void on_fork(carrier& serving, zval* hook) {
  if (serving.begun) {
    call(hook);
    return;
  }
  if (hooks() == nullptr) {
    hooks() = zend_new_array(1);
  }
  Z_TRY_ADDREF_P(hook);
  zend_hash_next_index_insert(hooks(), hook);
}

} // namespace kraken::php
