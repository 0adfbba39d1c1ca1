// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A cache that lives in the daemon: the example of docs/guides/native-container.md.
#pragma once

#include "kraken/native/container.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace shop {

using kraken::native::behaviour;

/// What `get` is sent.
struct lookup {
  std::string key;
};

/// What `put` is sent.
struct entry {
  std::string key;
  kraken::native::value value;
};

} // namespace shop

template <>
struct kraken::native::fields<shop::lookup> {
  static constexpr auto list = std::tuple{field{"key", &shop::lookup::key}};
  static constexpr bool no_others = true;
};

template <>
struct kraken::native::fields<shop::entry> {
  static constexpr auto list =
      std::tuple{field{"key", &shop::entry::key}, field{"value", &shop::entry::value}};
  static constexpr bool no_others = true; // a typing error would keep nothing under no name
};

namespace shop {

class cache final : public kraken::native::container {
public:
  using container::container;

  void config(kraken::native::arguments& given) override {
    capacity_ = static_cast<std::size_t>(given.number("capacity", 1'000, 1));
    forget_ = given.duration("forget", kraken::seconds{60});
    source_ = given.text("source");
  }

  behaviour construct() override {
    const auto timer = self().start_timer(
        "forget", kraken::native::timing::fixed_delay, forget_, [this] { kept_.clear(); });
    if (!timer) {
      throw std::runtime_error(timer.error().context);
    }
    behaviour first;
    first.on_command("put", [this](entry what) { return keep(std::move(what)); })
        .on_command("get", [this](kraken::native::request what) { get(std::move(what)); });
    return first;
  }

private:
  kraken::result<std::size_t> keep(entry what) {
    if (kept_.size() >= capacity_ && !kept_.contains(what.key)) {
      return kraken::fail(kraken::errc::limit_exceeded, "the cache is full");
    }
    kept_.insert_or_assign(std::move(what.key), std::move(what.value));
    return kept_.size();
  }

  /// What is not kept is asked of `source`, if there is one; whoever asked waits meanwhile.
  void get(kraken::native::request what) {
    const auto wanted = what.as<lookup>();
    if (!wanted) {
      return what.refuse(wanted.error());
    }
    const auto& key = wanted->key;
    if (const auto found = kept_.find(key); found != kept_.end()) {
      return what.answer(found->second);
    }
    if (source_.empty()) {
      return what.answer();
    }
    const auto asked = std::make_shared<kraken::native::request>(std::move(what));
    self().request(source_, key, [this, asked, key](const kraken::actor::answer& got) {
      if (auto read = kraken::native::value_of<kraken::native::value>(got)) {
        static_cast<void>(keep({key, std::move(*read)})); // a full cache still answers
      }
      asked->pass_on(got);
    });
  }

  std::size_t capacity_ = 0;
  kraken::milliseconds forget_{0};
  std::string source_; ///< alias of a container that answers keys; may be empty
  std::map<std::string, kraken::native::value> kept_;
};

} // namespace shop
