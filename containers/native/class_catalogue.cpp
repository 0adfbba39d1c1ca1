// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/native/class_catalogue.hpp"

#include "kraken/base/nearest.hpp"

#include <utility>
#include <vector>

namespace kraken::containers {

result<void> class_catalogue::add(native::container_classes classes, const std::string& origin) {
  for (auto& one : classes) {
    if (one.name.empty() || !one.make) {
      return fail(errc::invalid_argument,
                  "a native class of " + origin + " has no name or no constructor");
    }
    const auto known = classes_.find(one.name);
    if (known != classes_.end()) {
      return fail(errc::already_exists,
                  "the native class '" + one.name + "' is in " + known->second.origin +
                      " and again in " + origin);
    }
    auto name = one.name;
    classes_.emplace(std::move(name), entry{std::move(one), origin});
  }
  return {};
}

result<const native::container_class*> class_catalogue::find(std::string_view name) const {
  const auto found = classes_.find(name);
  if (found != classes_.end()) {
    return &found->second.made;
  }
  std::vector<std::string_view> known;
  for (const auto& [each, registered] : classes_) {
    known.push_back(each);
  }
  std::string text = "no native class '" + std::string(name) + "' is registered";
  if (const auto like = nearest(name, known)) {
    text += " (did you mean '" + std::string(*like) + "'?)";
  } else if (known.empty()) {
    text += ": this daemon has none; name a library with some in native.plugins";
  } else {
    text += ": there are ";
    for (const auto each : known) {
      text.append(each == known.front() ? "" : ", ").append(each);
    }
  }
  return fail(errc::not_found, std::move(text));
}

result<void> class_catalogue::check(const model::child_spec& spec) const {
  if (spec.start.size() > 1) {
    return fail(errc::invalid_argument,
                "start: a native container has a class and `args` by name, got " +
                    std::to_string(spec.start.size()) + " words");
  }
  if (class_of(spec).empty()) {
    return fail(errc::invalid_argument, "start: is missing: the name of a native class");
  }
  const auto found = find(class_of(spec));
  return found ? result<void>() : fail(found.error());
}

std::string_view class_of(const model::child_spec& spec) noexcept {
  return spec.start.empty() ? std::string_view(spec.name) : std::string_view(spec.start.front());
}

} // namespace kraken::containers
