// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What `$_SERVER` says of a request: the variables of CGI, RFC 3875, named as web servers name
/// them for PHP. Pure; knows no PHP.
#pragma once

#include "php/native/link/daemon_link.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::php {

/// The script that answers, as CGI names its parts.
struct script_place {
  std::string document_root;
  std::string file;      ///< SCRIPT_FILENAME
  std::string name;      ///< SCRIPT_NAME
  std::string path_info; ///< empty: none
};

/// Names and values, each followed by a NUL, in memory that is used again.
class variable_list {
public:
  struct entry {
    const char* name;
    std::size_t name_bytes;
    const char* value;
    std::size_t value_bytes;
  };

  void clear() noexcept;
  void put(std::string_view name, std::string_view value);

  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  /// @param index below `size()`; valid until the next `put`
  [[nodiscard]] entry at(std::size_t index) const noexcept;

private:
  struct place {
    std::size_t name;
    std::size_t name_bytes;
    std::size_t value_bytes;
  };

  wire::byte_buffer text_;
  std::vector<place> places_;
};

/// Adds every variable once. Header fields with an underscore in their name are left out,
/// because they would pass for the one with a hyphen; so is `Proxy`, which programs would take for
/// their own setting.
/// @thread any (pure)
void put_server_variables(const open_request& request,
                          const script_place& script,
                          variable_list& out);

/// The values of all fields of a name joined as HTTP says; empty: there is none.
/// @param lower_name in lower case
/// @param scratch    holds the joined value when there are several
[[nodiscard]] std::string_view joined_header(std::span<const wire::header_field> headers,
                                             std::string_view lower_name,
                                             std::string& scratch);

} // namespace kraken::php
