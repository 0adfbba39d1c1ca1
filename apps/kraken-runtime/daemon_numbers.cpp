// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the daemon counts, for the metrics page and for Narya's endpoints.
#include "apps/kraken-runtime/daemon.hpp"

#include "config/pool_options.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

namespace kraken::runtime {

namespace {

void measure_own_threads(containers::metrics_page& page, const containers::own_threads& all) {
  using type = containers::metrics_page::type;
  const auto stuck = all.stuck();
  const auto own = std::max(all.running(), stuck); // one may have ended in between
  const auto threads = [&](const char* state, std::size_t count) {
    page.add("kraken_own_threads",
             type::gauge,
             "Threads of native containers that have one of their own.",
             {{"state", state}},
             static_cast<double>(count));
  };
  threads("serving", own - stuck);
  threads("stuck", stuck);
  std::map<std::string, double> longest; // a container may have left several behind
  for (const auto& [path, since] : all.stuck_since()) {
    const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - since;
    longest[path] = std::max(longest[path], lasted.count());
  }
  for (const auto& [path, lasted] : longest) {
    page.add("kraken_own_thread_stuck_seconds",
             type::gauge,
             "How long a container has been gone whose handler has still not returned.",
             {{"container", path}},
             lasted);
  }
}

void measure_front(containers::metrics_page& page,
                   const std::string& path,
                   std::uint32_t shard,
                   const containers::front_counters& counters) {
  using type = containers::metrics_page::type;
  const containers::metrics_page::labels of{{"container", path}, {"shard", std::to_string(shard)}};
  const auto add = [&](const char* name, type kind, const char* help, const auto& value) {
    page.add(name, kind, help, of, static_cast<double>(value.get()));
  };
  add("kraken_http_connections_open",
      type::gauge,
      "Open client connections.",
      counters.connections_open);
  add("kraken_http_connections_total",
      type::counter,
      "Connections accepted.",
      counters.connections_accepted);
  add("kraken_http_connections_refused_total",
      type::counter,
      "Connections refused: more than limits.connections.",
      counters.connections_refused);
  add("kraken_http_accepts_failed_total",
      type::counter,
      "Times that nothing could be accepted for want of descriptors or memory.",
      counters.accepts_failed);
  add("kraken_http_requests_total", type::counter, "Requests received.", counters.requests);
  add("kraken_http_malformed_total",
      type::counter,
      "Requests refused as malformed.",
      counters.malformed);
  add("kraken_http_clients_gone_total",
      type::counter,
      "Requests whose client left before the answer.",
      counters.client_gone);
  add("kraken_http_bodies_stored_total",
      type::counter,
      "Request bodies too large for memory, handed over in a file.",
      counters.bodies_stored);
  add("kraken_http_bodies_not_stored_total",
      type::counter,
      "Request bodies refused with 503 because they could not be written.",
      counters.bodies_not_stored);
  add("kraken_http_spooled_bytes_total",
      type::counter,
      "Bytes of responses written to temporary files because clients read slowly.",
      counters.spooled_bytes);
  add("kraken_http_spool_bytes", type::gauge, "Of these, in files now.", counters.spool_bytes);
  for (std::size_t group = 1; group < counters.responses.size(); ++group) {
    auto labelled = of;
    labelled.emplace_back("class", std::to_string(group) + "xx");
    page.add("kraken_http_responses_total",
             type::counter,
             "Responses by status class.",
             std::move(labelled),
             static_cast<double>(counters.responses[group].get()));
  }
}

} // namespace

// The import of a Narya configuration routes Narya's own paths to this name.
void daemon::open_narya_status() {
  narya_ = std::make_unique<containers::narya_status>(
      tree_->status(), clock_, [this] { return narya_numbers(); });
  for (std::uint32_t i = 0; i < pools_.size(); ++i) {
    pools_.part(i).sinks.at("@narya").live = narya_.get();
  }
}

containers::narya_numbers daemon::narya_numbers() const {
  containers::narya_numbers out;
  fronts_.visit([&](const std::string&, std::uint32_t, const containers::front_counters& counters) {
    out.requests += counters.requests.get();
    for (std::size_t group = 1; group < counters.responses.size(); ++group) {
      (group < 5 ? out.success : out.failed) += counters.responses[group].get();
    }
  });
  for (const auto& each : tree_->status().list()) {
    if (each->kind == "worker" && each->live) {
      out.active += each->live->sum(&model::gauges::busy);
    }
  }
  for (const auto& child : plan_.root.children) {
    const auto* pool = dynamic_cast<const config::pool_spec_options*>(child.options.get());
    if (pool != nullptr) {
      out.min_workers = pool->values.size.min;
      out.max_workers = pool->values.size.max;
    }
  }
  return out;
}

void daemon::measure(containers::metrics_page& page) {
  using type = containers::metrics_page::type;
  fronts_.visit([&](const std::string& path,
                    std::uint32_t shard,
                    const containers::front_counters& counters) {
    measure_front(page, path, shard, counters);
  });
  measure_access_logs(page);
  measure_pools(page);
  measure_output(page);
  measure_output_files(page);
  measure_own_threads(page, own_threads_);
  page.add("kraken_orphans_killed_total",
           type::counter,
           "Processes ended because they had outlived their container.",
           {},
           static_cast<double>(orphans_killed_.get()));
  page.add("kraken_orphans_unknown",
           type::gauge,
           "Processes below the daemon that nothing ties to a container; they end with the daemon.",
           {},
           static_cast<double>(orphans_unknown_.get()));
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    page.add("kraken_shard_silent_seconds",
             type::gauge,
             "How long a thread has been held up; 0: it turns.",
             {{"shard", std::to_string(i)}},
             std::chrono::duration<double>(shards_->silent(i)).count());
  }
}

void daemon::measure_output(containers::metrics_page& page) {
  using type = containers::metrics_page::type;
  logs_.visit([&](const std::string& path, const process::container_log& log) {
    const auto counts = log.counts();
    const containers::metrics_page::labels of{{"container", path}};
    page.add("kraken_output_lines_total",
             type::counter,
             "Lines a program has written.",
             of,
             static_cast<double>(counts.lines));
    page.add("kraken_output_lines_dropped_total",
             type::counter,
             "Of these not logged, because there were too many or too much in a second.",
             of,
             static_cast<double>(counts.lines_dropped));
    page.add("kraken_output_bytes_cut_total",
             type::counter,
             "Bytes of lines that were too long.",
             of,
             static_cast<double>(counts.bytes_cut));
  });
  page.add("kraken_log_lines_lost_total",
           type::counter,
           "Lines of the daemon's log that could not be written.",
           {},
           static_cast<double>(log::lost()));
}

void daemon::measure_output_files(containers::metrics_page& page) {
  using type = containers::metrics_page::type;
  output_files_.visit([&](const process::line_file& file) {
    const containers::metrics_page::labels of{{"file", file.file()}};
    page.add("kraken_output_file_written_total",
             type::counter,
             "Lines of programs that their file has.",
             of,
             static_cast<double>(file.counters().written.load(std::memory_order_relaxed)));
    page.add("kraken_output_file_dropped_total",
             type::counter,
             "Lines of programs that were lost: the file was slow, or full.",
             of,
             static_cast<double>(file.counters().dropped.load(std::memory_order_relaxed)));
  });
}

std::string daemon::turning_away() const {
  std::string out;
  std::string last;
  fronts_.visit([&, now = control_.now()](const std::string& path,
                                          std::uint32_t,
                                          const containers::front_counters& counters) {
    if (counters.turns_away(now) && path != last) {
      out += path + " turns clients away: no descriptor or memory for them\n";
      last = path;
    }
  });
  return out;
}

void daemon::measure_access_logs(containers::metrics_page& page) {
  using type = containers::metrics_page::type;
  struct lines {
    std::uint64_t written = 0;
    std::uint64_t dropped = 0;
  };
  std::map<std::string, lines> all; // a container has two while one front takes over from another
  access_logs_.visit([&](const containers::access_log& log) {
    auto& sum = all[log.container()];
    sum.written += log.counters().written.load(std::memory_order_relaxed);
    sum.dropped += log.counters().dropped.load(std::memory_order_relaxed);
  });
  for (const auto& [container, sum] : all) {
    const containers::metrics_page::labels of{{"container", container}};
    page.add("kraken_access_log_written_total",
             type::counter,
             "Lines of the access log that its file has.",
             of,
             static_cast<double>(sum.written));
    page.add("kraken_access_log_dropped_total",
             type::counter,
             "Lines of the access log that were lost: the file was slow, or full.",
             of,
             static_cast<double>(sum.dropped));
  }
}

// What the pools count, per shard.
void daemon::measure_pools(containers::metrics_page& page) {
  using type = containers::metrics_page::type;
  pool_counters_.visit([&](const std::string& path,
                           std::uint32_t shard,
                           const containers::pool_counters& counters) {
    const containers::metrics_page::labels of{{"container", path},
                                              {"shard", std::to_string(shard)}};
    const auto add = [&](const char* name, type kind, const char* help, const metric& value) {
      page.add(name, kind, help, of, static_cast<double>(value.get()));
    };
    add("kraken_pool_requests_total", type::counter, "Requests taken.", counters.requests);
    add("kraken_pool_answered_total",
        type::counter,
        "Requests answered by a worker.",
        counters.answered);
    add("kraken_pool_crashed_total",
        type::counter,
        "502: the worker ended before it answered.",
        counters.crashed);
    add("kraken_pool_timed_out_total",
        type::counter,
        "504: no answer in time.",
        counters.timed_out);
    add("kraken_pool_queue_full_total",
        type::counter,
        "503: the queue was full.",
        counters.queue_full);
    add("kraken_pool_queue_expired_total",
        type::counter,
        "503: no worker became free in time.",
        counters.queue_expired);
    add("kraken_pool_refused_total",
        type::counter,
        "503: the pool stops or does not boot; 413: too large for a frame.",
        counters.refused);
    add("kraken_pool_retried_total",
        type::counter,
        "Requests given to a second worker.",
        counters.retried);
    add("kraken_pool_waiting", type::gauge, "Requests that wait for a worker.", counters.waiting);
    add("kraken_pool_busy", type::gauge, "Workers with a request.", counters.busy);
    add("kraken_pool_workers", type::gauge, "Workers that take requests.", counters.workers);
  });
}

} // namespace kraken::runtime
