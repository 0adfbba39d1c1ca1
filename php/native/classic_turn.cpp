// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "classic_turn.hpp"

#include "front_controller.hpp"
#include "kraken/base/regular_file.hpp"
#include "php/native/link/file_answer.hpp"
#include "php/native/link/media_type.hpp"
#include "php_api.hpp"
#include "sapi.hpp"

#include <utility>

namespace kraken::php {

namespace {

void answer_with(carrier& serving, int status, std::string_view text) {
  auto& answer = serving.answer();
  answer.head(status);
  answer.field("content-type", "text/plain; charset=utf-8");
  static_cast<void>(answer.write(text));
}

void redirect_to_folder(carrier& serving) {
  auto& answer = serving.answer();
  answer.head(301);
  answer.field("location", folder_target(serving.link().request().target));
}

void send_file(carrier& serving, const std::string& path) {
  const auto& method = serving.method();
  if (method != "GET" && method != "HEAD") {
    answer_with(serving, 405, "Method Not Allowed\n");
    serving.answer().field("allow", "GET, HEAD");
    return;
  }
  auto file = open_regular(path);
  if (!file) {
    answer_with(serving, 403, "Forbidden\n");
    return;
  }
  auto& answer = serving.answer();
  answer.head(200);
  answer.field("content-type", media_type(path));
  answer_with_file(answer, serving.link().request(), std::move(*file));
}

// PHP may leave these calls by longjmp, but not beyond its own functions.
void run_script(carrier& serving, const char* path) {
  describe_request(serving);
  SG(request_info).path_translated = const_cast<char*>(path);
  if (!serving.authorization().empty()) {
    php_handle_auth_data(serving.authorization().c_str());
  }
  if (php_request_startup() == FAILURE) {
    return; // the answer is 500 as it stands
  }
  SG(request_info).headers_only = false;
  zend_file_handle file;
  zend_stream_init_filename(&file, path);
  file.primary_script = true;
  php_execute_script(&file);
  zend_destroy_file_handle(&file);
  php_request_shutdown(nullptr);
}

void serve(carrier& serving, const std::string& root) {
  const auto& request = serving.link().request();
  const auto chosen = choose_file(root, request.path);
  const script_place place{root, chosen.file, chosen.name, chosen.path_info};
  serving.open_request(place);
  switch (chosen.what) {
  case chosen_file::kind::script:
    run_script(serving, chosen.file.c_str());
    send_named_file(serving.answer(), request);
    break;
  case chosen_file::kind::plain:
    send_file(serving, chosen.file);
    break;
  case chosen_file::kind::redirect:
    redirect_to_folder(serving);
    break;
  case chosen_file::kind::none:
    answer_with(serving, 404, "Not Found\n");
    break;
  }
  serving.answer().finish(wire::worker_after::keep, zend_memory_peak_usage(true));
  serving.close_request();
}

} // namespace

int run_classic(carrier& serving, const std::string& root) {
  serving.begun = true;
  static_cast<void>(serving.link().ready());
  while (serving.link().wait() == daemon_link::event::request) {
    serve(serving, root);
  }
  return serving.forked ? EG(exit_status) : 0; // a child of the script's: as under the CLI
}

} // namespace kraken::php
