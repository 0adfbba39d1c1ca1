// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `http`: one front on every shard, listening on the same addresses. Ready when all of
/// them listen. The next one can begin beside it, on the same sockets.
#pragma once

#include "config/http_options.hpp"
#include "containers/http/doorway.hpp"
#include "containers/http/front.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/net/address.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

/// What a front needs of one shard; outlives every container.
struct http_shard {
  net::event_loop* loop = nullptr;
  net::sink_directory* sinks = nullptr;
};

struct http_environment {
  std::vector<http_shard> shards;
  doorways* doors = nullptr;
  access_logs* logs = nullptr;
  std::string spool_directory; ///< for request bodies that are too large for memory
  int descriptors_below = net::listener::all_descriptors; ///< have clients; others the console
  /// Told of the addresses really bound (port 0), once all accept, and of none at the end.
  std::function<void(const std::string& path, const std::vector<net::address>&)> bound;
};

/// @thread its container's shard
class http_container final : public actor::incarnation {
public:
  http_container(actor::host& shell, const http_environment& environment);
  ~http_container() override;

  void start() override;
  void stop() override;
  [[nodiscard]] milliseconds relieved() override;
  void kill() override;
  void updated(const model::child_spec& spec, const actor::update_hold& hold) override;
  [[nodiscard]] bool takes_letters() const noexcept override { return false; }

private:
  struct part;

  /// Duplicates of a door's sockets, one for each shard.
  [[nodiscard]] static result<std::vector<net::listening_socket>> sockets_of(const door& from);
  [[nodiscard]] result<std::vector<std::vector<net::listening_socket>>> bind_all();
  void find_files();
  void open_front(std::size_t shard, std::vector<net::listening_socket> sockets);
  [[nodiscard]] front_settings settings() const;
  [[nodiscard]] result<void> open_access_log();
  void cannot_start(const error& why);
  void one_listens();
  void on_each_front(void (front::*act)(std::function<void()>), std::function<void()> then);
  void tell_bound();
  void end();

  actor::host& shell_;
  const http_environment& environment_;
  config::http_options options_;
  std::shared_ptr<std::atomic<bool>> alive_;
  std::shared_ptr<doorway> doorway_;
  std::vector<std::shared_ptr<const door>> doors_; ///< what it accepts on has duplicates of them
  std::vector<std::shared_ptr<part>> parts_;
  std::shared_ptr<const access_target> access_; ///< null: there is none
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  std::size_t waiting_for_ = 0;
  actor::timer deadline_; ///< of the last words, once killed
  bool shown_ = false;    ///< its addresses are those of the container
  bool relieved_ = false; ///< the addresses are those of the next incarnation
  bool ended_ = false;
};

} // namespace kraken::containers
