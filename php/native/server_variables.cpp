// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "server_variables.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace kraken::php {

namespace {

struct host_parts {
  std::string_view name;
  std::string_view port;
};

/// `name`, `name:port`, `[v6]:port`; the brackets of an address without a name are dropped.
host_parts split_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) {
      return {host, {}};
    }
    const auto rest = host.substr(end + 1);
    return {host.substr(1, end - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view{}};
  }
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos) {
    return {host, {}};
  }
  return {host.substr(0, colon), host.substr(colon + 1)};
}

/// The server's own; where it has none, as the client names it.
std::string_view port_of(const host_parts& local, const host_parts& asked, std::string_view usual) {
  if (!local.port.empty()) {
    return local.port;
  }
  return !asked.port.empty() ? asked.port : usual;
}

} // namespace

std::string_view variable_name(std::string_view field, std::string& scratch) {
  scratch.assign("HTTP_");
  std::ranges::transform(field, std::back_inserter(scratch), [](char each) {
    if (each == '-') {
      return '_';
    }
    return each >= 'a' && each <= 'z' ? static_cast<char>(each - 'a' + 'A') : each;
  });
  return scratch;
}

std::string_view origin_form(std::string_view target, std::string& scratch) {
  const auto scheme = target.starts_with('/') ? std::string_view::npos : target.find("://");
  if (scheme == std::string_view::npos) {
    return target;
  }
  const auto rest = target.substr(std::min(target.find_first_of("/?", scheme + 3), target.size()));
  return rest.starts_with('/') ? rest : scratch.assign("/").append(rest);
}

bool may_be_variable(std::string_view name) noexcept {
  return name.starts_with("HTTP") || name.starts_with("PATH_") ||
         std::ranges::find(variable_names, name) != variable_names.end();
}

bool passed_on(std::string_view field) noexcept {
  const auto harmless = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '-';
  };
  return field != "content-type" && field != "content-length" && field != "proxy" &&
         std::ranges::all_of(field, harmless);
}

namespace {

void put_headers(std::span<const wire::header_field> headers, variable_list& out) {
  std::vector<std::string_view> seen;
  std::string name;
  std::string value;
  for (const auto& field : headers) {
    if (passed_on(field.name) && std::ranges::find(seen, field.name) == seen.end()) {
      seen.push_back(field.name);
      out.put(variable_name(field.name, name), joined_header(headers, field.name, value));
    }
  }
}

} // namespace

void variable_list::clear() noexcept {
  text_.clear();
  places_.clear();
}

void variable_list::put(std::string_view name, std::string_view value) {
  const auto bytes = name.size() + value.size() + 2;
  places_.push_back({text_.size(), name.size(), value.size()});
  char* at = text_.prepare(bytes);
  std::memcpy(at, name.data(), name.size());
  at += name.size();
  *at++ = '\0';
  if (!value.empty()) {
    std::memcpy(at, value.data(), value.size());
  }
  at[value.size()] = '\0';
  text_.commit(bytes);
}

variable_list::entry variable_list::at(std::size_t index) const noexcept {
  const auto& where = places_[index];
  const char* const name = text_.data() + where.name;
  return {name, where.name_bytes, name + where.name_bytes + 1, where.value_bytes};
}

std::string_view joined_header(std::span<const wire::header_field> headers,
                               std::string_view lower_name,
                               std::string& scratch) {
  std::string_view first;
  std::size_t found = 0;
  for (const auto& field : headers) {
    if (field.name != lower_name) {
      continue;
    }
    if (found++ == 0) {
      first = field.value;
      continue;
    }
    if (found == 2) {
      scratch.assign(first);
    }
    scratch.append(lower_name == "cookie" ? "; " : ", ").append(field.value);
  }
  return found > 1 ? std::string_view{scratch} : first;
}

std::string_view server_values::number_text(std::uint64_t value) {
  const auto end = std::to_chars(number_.data(), number_.data() + number_.size(), value).ptr;
  return {number_.data(), static_cast<std::size_t>(end - number_.data())};
}

void server_values::read_script(const script_place& script) {
  std::string_view uri = script.name;
  path_info_ = script.path_info;
  path_translated_ = {};
  if (!path_info_.empty()) {
    uri = uri_.assign(script.name).append(path_info_);
    path_translated_ = translated_.assign(script.document_root).append(path_info_);
  }
  set(variable::gateway_interface, "CGI/1.1");
  set(variable::server_software, "kraken");
  set(variable::document_root, script.document_root);
  set(variable::document_uri, uri);
  set(variable::script_filename, script.file);
  set(variable::script_name, script.name);
  set(variable::php_self, uri);
}

void server_values::read_site(const open_request& request) {
  const auto end = request.local.empty() ? wire::local_end(request.ends) : request.local;
  same_site_ = site_read_ && request.host == host_ && end == local_ && request.scheme == scheme_;
  if (same_site_) {
    return;
  }
  site_read_ = true;
  host_ = request.host;
  local_ = end;
  scheme_ = request.scheme;
  secure_ = scheme_ == "https";
  const auto host = split_host(host_);
  const auto local = split_host(local_);
  set(variable::server_name, host.name);
  set(variable::server_addr, local.name);
  set(variable::server_port, port_of(local, host, secure_ ? "443" : "80"));
  set(variable::request_scheme, scheme_);
}

void server_values::read(const open_request& request,
                         const script_place& script,
                         const body_said& body,
                         wanted what) {
  if (what == wanted::of_script) {
    read_script(script);
  }
  read_site(request);
  const auto remote = split_host(wire::remote_end(request.ends));
  const auto bytes = request.body_bytes();
  const bool usual = request.version == "1.1";
  set(variable::server_protocol,
      usual ? std::string_view{"HTTP/1.1"} : protocol_.assign("HTTP/").append(request.version));
  set(variable::remote_addr, remote.name.empty() ? std::string_view{"unix:"} : remote.name);
  set(variable::remote_port, remote.port);
  set(variable::request_method, request.method);
  set(variable::request_uri, origin_form(request.target, whole_));
  set(variable::query_string, request.query);
  set(variable::content_type, body.type);
  set(variable::content_length,
      bytes != 0 || body.with_length ? number_text(bytes) : std::string_view{});
}

void put_server_variables(const open_request& request,
                          const script_place& script,
                          variable_list& out) {
  std::string types;
  std::string lengths;
  server_values values;
  values.read(request,
              script,
              {joined_header(request.headers, "content-type", types),
               !joined_header(request.headers, "content-length", lengths).empty()});
  put_headers(request.headers, out);
  for (std::size_t index = 0; index < variable_names.size(); ++index) {
    out.put(variable_names[index], values.at(index));
  }
  if (values.secure()) {
    out.put("HTTPS", "on");
  }
  if (!values.path_info().empty()) {
    out.put("PATH_INFO", values.path_info());
    out.put("PATH_TRANSLATED", values.path_translated());
  }
}

} // namespace kraken::php
