// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Trees and validation on msgpack-cxx, whose headers no other file of the room includes.
#include "kraken/wire/msgpack.hpp"

#include "kraken/wire/msgpack_stream.hpp"

#include <limits>

#include <msgpack.hpp>

namespace kraken::wire {

namespace {

/// Counts depth and refuses what our limits refuse; everything else is the library's judgement.
struct bounded_visitor : msgpack::null_visitor {
  std::size_t depth = 0;
  std::size_t values = 0;

  bool enter() noexcept { return ++depth <= limits::msgpack_depth_max; }

  bool leave() noexcept {
    --depth;
    return true;
  }

  bool start_array(std::uint32_t) noexcept { return enter(); }
  bool end_array() noexcept { return leave(); }
  bool start_map(std::uint32_t) noexcept { return enter(); }
  bool end_map() noexcept { return leave(); }
};

/// Builds the tree. Grows by what arrives, never by what a length announces.
struct tree_visitor : bounded_visitor {
  msgpack_value root;
  std::vector<msgpack_value*> open; ///< containers; only the innermost grows, so these stay valid
  bool at_key = false;

  msgpack_value* place() {
    if (++values > limits::msgpack_values_max) {
      return nullptr;
    }
    if (open.empty()) {
      return &root;
    }
    if (auto* items = std::get_if<msgpack_value::array>(&open.back()->data)) {
      return &items->emplace_back();
    }
    auto& pairs = *std::get_if<msgpack_value::map>(&open.back()->data);
    return at_key ? &pairs.keys.emplace_back() : &pairs.values.emplace_back();
  }

  template <class T>
  bool put(T value) {
    msgpack_value* const at = place();
    if (at != nullptr) {
      at->data = std::move(value);
    }
    return at != nullptr;
  }

  template <class Container>
  bool begin() {
    msgpack_value* const at = place();
    if (at == nullptr || !enter()) {
      return false;
    }
    at->data = Container{};
    open.push_back(at);
    return true;
  }

  bool end() {
    open.pop_back();
    return leave();
  }

  bool visit_nil() { return put(std::monostate{}); }
  bool visit_boolean(bool value) { return put(value); }
  bool visit_positive_integer(std::uint64_t value) { return put(value); }
  bool visit_negative_integer(std::int64_t value) { return put(value); }
  bool visit_float32(float value) { return put(static_cast<double>(value)); }
  bool visit_float64(double value) { return put(value); }
  bool visit_str(const char* at, std::uint32_t size) { return put(std::string(at, size)); }

  bool visit_bin(const char* at, std::uint32_t size) {
    return put(msgpack_value::binary{std::string(at, size)});
  }

  bool visit_ext(const char*, std::uint32_t) { return false; }
  bool start_array(std::uint32_t) { return begin<msgpack_value::array>(); }
  bool end_array() { return end(); }
  bool start_map(std::uint32_t) { return begin<msgpack_value::map>(); }

  bool start_map_key() {
    at_key = true;
    return true;
  }

  bool start_map_value() {
    at_key = false;
    return true;
  }

  bool end_map() { return end(); }
};

/// @return true when exactly one value was there and the visitor liked all of it
template <class Visitor>
bool parse_exactly_one(std::string_view bytes, Visitor& visitor) {
  std::size_t offset = 0;
  return msgpack::parse(bytes.data(), bytes.size(), offset, visitor) && offset == bytes.size();
}

} // namespace

bool operator==(const msgpack_value::map& left, const msgpack_value::map& right) {
  return left.keys == right.keys && left.values == right.values;
}

bool operator==(const msgpack_value& left, const msgpack_value& right) {
  return left.data == right.data;
}

const msgpack_value* msgpack_value::find(std::string_view key) const noexcept {
  const auto* pairs = std::get_if<map>(&data);
  for (std::size_t i = 0; pairs != nullptr && i < pairs->keys.size(); ++i) {
    const auto* name = std::get_if<std::string>(&pairs->keys[i].data);
    if (name != nullptr && *name == key) {
      return &pairs->values[i];
    }
  }
  return nullptr;
}

std::string_view msgpack_value::text(std::string_view otherwise) const noexcept {
  const auto* text = std::get_if<std::string>(&data);
  return text == nullptr ? otherwise : std::string_view{*text};
}

std::int64_t msgpack_value::number(std::int64_t otherwise) const noexcept {
  if (const auto* negative = std::get_if<std::int64_t>(&data)) {
    return *negative;
  }
  const auto* positive = std::get_if<std::uint64_t>(&data);
  return positive != nullptr &&
                 *positive <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
             ? static_cast<std::int64_t>(*positive)
             : otherwise;
}

result<msgpack_value> unpack_value(std::string_view bytes) {
  tree_visitor visitor;
  if (!parse_exactly_one(bytes, visitor)) {
    return fail(errc::parse_error, "not one MessagePack value within the limits");
  }
  return std::move(visitor.root);
}

bool is_msgpack(std::string_view bytes) noexcept {
  bounded_visitor visitor;
  return parse_exactly_one(bytes, visitor);
}

void pack_value(byte_buffer& out, const msgpack_value& value) {
  struct packer {
    byte_buffer& out;

    void operator()(std::monostate) const { pack_nil(out); }
    void operator()(bool truth) const { pack_bool(out, truth); }
    void operator()(std::int64_t number) const { pack_int(out, number); }
    void operator()(std::uint64_t number) const { pack_uint(out, number); }
    void operator()(double number) const { pack_real(out, number); }
    void operator()(const std::string& text) const { pack_str(out, text); }
    void operator()(const msgpack_value::binary& data) const { pack_bin(out, data.bytes); }

    void operator()(const msgpack_value::array& items) const {
      pack_array_head(out, static_cast<std::uint32_t>(items.size()));
      for (const auto& item : items) {
        pack_value(out, item);
      }
    }

    void operator()(const msgpack_value::map& pairs) const {
      pack_map_head(out, static_cast<std::uint32_t>(pairs.keys.size()));
      for (std::size_t i = 0; i < pairs.keys.size(); ++i) {
        pack_value(out, pairs.keys[i]);
        pack_value(out, pairs.values[i]);
      }
    }
  };
  std::visit(packer{out}, value.data);
}

} // namespace kraken::wire
