// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A pool follows the files it is made from (docs/decisions/0029): a change replaces its template,
/// then its workers, each when the next one has booted. What does not boot replaces nothing.
#include "containers/php/pool_container.hpp"

#include "containers/program/watched_files.hpp"
#include "kraken/base/log.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace kraken::containers {

namespace {

std::string names_of(const process::changed_files& which) {
  std::string out;
  for (const auto& each : which.some) {
    out.append(out.empty() ? "" : ", ").append(each);
  }
  if (which.more) {
    out += out.empty() ? "more than could be followed" : " and others";
  }
  return out;
}

std::vector<process::file_pattern> files_of(const pool_settings& settings) {
  std::span<const std::string> words{settings.argv};
  const bool program = settings.carrier == config::worker_carrier::program;
  if (!words.empty() && (program || (words.size() > 1 && words.front() == "php"))) {
    words = words.subspan(1);
  }
  return watched_files(settings.watch, settings.process.cwd, words);
}

} // namespace

void pool_container::watch_files() {
  auto wanted = files_of(*settings_);
  if (ended_ || wanted == watched_) {
    return;
  }
  watched_ = std::move(wanted);
  watch_.reset();
  if (watched_.empty()) {
    return;
  }
  const auto not_all = [path = shell_.path()](const error& why) {
    log::warn("watch_incomplete", {{"container", path}, {"reason", why.text()}});
  };
  watch_ = std::make_unique<process::file_watch>(
      *environment_.pools->part(shell_.shard_index()).loop,
      watched_,
      process::file_watch::callbacks{
          .changed = [this](const process::changed_files& which) { files_changed(which); },
          .incomplete = not_all});
  if (auto started = watch_->start(); !started) {
    not_all(started.error());
    watch_.reset();
  }
}

void pool_container::files_changed(const process::changed_files& which) {
  auto files = names_of(which);
  log::info("code_changed", {{"container", shell_.path()}, {"files", files}});
  shell_.note("code_changed", {{"files", std::move(files)}});
  renewal_.code_changed();
  hope_again();
  if (!awaiting_template_) { // whatever becomes of that one, it began with the code of before
    renew_code();
  }
}

void pool_container::renew_code() {
  renew(renewed::all);
}

void pool_container::tell_of_code(const result<void>& outcome) {
  if (!renewal_.code_settled()) {
    return;
  }
  if (outcome) {
    log::info("code_taken", {{"container", shell_.path()}});
    shell_.note("code_taken", {});
  } else {
    log::error("code_refused", {{"container", shell_.path()}, {"reason", outcome.error().context}});
    shell_.note("code_refused", {{"reason", outcome.error().context}});
  }
}

} // namespace kraken::containers
