// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Greeting, frames and end of Narya workers.
#include "containers/php/channel/narya_channel.hpp"

#include "containers/php/pool/pool_shard.hpp"
#include "kraken/process/host/runtime_directory.hpp"
#include "kraken/wire/http1_response.hpp"
#include "kraken/wire/take_frames.hpp"

#include <utility>

#include <unistd.h>

namespace kraken::containers {

result<void> narya_channel::greet() {
  if (auto opened = open(); !opened) {
    return opened;
  }
  output().append(wire::narya_greeting);
  flush_later();
  return {};
}

void narya_channel::drain() {
  draining_ = true;
  if (is_open() && current == nullptr) {
    close_after_output();
  }
}

std::size_t narya_channel::on_input(std::string_view input) {
  std::size_t used = 0;
  if (!greeted_) {
    if (input.size() < wire::narya_greeting_answer.size()) {
      return 0;
    }
    if (!input.starts_with(wire::narya_greeting_answer)) {
      broken("the worker did not answer the greeting with OK");
      return input.size();
    }
    greeted_ = true;
    used = wire::narya_greeting_answer.size();
    owner_.worker_ready();
  }
  auto taken = wire::take_frames<std::string_view>(
      input.substr(used),
      wire::split_narya_frame,
      [this] { return is_open(); },
      [this](std::string_view payload) { return take_response(payload); });
  if (!taken.why.empty()) {
    broken(std::move(taken.why));
  }
  return used + taken.used;
}

std::string narya_channel::take_response(std::string_view payload) {
  if (current == nullptr) {
    return "a response nobody asked for";
  }
  const auto response = wire::decode_narya_response(payload, current->wire_id);
  if (!response) {
    return response.error().text();
  }
  if (response->status < 200) {
    return "status " + std::to_string(response->status) + " is no answer to a request";
  }
  memory_bytes_ = response->memory_bytes;
  wants_recycle_ = response->recycle;
  if (!response->error.empty()) {
    owner_.worker_said("error", response->error);
    if (auto* const to = std::exchange(current->from, nullptr)) {
      to->failed(500, {});
    }
  } else if (current->from != nullptr && !write_response(*response)) {
    return "a header field that would break the response apart";
  }
  request_over();
  if (draining_ && is_open() && current == nullptr) {
    close_after_output();
  }
  return {};
}

void narya_channel::address_request() {
  wire::put_narya_worker(output(), number_);
}

bool narya_channel::write_response(const wire::narya_response& response) {
  auto& to = *current->from;
  wire::response_writer writer{to.output(), to.context()};
  writer.begin(response.status);
  wire::narya_headers headers{response};
  wire::header_field field;
  while (headers.next(field)) {
    if (writer.field(field.name, field.value) == wire::response_writer::verdict::refused) {
      writer.abandon();
      return false;
    }
  }
  writer.end_with_body(response.body);
  current->from = nullptr;
  to.answered(response.status, writer.after());
  return true;
}

result<std::unique_ptr<narya_door>>
narya_door::open(net::event_loop& loop, const std::string& directory, entered then) {
  net::address where;
  where.kind = net::address::family::unix_path;
  auto path = process::unique_socket_path(directory, "worker");
  if (!path) {
    return fail(path.error().code,
                "the socket of a Narya worker, in the directory of admin.socket: " +
                    path.error().context);
  }
  where.path = std::move(*path);
  auto socket = net::listen_on(where, 0600);
  if (!socket) {
    return fail(socket.error());
  }
  std::unique_ptr<narya_door> door{new narya_door{where.path, std::move(then)}}; // NOLINT: private
  auto* const self = door.get();
  door->listener_ = std::make_unique<net::listener>(
      loop,
      std::move(*socket),
      [self](unique_fd client, const std::string& /*peer*/, const std::string& /*local*/) {
        self->listener_->close(); // one worker, one connection
        if (const auto call = std::exchange(self->then_, nullptr)) {
          call(std::move(client));
        }
      });
  if (auto opened = door->listener_->open(); !opened) {
    return fail(opened.error());
  }
  return door;
}

narya_door::~narya_door() {
  ::unlink(path_.c_str());
}

} // namespace kraken::containers
