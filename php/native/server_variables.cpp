// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "server_variables.hpp"

#include <algorithm>
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

/// `x-my-name` -> `HTTP_X_MY_NAME`.
std::string_view variable_name(std::string_view field, std::string& scratch) {
  scratch.assign("HTTP_");
  std::ranges::transform(field, std::back_inserter(scratch), [](char each) {
    if (each == '-' || each == '.') { // PHP has no dots in names of variables
      return '_';
    }
    return each >= 'a' && each <= 'z' ? static_cast<char>(each - 'a' + 'A') : each;
  });
  return scratch;
}

bool passed_on(std::string_view field) {
  return field != "content-type" && field != "content-length" && field != "proxy" &&
         field.find('_') == std::string_view::npos;
}

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

void put_server_variables(const open_request& request,
                          const script_place& script,
                          variable_list& out) {
  const bool secure = request.scheme == "https";
  const auto host = split_host(request.host);
  const auto remote = split_host(request.remote);
  std::string scratch;

  put_headers(request.headers, out);
  out.put("GATEWAY_INTERFACE", "CGI/1.1");
  out.put("SERVER_SOFTWARE", "kraken");
  out.put("SERVER_PROTOCOL", scratch.assign("HTTP/").append(request.version));
  out.put("SERVER_NAME", host.name);
  out.put("SERVER_PORT", host.port.empty() ? std::string_view{secure ? "443" : "80"} : host.port);
  out.put("REQUEST_SCHEME", request.scheme);
  if (secure) {
    out.put("HTTPS", "on");
  }
  out.put("REMOTE_ADDR", remote.name);
  out.put("REMOTE_PORT", remote.port);
  out.put("REQUEST_METHOD", request.method);
  out.put("REQUEST_URI", request.target);
  out.put("QUERY_STRING", request.query);
  const auto type = joined_header(request.headers, "content-type", scratch);
  out.put("CONTENT_TYPE", type);
  const bool has_body = request.body_bytes() != 0 ||
                        !joined_header(request.headers, "content-length", scratch).empty();
  out.put("CONTENT_LENGTH", has_body ? std::to_string(request.body_bytes()) : std::string{});
  out.put("DOCUMENT_ROOT", script.document_root);
  out.put("DOCUMENT_URI", scratch.assign(script.name).append(script.path_info));
  out.put("SCRIPT_FILENAME", script.file);
  out.put("SCRIPT_NAME", script.name);
  if (!script.path_info.empty()) {
    out.put("PATH_INFO", script.path_info);
    out.put("PATH_TRANSLATED", scratch.assign(script.document_root).append(script.path_info));
  }
  out.put("PHP_SELF", scratch.assign(script.name).append(script.path_info));
}

} // namespace kraken::php
