// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of native containers.
#include "config/native_options.hpp"

#include "config/detail/option_row.hpp"
#include "config/detail/sections.hpp"

namespace kraken::config {

template <>
struct option_table<native_options> {
  static constexpr std::string_view name = "native";
  static constexpr std::array rows{
      row<&native_options::own_thread>(
          "own_thread",
          {.summary = "whether it has a thread of its own, so that its handlers may block"}),
  };
};

static_assert(every_field_has_a_row<native_options>());

const section& detail::native_section() {
  return section_of<native_options>();
}

std::string native_spec_options::fingerprint() const {
  return to_json_text(write_section(section_of<native_options>(), &values, exposure::full), 0);
}

} // namespace kraken::config
