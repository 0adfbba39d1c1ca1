// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Copying of what the line needs, and its three forms.
#include "containers/http/access/access_note.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/log_line.hpp"
#include "kraken/wire/combined_line.hpp"
#include "kraken/wire/http1_field.hpp"

#include <algorithm>
#include <ctime>

namespace kraken::containers {

namespace {

// Of two with one name the first counts.
bool is_first(const std::optional<std::string>& kept,
              const wire::header_field& field,
              std::string_view lower_name) {
  return !kept && wire::equals_lower(field.name, lower_name);
}

// The first line of something that is no request; at most so much of it.
std::string_view first_line(std::string_view input) {
  const auto start = input.find_first_not_of("\r\n");
  const auto text = input.substr(start == std::string_view::npos ? input.size() : start);
  return text.substr(0, std::min(text.find_first_of("\r\n"), limits::access_line_bytes_kept));
}

// `127.0.0.1:5432`, `[::1]:5432`; of a unix socket nothing, which nginx calls so.
std::string_view without_peer_port(std::string_view peer) {
  if (peer.empty()) {
    return "unix:";
  }
  const auto host = peer.substr(0, peer.rfind(':'));
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::tm local_time_of(std::chrono::system_clock::time_point at) {
  const auto seconds_since = std::chrono::system_clock::to_time_t(at);
  std::tm out{};
  ::localtime_r(&seconds_since, &out);
  return out;
}

} // namespace

std::size_t body_size_of(std::string_view response) noexcept {
  const auto end = response.find("\r\n\r\n");
  return end == std::string_view::npos ? 0 : response.size() - end - 4;
}

void access_note::begin(std::string_view bytes, const wire::request_head& head, time_point now) {
  begin_unreadable(bytes, now);
  host_.assign(head.host);
  for (const auto& each : head.headers()) {
    if (is_first(referer_, each, "referer")) {
      referer_.emplace(each.value);
    } else if (is_first(agent_, each, "user-agent")) {
      agent_.emplace(each.value);
    } else if (is_first(user_, each, "authorization")) {
      user_ = wire::basic_user(each.value);
    }
  }
}

void access_note::begin_unreadable(std::string_view input, time_point now) {
  begun_ = true;
  at_ = std::chrono::system_clock::now();
  began_ = now;
  request_.assign(first_line(input));
  host_.clear();
  user_.reset();
  referer_.reset();
  agent_.reset();
}

void access_note::finish(std::string_view peer, int status, delivery how, time_point now) {
  if (!begun_) {
    begin_unreadable({}, now);
  }
  if (status != 0) {
    status_ = status;
  }
  line_.clear();
  if (to_->format == access_format::combined) {
    render_combined(peer);
  } else {
    render_event(peer, how, std::chrono::duration_cast<std::chrono::microseconds>(now - began_));
  }
  to_->log->add(line_.view());
  begun_ = false;
  body_ = 0;
}

void access_note::render_combined(std::string_view peer) {
  wire::append_combined_line(line_,
                             {.remote = without_peer_port(peer),
                              .user = user_,
                              .at = local_time_of(at_),
                              .request = request_,
                              .status = status_,
                              .bytes = body_,
                              .referer = referer_,
                              .agent = agent_});
}

void access_note::render_event(std::string_view peer,
                               delivery how,
                               std::chrono::microseconds took) {
  const auto style = to_->format == access_format::json ? log::format::json : log::format::text;
  line_.append(log::render(style,
                           at_,
                           log::level::info,
                           "access",
                           {{"container", to_->container},
                            {"remote", peer},
                            {"host", host_},
                            {"request", request_},
                            {"status", status_},
                            {"bytes", body_},
                            {"us", took.count()},
                            {"complete", how == delivery::complete},
                            {"referer", referer_.value_or("")},
                            {"agent", agent_.value_or("")},
                            {"user", user_.value_or("")}}));
  line_.push_back('\n');
}

} // namespace kraken::containers
