// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of containers in PHP: fingerprint.
#include "config/php_options.hpp"

#include "config/detail/php_table.hpp"
#include "config/detail/sections.hpp"

namespace kraken::config {

const section& detail::php_section() {
  return section_of<php_options>();
}

std::string php_spec_options::fingerprint() const {
  return to_json_text(write_section(section_of<php_options>(), &values, exposure::full), 0);
}

bool php_spec_options::live_change(const model::kind_options& to) const {
  const auto* other = dynamic_cast<const php_spec_options*>(&to);
  return other != nullptr && differs_live(values, other->values);
}

} // namespace kraken::config
