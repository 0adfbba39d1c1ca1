// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `pool`: opens its part on every shard, keeps the wanted number of worker containers
/// and is ready while enough of them are. Its workers are restarted by its supervisor, not here.
#pragma once

#include "containers/php/renewal/renewal.hpp"
#include "containers/php/worker_container.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/process/watch/file_watch.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

/// @thread its container's shard
class pool_container final : public actor::incarnation {
public:
  pool_container(actor::host& shell, const pool_environment& environment);
  ~pool_container() override;

  [[nodiscard]] bool takes_letters() const noexcept override { return false; }
  void start() override;
  void drain() override;
  void doomed() override;
  void stop() override;
  void kill() override;
  [[nodiscard]] result<std::uint32_t> scale(std::uint32_t count) override;
  [[nodiscard]] std::string remark_on_size() const override;
  void when_scaled(std::function<void(result<void>)> done) override;
  [[nodiscard]] result<void> recycle_workers(std::function<void(result<void>)> done) override;
  void updated(const model::child_spec& spec, const actor::update_hold& hold) override;
  void child_changed(const model::container_identity& who,
                     const model::container_condition& now) override;

private:
  static constexpr std::string_view template_id = "template";

  struct shared_state;

  struct worker_entry {
    std::uint64_t number = 0; ///< of its id: w7
    model::phase at = model::phase::idle;
    std::shared_ptr<const model::gauges> live;
    std::string why;                                ///< of its last end
    std::uint32_t vain_boots = 0;                   ///< since it was ready
    std::shared_ptr<const pool_settings> made_with; ///< at its next start
  };

  /// What its workers are forked from.
  struct template_entry {
    std::shared_ptr<const pool_settings> made_with; ///< at its next start
    model::phase at = model::phase::idle;
    bool refused = false; ///< it ended by itself: its next try is a start
  };

  using worker_map = std::map<std::string, worker_entry>;

  void open_shards();
  void close_shards();
  void on_each_shard(const std::function<void(pool_shard&)>& what);
  void read_options(const model::child_spec& spec);
  void opened_on_one_shard();
  void staff(std::size_t count);
  void resize(std::size_t count);
  void settle_scaling();
  [[nodiscard]] bool wants_template() const;
  [[nodiscard]] model::child_spec template_spec() const;
  void add_template(std::shared_ptr<const pool_settings> with, model::reply_callback done);
  void remove_template();
  void template_changed(const model::container_condition& now);
  void template_settled();
  void worker_gone(worker_map::iterator which);
  [[nodiscard]] result<void> room_for(std::size_t count) const;
  [[nodiscard]] bool has_room_for(std::size_t count);
  void add_worker();
  void update_shards(const actor::update_hold& hold, std::function<void()> then);
  void update_workers(const actor::update_hold& hold);
  void give(const std::string& id, const actor::update_hold& hold);
  void renew(renewed which);
  void renew_outdated(const actor::update_hold& hold);
  [[nodiscard]] bool is_outdated(const std::string& id) const;
  [[nodiscard]] bool any_is_outdated() const;
  [[nodiscard]] bool some_prove_it() const;
  [[nodiscard]] std::shared_ptr<const pool_settings>* made_with(const std::string& id);
  [[nodiscard]] std::vector<renewal_candidate> candidates() const;
  [[nodiscard]] renewal_facts facts_of(const std::string& id) const;
  void replace(const std::string& id, model::verb how);
  void take_back(const std::string& id);
  void wait_no_longer();
  void remove_worker(worker_map::iterator which);
  [[nodiscard]] worker_map::iterator least_needed();
  [[nodiscard]] model::pool_load load() const;
  void follow_load();
  void look_at_idle_time();
  void renew_next();
  void renewed_one(const std::string& id, const result<model::reply>& done);
  void renewal_over(const result<void>& outcome);
  void watch_files();
  void files_changed(const process::changed_files& which);
  void renew_code();
  void tell_of_code(const result<void>& outcome);
  void judge_readiness();
  void boot_failed(const model::container_identity& who, const model::cause& why);
  [[nodiscard]] model::child_spec
  worker_spec(const std::string& id,
              std::uint64_t number,
              const std::shared_ptr<const pool_settings>& made_with) const;
  [[nodiscard]] bool boots_in_vain() const;
  void judge_outlook();
  void hope_again();
  [[nodiscard]] std::uint32_t count_in(model::phase at) const;

  actor::host& shell_;
  const pool_environment& environment_;
  std::shared_ptr<const pool_settings> settings_;
  std::shared_ptr<const pool_settings> proven_; ///< what a new worker is made with
  std::shared_ptr<const pool_settings> before_; ///< of the one that is being replaced; or null
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  std::vector<std::shared_ptr<model::gauges>> parts_; ///< of `live_`, by shard
  std::shared_ptr<pool_group> group_;                 ///< null before `start`
  std::shared_ptr<shared_state> shared_;
  worker_map workers_; ///< by id
  std::optional<template_entry> template_;
  renewal renewal_;
  std::vector<actor::update_hold> update_holds_; ///< until all are made with `settings_`
  actor::timer update_patience_;
  std::function<void(result<void>)> all_recycled_; ///< null: no operator has asked for that
  std::vector<std::function<void(result<void>)>> told_when_scaled_;
  std::unique_ptr<reactor::waiting> idle_watch_;
  std::uint32_t shards_open_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint32_t min_ = 0;
  std::uint32_t templates_leaving_ = 0; ///< removed, and not gone yet
  std::unique_ptr<process::file_watch> watch_;
  std::vector<process::file_pattern> watched_;
  std::optional<std::size_t> awaiting_template_; ///< workers to be made when it forks, or fails
  bool has_served_ = false;                      ///< a worker was ready once
  bool hopeless_ = false;                        ///< its shards know that no worker boots
  bool told_hopeless_ = false;
  bool ready_ = false;
  bool closing_ = false;
  bool cramped_ = false; ///< and told so
  bool ended_ = false;
};

} // namespace kraken::containers
