// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Native containers under the test coordinator: classes made of lambdas, and what they saw.
#pragma once

#include "containers/native/native_container.hpp"
#include "tree_fixture.hpp"

#include "kraken/native/container_class.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kraken::actor_test {

/// A tree with the kind `native`.
class native_fixture : public tree_fixture {
public:
  native_fixture() {
    actor::kind made;
    made.name = "native";
    made.make = [this](actor::host& shell) {
      return std::make_unique<containers::native_container>(shell, classes);
    };
    made.check = [this](const model::child_spec& spec) { return classes.check(spec); };
    tree->kinds.emplace(made.name, made);
  }

  /// Registers a class whose first behaviour `construct` makes.
  void define(std::string name, std::function<native::behaviour(native::context&)> construct) {
    struct made_of_lambda final : native::container {
      made_of_lambda(native::context& context,
                     std::function<native::behaviour(native::context&)> how)
          : container(context), construct_(std::move(how)) {}
      native::behaviour construct() override { return construct_(self()); }
      std::function<native::behaviour(native::context&)> construct_;
    };
    add({std::move(name), "", [construct](native::context& self) {
           return std::make_unique<made_of_lambda>(self, construct);
         }});
  }

  template <class C>
  void define(std::string name) {
    add(native::container_class::of<C>(std::move(name)));
  }

  /// A container of the class of the same name in lower case.
  static model::child_spec native(std::string id, std::string name) {
    auto made = native::native_child(std::move(id), std::move(name));
    made.backoff.jitter_percent = 0;
    return made;
  }

  /// Sends from outside of every native container.
  template <class T>
  result<actor::posted> send(std::string_view to, const T& what) {
    auto sent = host_of("Main/outside").send({.to = to, .body = native::pack(what)});
    run();
    return sent;
  }

  template <class T>
  actor::answer ask_value(std::string_view to, std::string_view name, const T& what) {
    actor::answer got = actor::answer::unfinished();
    const auto hear = [&got](const actor::answer& answer) { got = answer; };
    const actor::draft draft{.to = to, .body = native::pack(what), .name = name};
    auto& from = host_of("Main/outside");
    static_cast<void>(name.empty() ? from.request(draft, hear) : from.command(draft, hear));
    run();
    return got;
  }

  /// Starts `children` beside the container letters are sent from.
  answer_ptr start_with(std::vector<model::child_spec> children) {
    children.insert(children.begin(), leaf("outside"));
    return start(supervisor("Main", std::move(children)));
  }

  void log(std::string what) { seen.push_back(std::move(what)); }
  std::string take_seen() {
    std::string all;
    for (const auto& one : std::exchange(seen, {})) {
      all.append(all.empty() ? "" : ", ").append(one);
    }
    return all;
  }

  containers::class_catalogue classes;
  std::vector<std::string> seen;

private:
  void add(native::container_class what) {
    native::container_classes one;
    one.push_back(std::move(what));
    static_cast<void>(classes.add(std::move(one), "the test"));
  }
};

} // namespace kraken::actor_test
