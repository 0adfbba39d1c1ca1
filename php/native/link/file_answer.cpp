// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "file_answer.hpp"

#include "kraken/wire/http1_file.hpp"

#include <string>
#include <utility>
#include <vector>

namespace kraken::php {

namespace {

void put_unless_empty(answer& to, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    to.field(name, value);
  }
}

std::string file_named_by(answer& from) {
  for (const auto& each : from.fields()) {
    if (wire::names_a_file(each.name)) {
      return std::string{each.value};
    }
  }
  return {};
}

std::vector<std::string> folders_in(std::string_view list) {
  std::vector<std::string> out;
  for (auto end = list.find('\0'); end != std::string_view::npos; end = list.find('\0')) {
    out.emplace_back(list.substr(0, end));
    list.remove_prefix(end + 1);
  }
  return out;
}

} // namespace

void answer_with_file(answer& to, const open_request& request, regular_file file) {
  wire::own_validators own;
  for (const auto& each : to.fields()) {
    wire::take_validator(own, each);
  }
  const auto asked = wire::conditions_of(request.method, [&request](std::string_view name) {
    return wire::find_header(request.headers, name);
  });
  const auto reply = wire::plan_file(to.status(), {file.size, file.modified}, asked, own);
  to.restate(reply.status);
  to.narrow([&reply](std::string_view name) { return wire::goes_with_file(reply.status, name); });
  put_unless_empty(to, "etag", reply.etag);
  put_unless_empty(to, "last-modified", reply.last_modified);
  put_unless_empty(to, "content-range", reply.content_range);
  to.field("accept-ranges", "bytes");
  if (reply.count == 0) {
    return;
  }
  if (request.method == "HEAD") {
    to.field("content-length", std::to_string(reply.count));
  } else {
    to.body_from(std::move(file.fd), {reply.first, reply.count});
  }
}

void send_named_file(answer& to, const open_request& request) {
  if (request.folders.empty() || !to.held()) {
    return;
  }
  const auto name = file_named_by(to);
  if (name.empty()) {
    return;
  }
  auto found = open_below(folders_in(request.folders), name);
  if (found) {
    answer_with_file(to, request, std::move(*found));
    return;
  }
  to.narrow([](std::string_view) { return false; });
  to.head(404);
  to.field("content-type", "text/plain; charset=utf-8");
  to.field("x-content-type-options", "nosniff");
  static_cast<void>(to.write("Not Found: there is no such file\n"));
}

} // namespace kraken::php
