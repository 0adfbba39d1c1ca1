// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How values of each type are read, printed and described. Private to the room; what reading
/// says of a mistake is in value_text.hpp.
#pragma once

#include "config/detail/value_text.hpp"
#include "config/option_table.hpp"
#include "kraken/base/units.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace kraken::config {

/// Specialised for every options struct: `static constexpr std::string_view name` and
/// `static constexpr std::array rows`.
template <class T>
struct option_table;

/// Specialised for every enum that is an option: `static constexpr std::array words`, one
/// std::pair<std::string_view, E> each.
template <class E>
struct choice_words;

/// How a value of type `V` is read, printed and described. Specialised below and, for types
/// with a form of their own, beside their table.
template <class V>
struct value_codec;

template <class T>
concept has_table = requires {
  option_table<T>::rows;
};

/// The section of `T`.
template <has_table T>
const section& section_of() {
  static constexpr section it{option_table<T>::name, option_table<T>::rows, [](exposure how) {
                                const T standard{};
                                return write_section(section_of<T>(), &standard, how);
                              }};
  return it;
}

template <>
struct value_codec<std::string> {
  static void read(std::string& into, const node& from, const option_traits&, reader& in) {
    if (const auto text = detail::read_text(from, in)) {
      into = *text;
    }
  }
  static node write(const std::string& value, exposure) { return node::of_text(value); }
  static shape describe() { return {}; }
};

template <>
struct value_codec<bool> {
  static void read(bool& into, const node& from, const option_traits&, reader& in) {
    into = detail::read_truth(from, in).value_or(into);
  }
  static node write(const bool& value, exposure) {
    return node::of_truth(value ? "true" : "false");
  }
  static shape describe() { return {.is = shape::type::truth}; }
};

template <std::integral V>
struct value_codec<V> {
  static void read(V& into, const node& from, const option_traits& traits, reader& in) {
    auto range = traits;
    range.min = std::max(range.min, static_cast<std::int64_t>(std::numeric_limits<V>::min()));
    if constexpr (sizeof(V) < sizeof(std::int64_t)) {
      range.max = std::min(range.max, static_cast<std::int64_t>(std::numeric_limits<V>::max()));
    }
    if (const auto number = detail::read_integer(from, range, in)) {
      into = static_cast<V>(*number);
    }
  }
  static node write(const V& value, exposure) { return node::of_number(std::to_string(value)); }
  static shape describe() { return {.is = shape::type::integer}; }
};

template <>
struct value_codec<double> {
  static void read(double& into, const node& from, const option_traits& traits, reader& in) {
    into = detail::read_number(from, traits, in).value_or(into);
  }
  static node write(const double& value, exposure) { return detail::write_number(value); }
  static shape describe() { return {.is = shape::type::number}; }
};

template <>
struct value_codec<milliseconds> {
  static void read(milliseconds& into, const node& from, const option_traits& traits, reader& in) {
    into = detail::read_duration(from, traits, in).value_or(into);
  }
  static node write(const milliseconds& value, exposure) { return node::of_text(to_string(value)); }
  static shape describe() { return {.is = shape::type::duration}; }
};

template <>
struct value_codec<bytes> {
  static void read(bytes& into, const node& from, const option_traits& traits, reader& in) {
    into = detail::read_size(from, traits, in).value_or(into);
  }
  static node write(const bytes& value, exposure) { return node::of_text(to_string(value)); }
  static shape describe() { return {.is = shape::type::size}; }
};

template <class E>
requires std::is_enum_v<E>
struct value_codec<E> {
  static void read(E& into, const node& from, const option_traits&, reader& in) {
    const auto looks = describe();
    if (const auto index = detail::read_choice(from, looks.words, in)) {
      into = choice_words<E>::words[*index].second;
    }
  }
  static node write(const E& value, exposure) {
    for (const auto& [word, meaning] : choice_words<E>::words) {
      if (meaning == value) {
        return node::of_text(std::string{word});
      }
    }
    return {};
  }
  static shape describe() {
    shape out{.is = shape::type::choice};
    for (const auto& each : choice_words<E>::words) {
      out.words.push_back(each.first);
    }
    return out;
  }
};

template <has_table T>
struct value_codec<T> {
  static void read(T& into, const node& from, const option_traits&, reader& in) {
    const bound_section one{&section_of<T>(), &into};
    read_sections({&one, 1}, from, {}, in);
  }
  static node write(const T& value, exposure how) {
    return write_section(section_of<T>(), &value, how);
  }
  static shape describe() { return {.is = shape::type::section, .inner = &section_of<T>()}; }
};

/// `inherit` stands for no value; a section that is absent is left out.
template <class V>
struct value_codec<std::optional<V>> {
  static void
  read(std::optional<V>& into, const node& from, const option_traits& traits, reader& in) {
    if constexpr (!has_table<V>) {
      if (from.is == node::type::text && from.text == "inherit") {
        into.reset();
        return;
      }
    }
    V value{};
    value_codec<V>::read(value, from, traits, in);
    into = std::move(value);
  }
  static node write(const std::optional<V>& value, exposure how) {
    if (value) {
      return value_codec<V>::write(*value, how);
    }
    return has_table<V> ? node{} : node::of_text("inherit");
  }
  static shape describe() {
    auto inner = value_codec<V>::describe();
    if constexpr (has_table<V>) {
      return inner;
    }
    return {.is = shape::type::any_of,
            .parts = {std::move(inner), {.is = shape::type::choice, .words = {"inherit"}}}};
  }
};

/// A list; one scalar is a list of one (from an environment variable or flag: split at commas).
template <class V>
struct value_codec<std::vector<V>> {
  static void
  read(std::vector<V>& into, const node& from, const option_traits& traits, reader& in) {
    if (from.is == node::type::null) {
      in.fault(from.at, "expected a list, got nothing");
      return;
    }
    std::vector<V> values;
    const auto items = detail::items_of(from);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const reader::inside here{in, has_table<V> ? std::to_string(i) : std::string{}};
      V value{};
      value_codec<V>::read(value, items[i], traits, in);
      values.push_back(std::move(value));
    }
    into = std::move(values);
  }
  static node write(const std::vector<V>& value, exposure how) {
    auto out = node::list();
    for (const auto& each : value) {
      out.items.push_back(value_codec<V>::write(each, how));
    }
    return out;
  }
  static shape describe() {
    auto element = value_codec<V>::describe();
    shape out{.is = shape::type::list, .parts = {element}};
    if constexpr (has_table<V>) {
      return out;
    }
    return {.is = shape::type::any_of, .parts = {std::move(out), std::move(element)}};
  }
};

template <>
struct value_codec<std::map<std::string, std::string>> {
  using texts = std::map<std::string, std::string>;
  static void read(texts& into, const node& from, const option_traits&, reader& in) {
    if (auto values = detail::read_text_map(from, in)) {
      into = std::move(*values);
    }
  }
  static node write(const texts& value, exposure) {
    auto out = node::map();
    for (const auto& [key, text] : value) {
      out.set(key, node::of_text(text));
    }
    return out;
  }
  static shape describe() { return {.is = shape::type::map, .parts = {shape{}}}; }
};

} // namespace kraken::config
