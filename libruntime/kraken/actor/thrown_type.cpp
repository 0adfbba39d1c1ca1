// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The C++ ABI's own description of classes; GCC and Clang on Linux share it.
#include "kraken/actor/thrown_type.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include <cxxabi.h>

namespace kraken::actor {

namespace {

std::string readable_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return name == nullptr ? type.name() : name.get();
}

/// Breadth first: a base is nearer than its own bases.
void add_bases(const std::type_info& type, std::vector<const std::type_info*>& all) {
  const auto add = [&all](const std::type_info* base) {
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const auto* one) { return *one == *base; });
    if (!known) {
      all.push_back(base);
    }
  };
  if (const auto* single = dynamic_cast<const abi::__si_class_type_info*>(&type)) {
    add(single->__base_type);
  } else if (const auto* several = dynamic_cast<const abi::__vmi_class_type_info*>(&type)) {
    for (unsigned i = 0; i < several->__base_count; ++i) {
      add(several->__base_info[i].__base_type);
    }
  }
}

} // namespace

std::vector<std::string> class_names(const std::type_info& type) {
  std::vector<const std::type_info*> all{&type};
  for (std::size_t i = 0; i < all.size(); ++i) {
    add_bases(*all[i], all);
  }
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto* one : all) {
    names.push_back(readable_name(*one));
  }
  return names;
}

model::cause cause_of(const std::exception& thrown) {
  auto names = class_names(typeid(thrown));
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = std::move(names.front());
  why.parents.assign(std::make_move_iterator(names.begin() + 1),
                     std::make_move_iterator(names.end()));
  why.message = thrown.what();
  return why;
}

model::cause cause_of_unknown() {
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = "unknown";
  why.message = "threw something that is no std::exception";
  return why;
}

} // namespace kraken::actor
