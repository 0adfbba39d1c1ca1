// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What `$_SERVER` says of a request: the variables of CGI, RFC 3875, named as web servers name
/// them for PHP. Pure; knows no PHP.
#pragma once

#include "php/native/link/daemon_link.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
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

/// The variables that every request has: what the script says comes before what the request says.
enum class variable : std::uint8_t {
  gateway_interface,
  server_software,
  document_root,
  document_uri,
  script_filename,
  script_name,
  php_self,
  server_protocol,
  server_name,
  server_addr,
  server_port,
  request_scheme,
  remote_addr,
  remote_port,
  request_method,
  request_uri,
  query_string,
  content_type,
  content_length,
};

inline constexpr auto first_of_request = static_cast<std::size_t>(variable::server_protocol);
/// Of those that say where the request came to: hardly ever others than the last request's.
inline constexpr auto first_of_site = static_cast<std::size_t>(variable::server_name);
inline constexpr auto behind_site = static_cast<std::size_t>(variable::remote_addr);

inline constexpr std::array<std::string_view, 19> variable_names{"GATEWAY_INTERFACE",
                                                                 "SERVER_SOFTWARE",
                                                                 "DOCUMENT_ROOT",
                                                                 "DOCUMENT_URI",
                                                                 "SCRIPT_FILENAME",
                                                                 "SCRIPT_NAME",
                                                                 "PHP_SELF",
                                                                 "SERVER_PROTOCOL",
                                                                 "SERVER_NAME",
                                                                 "SERVER_ADDR",
                                                                 "SERVER_PORT",
                                                                 "REQUEST_SCHEME",
                                                                 "REMOTE_ADDR",
                                                                 "REMOTE_PORT",
                                                                 "REQUEST_METHOD",
                                                                 "REQUEST_URI",
                                                                 "QUERY_STRING",
                                                                 "CONTENT_TYPE",
                                                                 "CONTENT_LENGTH"};

/// What the header fields say of the body.
struct body_said {
  std::string_view type;    ///< joined where it is repeated
  bool with_length = false; ///< there is a `content-length`
};

/// What the variables are for a request. Used again, so that it allocates nothing.
class server_values {
public:
  /// Reads the variables of the request, and with `of_script` those of the script.
  enum class wanted : std::uint8_t { of_request, of_script };
  void read(const open_request& request,
            const script_place& script,
            const body_said& body,
            wanted what = wanted::of_script);

  // Views of what was read, until it goes or the next `read`.
  [[nodiscard]] std::string_view at(std::size_t index) const noexcept { return values_[index]; }
  [[nodiscard]] bool secure() const noexcept { return secure_; }
  /// From `first_of_site` to `behind_site` all are what they were at the `read` before.
  [[nodiscard]] bool same_site() const noexcept { return same_site_; }
  /// Empty: there is none, nor a PATH_TRANSLATED.
  [[nodiscard]] std::string_view path_info() const noexcept { return path_info_; }
  [[nodiscard]] std::string_view path_translated() const noexcept { return path_translated_; }

private:
  void set(variable which, std::string_view value) noexcept {
    values_[static_cast<std::size_t>(which)] = value;
  }

  void read_script(const script_place& script);
  void read_site(const open_request& request);
  [[nodiscard]] std::string_view number_text(std::uint64_t value);

  std::array<std::string_view, variable_names.size()> values_;
  bool secure_ = false;
  bool site_read_ = false;
  bool same_site_ = false;
  std::string host_, local_, scheme_; ///< the site was read from these
  std::string_view path_info_, path_translated_;
  std::string protocol_, uri_, translated_, whole_;
  std::array<char, 20> number_{};
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

/// Adds every variable once. Header fields are left out that are called anything but letters,
/// digits and hyphens: `X_A` and `X.A`, which PHP calls alike, would pass for the `X-A` that only a
/// proxy may send. So is `Proxy`, which programs would take for their own setting.
/// @thread any (pure)
void put_server_variables(const open_request& request,
                          const script_place& script,
                          variable_list& out);

/// Path and query of a request target, also of one that is a whole URL: what web servers call
/// REQUEST_URI. `*` stays.
/// @return a view of `target` or of `scratch`
[[nodiscard]] std::string_view origin_form(std::string_view target, std::string& scratch);

/// Whether a request may have a variable of this name.
[[nodiscard]] bool may_be_variable(std::string_view name) noexcept;

/// Whether a header field becomes a variable of its own. `Content-Type` and `Content-Length` have
/// other names.
/// @param field in lower case
[[nodiscard]] bool passed_on(std::string_view field) noexcept;

/// `x-my-name` -> `HTTP_X_MY_NAME`.
/// @return a view of `scratch`
[[nodiscard]] std::string_view variable_name(std::string_view field, std::string& scratch);

/// The values of all fields of a name joined as HTTP says; empty: there is none.
/// @param lower_name in lower case
/// @param scratch    holds the joined value when there are several
[[nodiscard]] std::string_view joined_header(std::span<const wire::header_field> headers,
                                             std::string_view lower_name,
                                             std::string& scratch);

} // namespace kraken::php
