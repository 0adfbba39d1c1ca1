// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// PHP's callbacks. PHP leaves them by longjmp when memory runs out or a client is gone, so their
/// frames hold nothing that has a destructor.
#include "sapi.hpp"

#include "functions.hpp"
#include "php/native/settings/ini_names.hpp"
#include "php/native/variables/filter_telling.hpp"
#include "php/native/variables/plain_variables.hpp"
#include "php/native/variables/server_array.hpp"
#include "php_api.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace kraken::php {

namespace {

// opcache works for a fixed list of server names; applications know this one best, because they
// test for it before they call fastcgi_finish_request() (docs/decisions/0020).
char server_name[] = "fpm-fcgi";
char server_pretty_name[] = "Kraken (native worker)";

void write_error_line(const char* text) {
  const std::string_view line{text};
  // Standard error is the container's log: a line that cannot be written has no other place.
  if (::write(STDERR_FILENO, line.data(), line.size()) >= 0) {
    static_cast<void>(::write(STDERR_FILENO, "\n", 1) < 0);
  }
}

// A script ends with its client, as PHP has it everywhere; a worker's ends its handler as `exit`
// does, and lives on.
void on_client_gone(carrier& serving) {
  if (serving.mode() == run_mode::classic) {
    php_handle_aborted_connection();
    return;
  }
  PG(connection_status) = PHP_CONNECTION_ABORTED;
  php_output_set_status(PHP_OUTPUT_DISABLED);
  if (serving.ends_at_gone && !PG(ignore_user_abort) && EG(exception) == nullptr) {
    zend_throw_unwind_exit();
  }
}

// What PHP passes on while an exception is on its way, a callback of the output has not filtered.
// Where a script runs once PHP itself ends it before.
bool is_unfiltered(const carrier& serving) noexcept {
  return EG(exception) != nullptr && serving.mode() == run_mode::worker;
}

std::size_t on_write(const char* text, std::size_t bytes) {
  if (SG(server_context) == nullptr || !current_carrier().has_request()) {
    return static_cast<std::size_t>(std::max<ssize_t>(::write(STDOUT_FILENO, text, bytes), 0));
  }
  auto& serving = current_carrier();
  auto& answer = serving.answer();
  if (!answer.open() || is_unfiltered(serving) || answer.write({text, bytes})) {
    return bytes; // after an early end output goes nowhere
  }
  on_client_gone(serving);
  return 0;
}

void on_flush(void*) {
  if (SG(server_context) == nullptr) {
    return;
  }
  auto& serving = current_carrier();
  // php-fpm sends no header fields before PHP does: what is in a buffer of PHP's may change them.
  if (!serving.has_request() || !serving.answer().open() || !SG(headers_sent)) {
    return;
  }
  if (!serving.answer().flush()) {
    on_client_gone(serving);
  }
}

// `HTTP/1.1 404 Nope`: the wire has its words as CGI programs say them, before all other fields.
void tell_reason(answer& answer, const char* status_line) {
  const std::string_view line{status_line == nullptr ? "" : status_line};
  if (const auto space = line.find(' '); space != std::string_view::npos) {
    static_cast<void>(answer.field("status", wire::trim_blanks(line.substr(space + 1))));
  }
}

void tell_status(answer& answer, int status) {
  answer.restate(status);
  if (answer.status() != status) {
    write_error_line(("PHP Warning:  no answer can have status " + std::to_string(status) +
                      ": it is sent as " + std::to_string(answer.status()))
                         .c_str());
  }
}

constexpr int not_modified = 304;

int on_send_headers(sapi_headers_struct* headers) {
  auto& serving = current_carrier();
  auto& answer = serving.answer();
  if (!serving.has_request() || !answer.held()) {
    return SAPI_HEADER_SENT_SUCCESSFULLY;
  }
  if (is_unfiltered(serving) && !zend_is_unwind_exit(EG(exception))) {
    constexpr int failed = 500;
    answer.head(failed);
  } else {
    answer.head(answer.status());
    tell_status(answer, headers->http_response_code);
    tell_reason(answer, headers->http_status_line);
  }
  for (auto* at = headers->headers.head; at != nullptr; at = at->next) {
    const auto* const each = reinterpret_cast<const sapi_header_struct*>(at->data);
    const std::string_view line{each->header, each->header_len};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const auto name = line.substr(0, colon);
    const auto value = wire::trim_blanks(line.substr(colon + 1));
    if (wire::equals_lower(name, "status")) { // as CGI programs say it
      tell_status(answer, std::atoi(value.data()));
    } else if (answer.status() == not_modified && wire::equals_lower(name, "content-type")) {
      continue; // caches would take PHP's default for the page's: php-fpm sends none either
    } else if (!answer.field(name, value)) {
      write_error_line("PHP Warning:  a header field that HTTP cannot carry was left out");
    }
  }
  return SAPI_HEADER_SENT_SUCCESSFULLY;
}

// In a child of the script's: of what the worker has there, nothing is its own.
void on_fork_in_child() {
  if (SG(server_context) != nullptr) {
    current_carrier().disown();
  }
}

std::size_t on_read_post(char* into, std::size_t most) {
  const auto got = current_carrier().read_body(into, most);
  if (!got) {
    write_error_line("PHP Warning:  the request's body cannot be read to its end");
    return 0;
  }
  return *got;
}

char* on_read_cookies() {
  auto& serving = current_carrier();
  return serving.has_request() && !serving.cookies().empty() ? serving.cookies().data() : nullptr;
}

// In `$_SERVER` alone: no web server says it.
constexpr std::string_view found_by_php = "PHP_SELF";

// Programs ask their environment for what a CGI program would find there.
char* on_getenv(const char* name, std::size_t bytes) {
  const std::string_view wanted{name, bytes};
  if (SG(server_context) == nullptr || !current_carrier().has_request()) {
    return nullptr;
  }
  if (wanted == "REMOTE_USER") {
    return SG(request_info).auth_user;
  }
  if (wanted == found_by_php || !may_be_variable(wanted)) {
    return nullptr; // as most are: applications ask for their settings
  }
  const auto& variables = current_carrier().variables();
  for (std::size_t index = 0; index < variables.size(); ++index) {
    const auto each = variables.at(index);
    if (wanted == std::string_view{each.name, each.name_bytes}) {
      return const_cast<char*>(each.value); // PHP copies it
    }
  }
  return nullptr;
}

void (*import_environment)(zval*) = nullptr; // PHP's own

// The whole of it, for getenv() without a name. `$_ENV` is the process's own.
void on_import_environment(zval* into) {
  import_environment(into);
  const bool asked = into != &PG(http_globals)[TRACK_VARS_ENV];
  if (!asked || SG(server_context) == nullptr || !current_carrier().has_request()) {
    return;
  }
  const auto put = [into](std::string_view name, std::string_view value) {
    zval text;
    ZVAL_STRINGL_FAST(&text, value.data(), value.size());
    zend_hash_str_update(Z_ARRVAL_P(into), name.data(), name.size(), &text);
  };
  const auto& variables = current_carrier().variables();
  for (std::size_t index = 0; index < variables.size(); ++index) {
    const auto each = variables.at(index);
    if (const std::string_view name{each.name, each.name_bytes}; name != found_by_php) {
      put(name, {each.value, each.value_bytes});
    }
  }
  if (const char* const user = SG(request_info).auth_user) {
    put("REMOTE_USER", user);
  }
}

void on_server_variables(zval* into) {
  auto& serving = current_carrier();
  import_environment(into);
  if (!serving.has_request()) {
    const auto& script = serving.script;
    for (const char* name : {"SCRIPT_FILENAME", "SCRIPT_NAME", "PHP_SELF", "PATH_TRANSLATED"}) {
      php_register_variable_safe(name, script.file.data(), script.file.size(), into);
    }
    return;
  }
  serving.filter_told = true;
  const auto& variables = serving.variables();
  for (std::size_t index = 0; index < variables.size(); ++index) {
    const auto each = variables.at(index);
    auto* value = estrndup(each.value, each.value_bytes);
    std::size_t bytes = each.value_bytes;
    if (sapi_module.input_filter(PARSE_SERVER, each.name, &value, bytes, &bytes) != 0) {
      php_register_variable_safe(each.name, value, bytes, into);
    }
    efree(value);
  }
  add_user(into);
}

void on_log(const char* message, int) {
  write_error_line(message);
}

sapi_module_struct make_module() {
  sapi_module_struct module{};
  module.name = server_name;
  module.pretty_name = server_pretty_name;
  module.startup = [](sapi_module_struct* self) -> int {
    return php_module_startup(self, native_functions());
  };
  module.shutdown = php_module_shutdown_wrapper;
  module.ub_write = on_write;
  module.flush = on_flush;
  module.sapi_error = zend_error;
  module.send_headers = on_send_headers;
  module.read_post = on_read_post;
  module.read_cookies = on_read_cookies;
  module.getenv = on_getenv;
  module.register_server_variables = on_server_variables;
  module.log_message = on_log;
  return module;
}

} // namespace

engine::engine(carrier& serving,
               std::string program,
               const std::vector<std::string>& settings,
               std::vector<std::string> fixed)
    : serving_(serving), program_(std::move(program)), fixed_(std::move(fixed)) {
  if (serving.mode() == run_mode::worker) {
    // A worker has no end that PHP could time.
    settings_ = "max_execution_time=0\nmax_input_time=-1\nauto_globals_jit=1\n"
                "register_argc_argv=1\n";
  }
  for (const auto& each : settings) {
    settings_.append(each).push_back('\n');
    auto name = each.substr(0, each.find('='));
    if (std::ranges::find(fixed_, name) == fixed_.end()) {
      named_.push_back(std::move(name));
    }
  }
}

bool engine::start() {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  zend_signal_startup();
  static auto module = make_module(); // PHP keeps its address
  sapi_startup(&module);
  module.ini_entries = settings_.data();
  module.executable_location = program_.data();
  started_ = module.startup(&module) == SUCCESS;
  if (started_) {
    import_environment = std::exchange(php_import_environment_variables, on_import_environment);
    inform_filter_when_asked();
    make_server_arrays();
    read_plain_variables();
  }
  SG(server_context) = &serving_; // the start-up has emptied it
  if (::pthread_atfork(nullptr, nullptr, on_fork_in_child) != 0) {
    return false;
  }
  return started_ && fix_settings();
}

// What decides about a limit must not be lost by a misspelled name.
bool engine::fix_settings() const {
  for (const auto& name : fixed_) {
    auto* const found = zend_hash_str_find_ptr(EG(ini_directives), name.data(), name.size());
    if (found == nullptr) {
      write_error_line(("kraken-php: ini_fixed: " + unknown_ini_text(name)).c_str());
      return false;
    }
    static_cast<zend_ini_entry*>(found)->modifiable = ZEND_INI_SYSTEM;
  }
  for (const auto& name : named_) {
    if (!is_ini_name(name)) {
      write_error_line(("PHP Warning:  ini: " + unknown_ini_text(name) + ", continuing").c_str());
    }
  }
  return true;
}

engine::~engine() {
  if (started_) {
    php_module_shutdown();
    sapi_shutdown();
  }
}

const char* built_for() noexcept {
  return PHP_VERSION;
}

carrier& current_carrier() noexcept {
  return *static_cast<carrier*>(SG(server_context));
}

void describe_request(carrier& serving) noexcept {
  auto& info = SG(request_info);
  const bool any = serving.has_request();
  // PHP takes them as not const for history's sake and changes nothing.
  info.request_method = any ? serving.method().data() : nullptr;
  info.query_string = any ? const_cast<char*>(serving.query().data()) : nullptr;
  info.request_uri = any ? const_cast<char*>(serving.target().data()) : nullptr;
  info.content_type =
      any && !serving.content_type().empty() ? serving.content_type().c_str() : nullptr;
  info.content_length =
      any ? static_cast<zend_long>(serving.link().request().body_bytes()) : zend_long{0};
  info.proto_num = any && serving.link().request().version == "1.0" ? 1000 : 1001;
  SG(sapi_headers).http_response_code = 200;
}

} // namespace kraken::php
