// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A host that does nothing, to be derived from by fakes that care about a few of its calls.
#pragma once

#include "kraken/actor/incarnation.hpp"

#include <string>
#include <utility>

namespace kraken::containers::test {

class quiet_host : public actor::host {
public:
  quiet_host(executor& shard, std::string path) : shard_(shard), path_(std::move(path)) {}

  const std::string& path() const noexcept override { return path_; }
  std::uint64_t generation() const noexcept override { return 1; }
  const model::child_spec& spec() const noexcept override { return definition; }
  executor& shard() noexcept override { return shard_; }
  std::uint32_t shard_index() const noexcept override { return 0; }
  void open() override {}
  void ready() override {}
  void unready() override {}
  void failed(model::cause) override {}
  void ended(model::cause) override {}
  void recycle(std::string, actor::serves_on) override {}
  void show_pid(std::int32_t) override {}
  void show_gauges(std::shared_ptr<const model::gauges>) override {}
  void manage(model::command, model::reply_callback) override {}
  time_point now() override { return steady_monotonic_clock().now(); }
  actor::timer at(time_point, std::function<void()>) override { return {}; }
  void cancel(actor::timer&) noexcept override {}
  result<actor::posted> send(const actor::draft&) override { return actor::posted::sent; }
  actor::call_id request(const actor::draft&, actor::answer_callback) override { return 1; }
  actor::call_id command(const actor::draft&, actor::answer_callback) override { return 1; }
  void cancel_request(actor::call_id) override {}
  std::vector<std::string> matching(std::string_view) override { return {}; }
  void hold_letters() override {}
  void release_letters() override {}
  void watch(std::string_view) override {}
  void unwatch(std::string_view) override {}
  result<void> link(std::string_view) override { return {}; }
  result<void> stash(actor::letter&&) override { return {}; }
  void unstash() override {}
  void bury(actor::letter&&, actor::dead_reason) override {}

  model::child_spec definition;

private:
  executor& shard_;
  std::string path_;
};

} // namespace kraken::containers::test
