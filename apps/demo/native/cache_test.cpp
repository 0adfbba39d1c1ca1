// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A test of the cache without a daemon and without waiting. Any framework will do; this is none.
#include "cache.hpp"

#include "kraken/native/rehearsal.hpp"

#include <iostream>

namespace {

using kraken::native::rehearsal;
using kraken::native::value_of;

int failures = 0;

void check(bool holds, const char* what) {
  if (!holds) {
    ++failures;
    std::cerr << "failed: " << what << '\n';
  }
}

} // namespace

int main() {
  rehearsal run(kraken::native::container_class::of<shop::cache>("Cache"),
                {{"capacity", "1"}, {"forget", "10m"}, {"source", "Main/store"}});
  check(run.state() == rehearsal::phase::ready, "it starts");

  // Not kept: it asks its source, which is this test.
  const auto asked = run.ask(shop::lookup{"a"}, "get");
  const auto sent = run.take_sent();
  check(sent.size() == 1 && sent[0].to == "Main/store", "the source is asked");
  run.answer(sent[0], 7);
  check(value_of<int>(*asked).value_or(0) == 7, "the answer is the source's");

  check(value_of<int>(*run.ask(shop::lookup{"a"}, "get")).value_or(0) == 7, "it is kept");
  check(run.take_sent().empty(), "and not asked for again");
  check(!value_of<int>(*run.ask(shop::entry{"b", {}}, "put")), "it is full");

  const auto mistyped = value_of<int>(
      *run.ask(std::map<std::string, std::string>{{"kye", "a"}, {"value", "1"}}, "put"));
  check(!mistyped &&
            mistyped.error().context.find("'kye' (did you mean 'key'?)") != std::string::npos,
        "a mistyped field is refused");

  run.advance(kraken::seconds{600});
  static_cast<void>(run.ask(shop::lookup{"a"}, "get"));
  check(run.take_sent().size() == 1, "after ten minutes it is forgotten");
  return failures;
}
