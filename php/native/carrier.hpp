// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What this process is and which request it has open: the one thing PHP's callbacks can reach,
/// through SG(server_context). Holds the request's texts as PHP wants them; runs nothing.
#pragma once

#include "collection_plan.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "php/native/link/answer.hpp"
#include "php/native/link/daemon_link.hpp"
#include "php/native/link/rehearsal.hpp"
#include "server_variables.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::php {

enum class run_mode : std::uint8_t {
  worker,  ///< one script boots and then handles requests
  classic, ///< each request runs a script from the beginning
};

class template_door;

class carrier {
public:
  carrier(daemon_link& link, run_mode mode) : link_(link), mode_(mode), answer_(link) {}

  [[nodiscard]] run_mode mode() const noexcept { return mode_; }
  [[nodiscard]] daemon_link& link() noexcept { return link_; }
  [[nodiscard]] php::answer& answer() noexcept { return answer_; }

  /// Takes over the request that `link` has open.
  /// @param answering the script that will answer it; outlives the request
  void open_request(const script_place& answering);
  void close_request();
  /// This process is a child that the script has forked: the daemon and the client are its
  /// parent's.
  void disown();
  [[nodiscard]] bool has_request() const noexcept { return has_request_; }

  /// The next bytes of the body.
  /// @error errc::system_error its file cannot be read
  [[nodiscard]] result<std::size_t> read_body(char* into, std::size_t most);

  // Valid while the request is open.
  /// Made when they are asked for.
  [[nodiscard]] const variable_list& variables();
  [[nodiscard]] const script_place& answering() const noexcept { return *answering_; }
  [[nodiscard]] body_said said_of_body() const noexcept { return {content_type_, length_said_}; }
  // A NUL stands behind each of these three.
  [[nodiscard]] std::string_view method() const noexcept { return method_; }
  [[nodiscard]] std::string_view target() const noexcept { return target_; }
  [[nodiscard]] std::string_view query() const noexcept { return query_; }
  [[nodiscard]] std::string& content_type() noexcept { return content_type_; }
  [[nodiscard]] std::string& cookies() noexcept { return cookies_; }
  [[nodiscard]] std::string& authorization() noexcept { return authorization_; }

  wire::worker_welcome welcome;
  script_place script;           ///< worker mode: the one that boots
  bool script_speaks = false;    ///< worker mode: the script speaks the protocol itself
  template_door* door = nullptr; ///< only in a template, until it forks
  rehearsal warm;                ///< only in a template: what it serves to itself
  template_door* left = nullptr; ///< in a worker, until its template is told to make another
  bool begun = false;            ///< the worker's own life has begun
  bool forked = false;           ///< by the script, which is not to be served here
  bool ends_at_gone = false;     ///< worker mode: a handler runs, and may be ended
  bool ready_told = false;       ///< worker mode: the first request may come
  bool wants_recycle = false;    ///< to be said with the next answer
  collection_plan garbage;       ///< worker mode
  std::uint64_t requests = 0;    ///< taken so far
  bool filter_told = false;      ///< the filter extension has the open request's `$_SERVER`
  bool filter_lacks_query = false;
  bool filter_lacks_cookies = false;

private:
  void keep_line(const php::open_request& of);

  daemon_link& link_;
  run_mode mode_;
  php::answer answer_;
  bool has_request_ = false;
  std::uint64_t body_read_ = 0;
  const script_place* answering_ = nullptr;
  bool length_said_ = false;
  variable_list variables_;
  wire::byte_buffer line_; ///< the texts of these views
  std::string_view method_, target_, query_;
  std::string content_type_, cookies_, authorization_;
};

} // namespace kraken::php
