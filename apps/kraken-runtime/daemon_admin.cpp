// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's admin door: the API on a private unix socket, and on TCP behind a token.
#include "apps/kraken-runtime/daemon.hpp"

#include "console/api_json.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/log.hpp"
#include "kraken/process/host/runtime_directory.hpp"

#include <optional>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

namespace kraken::runtime {

namespace {

// The file's mode keeps others out already; this holds even where the mode was changed.
std::optional<std::string> peer_that_may_control(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      (peer.uid != 0 && peer.uid != ::geteuid())) {
    return std::nullopt;
  }
  return std::string{containers::console_origin} + " uid=" + std::to_string(peer.uid) +
         " pid=" + std::to_string(peer.pid);
}

/// @param look a command that shows who they are
std::string too_many_connections(const std::string& look) {
  const error why{errc::busy,
                  "too many connections: " + std::to_string(limits::admin_connections_max) +
                      " clients have requests in work"};
  const auto body = console::to_json(console::api_error{why, look});
  return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

containers::front_settings admin_settings(const char* sink, const std::string& look) {
  containers::route route;
  route.to = sink;
  containers::front_settings out;
  out.routes =
      std::make_shared<const containers::route_table>(std::vector<containers::route>{route});
  out.connections_max = limits::admin_connections_max;
  out.too_many = too_many_connections(look);
  out.body_bytes_max = limits::admin_body_bytes_max;
  return out;
}

} // namespace

void daemon::prepare_admin() {
  admin_environment_.tree = tree_.get();
  admin_environment_.verbs = &verbs_;
  admin_environment_.logs = &logs_;
  admin_environment_.output_files = [this](console::container_page& page) {
    for (auto& each : output_files_.files_of(page.status.path)) {
      if (each.gets == containers::output_files::streams::errors) {
        page.error_files.push_back(each.name);
      }
      page.files.push_back(std::move(each.name));
    }
  };
  admin_environment_.node = [this] { return node_record(); };
  admin_environment_.configuration = [this] {
    return shown_configuration_.with([](const auto& text) { return text; });
  };
  shown_configuration_.with([this](auto& text) { text = plan_.shown_configuration; });
  admin_environment_.stop = [this](containers::stop_mode how) {
    control_.post([this, how] { stop(how); });
  };
  admin_environment_.reload =
      [this](containers::reload_mode how, const std::vector<std::string>& files, auto done) {
        control_.post([this, how, files, answer = std::move(done)] {
          reload(how, files, [this, answer](auto outcome) {
            control_.post([answer, result = std::move(outcome)] { answer(result); });
          });
        });
      };
  admin_environment_.reloaded_so_far = [this] { return reloaded_so_far(); };
  admin_environment_.measure = [this](containers::metrics_page& page) { measure(page); };
  admin_environment_.shards = &*shards_;
  admin_environment_.stopping = [this] { return stopping_.load(); };
  admin_environment_.turning_away = [this] { return turning_away(); };
}

/// The folder that is nobody's choice; any other has to be there.
result<void> daemon::prepare_socket_directory() const {
  const auto directory = plan_.admin_socket.substr(0, plan_.admin_socket.rfind('/'));
  return directory == process::runtime_directory() ? process::make_private_directory(directory)
                                                   : result<void>{};
}

result<net::listening_socket> daemon::bind_admin_socket() {
  net::address where;
  where.kind = net::address::family::unix_path;
  where.path = plan_.admin_socket;
  auto local = net::listen_on(where, 0600);
  if (!local) {
    return fail(local.error().code, "admin.socket: " + local.error().context);
  }
  only_->bound();
  return local;
}

/// Somebody may have removed the socket's file, alone or with all of its folder: then no command
/// gets here, and a signal is the only word an operator has left.
void daemon::find_admin_socket() {
  if (!admin_front_ || only_->is_there()) {
    return;
  }
  const auto made = prepare_socket_directory()
                        .and_then([this] { return only_->take_again(); })
                        .and_then([this] { return bind_admin_socket(); })
                        .and_then([this](net::listening_socket socket) {
                          return admin_front_->listen_instead(std::move(socket));
                        });
  if (made) {
    log::warn("admin_socket_made_anew", {{"socket", plan_.admin_socket}});
  } else {
    log::error("admin_socket_missing",
               {{"socket", plan_.admin_socket}, {"reason", made.error().text()}});
  }
}

// Whoever connects before the front listens waits in the queue of the socket.
result<void> daemon::bind_admin_door() {
  auto local = bind_admin_socket();
  if (!local) {
    return fail(local.error());
  }
  admin_socket_ = std::move(*local);
  if (!plan_.admin_listen.empty()) {
    const auto address = net::address::parse(plan_.admin_listen);
    auto tcp = address ? net::listen_on(*address) : fail(address.error());
    if (!tcp) {
      return fail(tcp.error().code, "admin.listen: " + tcp.error().context);
    }
    admin_tcp_socket_ = std::move(*tcp);
  }
  return {};
}

void daemon::open_admin_door() {
  prepare_admin();
  // On the main thread: what containers do on their shards keeps nobody waiting who asks.
  control_.post([this] {
    admin_ = std::make_unique<containers::admin_service>(control_, admin_environment_);
    admin_sinks_.at("@admin").live = admin_.get();
    auto settings = admin_settings("@admin", "ss -xp src " + plan_.admin_socket);
    settings.admits = peer_that_may_control;
    admin_front_ = std::make_unique<containers::front>(
        control_, admin_sinks_, settings, std::make_shared<model::gauges>());
    auto listening = admin_front_->listen(std::move(admin_socket_));
    if (listening && admin_tcp_socket_.fd) {
      admin_gate_ = std::make_unique<containers::token_gate>(*admin_, plan_.admin_token);
      admin_sinks_.at("@admin-tcp").live = admin_gate_.get();
      admin_tcp_front_ = std::make_unique<containers::front>(control_,
                                                             admin_sinks_,
                                                             admin_settings("@admin-tcp", "ss -tp"),
                                                             std::make_shared<model::gauges>());
      listening = admin_tcp_front_->listen(std::move(admin_tcp_socket_));
    }
    if (!listening) {
      log::error("admin_door_closed", {{"reason", listening.error().text()}});
    }
  });
}

} // namespace kraken::runtime
