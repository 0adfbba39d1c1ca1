// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Narya's keys as our options.
#include "config/narya/narya_import.hpp"

#include "config/detail/value_text.hpp"
#include "config/narya/narya_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace kraken::config {

namespace {

constexpr std::int64_t narya_port_max = 65'535;

struct narya_key {
  std::string_view path;
  bool used; ///< false: known to Narya, without a meaning here
};

constexpr std::array narya_keys{
    narya_key{"server.host", true},
    narya_key{"server.port", true},
    narya_key{"server.read_timeout", true},
    narya_key{"server.write_timeout", true},
    narya_key{"server.enable_http2", true},
    narya_key{"server.backlog", false},
    narya_key{"workers.count", true},
    narya_key{"workers.min_workers", true},
    narya_key{"workers.max_workers", true},
    narya_key{"workers.scale_down_idle_secs", true},
    narya_key{"workers.aggressive_scale_down_secs", true},
    narya_key{"workers.max_requests", true},
    narya_key{"workers.timeout", true},
    narya_key{"workers.backpressure.enabled", true},
    narya_key{"workers.backpressure.max_queue", true},
    narya_key{"workers.queue_timeout.enabled", true},
    narya_key{"workers.queue_timeout.timeout_ms", true},
    narya_key{"workers.keep_warm", false},
    narya_key{"workers.socket_dir", false},
    narya_key{"workers.warmup_stagger_ms", false},
    narya_key{"workers.fast_warmup", false},
    narya_key{"php.binary", true},
    narya_key{"php.worker_script", true},
    narya_key{"logging.level", true},
    narya_key{"logging.format", true},
};

struct narya_env_row {
  std::string_view variable;
  std::string_view path;
};

constexpr std::array narya_env{
    narya_env_row{"NARYA_HOST", "server.host"},
    narya_env_row{"NARYA_PORT", "server.port"},
    narya_env_row{"NARYA_WORKERS", "workers.count"},
    narya_env_row{"NARYA_LOG_LEVEL", "logging.level"},
};

std::string lower_word(std::string_view text) {
  std::string out{text};
  std::ranges::transform(
      out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Puts a value over what the file says.
void put_narya(node& document, std::string_view path, std::string_view text, place at) {
  const auto dot = path.find('.');
  auto value = node::of_text(std::string{text});
  value.at = std::move(at);
  if (document.find(path.substr(0, dot)) == nullptr) {
    document.set(path.substr(0, dot), node::map());
  }
  document.find(path.substr(0, dot))->set(path.substr(dot + 1), std::move(value));
}

class narya_translation {
public:
  narya_translation(const node& from, narya_document& out)
      : from_(from), out_(out), in_(out.errors) {}

  void run() {
    warn_of_unknown(from_, {});
    out_.document = node::map();
    translate_log();
    auto children = node::list();
    children.items.push_back(pool());
    children.items.push_back(front());
    auto supervise = node::map();
    supervise.set("strategy", node::of_text("rest_for_one"));
    auto root = node::map();
    root.set("supervise", std::move(supervise)).set("children", std::move(children));
    out_.document.set("root", std::move(root));
  }

private:
  struct integer {
    std::int64_t value = 0;
    place at;
  };

  void warn(const place& at, const std::string& text) {
    out_.warnings.push_back(at.text() + ": " + text);
  }

  void fault(const place& at, std::string text) { in_.fault(at, std::move(text)); }

  const node* find(std::string_view path) const {
    const auto* at = &from_;
    while (at != nullptr && !path.empty()) {
      const auto dot = path.find('.');
      at = at->find(path.substr(0, dot));
      path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    // Go's YAML reader leaves the default when a key has no value.
    return at == nullptr || at->is == node::type::null ? nullptr : at;
  }

  integer number(std::string_view path, std::int64_t standard) {
    const auto* at = find(path);
    if (at == nullptr) {
      return {standard, from_.at};
    }
    const reader::inside here{in_, path};
    option_traits any;
    any.min = std::numeric_limits<std::int64_t>::min();
    return {detail::read_integer(*at, any, in_).value_or(standard), at->at};
  }

  /// Values <= 0 keep the default.
  integer positive(std::string_view path, std::int64_t standard) {
    auto out = number(path, standard);
    out.value = out.value > 0 ? out.value : standard;
    return out;
  }

  bool truth(std::string_view path, bool standard) {
    const auto* at = find(path);
    const reader::inside here{in_, path};
    return at == nullptr ? standard : detail::read_truth(*at, in_).value_or(standard);
  }

  node word(std::string_view path, std::string_view standard) {
    const auto* at = find(path);
    const reader::inside here{in_, path};
    auto text = at == nullptr ? std::nullopt : detail::read_text(*at, in_);
    auto out = node::of_text(text && !text->empty() ? *text : std::string{standard});
    out.at = at == nullptr ? from_.at : at->at;
    return out;
  }

  static node with_unit(const integer& value, std::string_view unit) {
    const auto number = std::max<std::int64_t>(value.value, 0);
    auto out = node::of_text(number == 0 ? "0" : std::to_string(number).append(unit));
    out.at = value.at;
    return out;
  }

  static node map_of(std::initializer_list<std::pair<std::string_view, node>> entries) {
    auto out = node::map();
    for (const auto& [key, value] : entries) {
      out.set(key, value);
    }
    return out;
  }

  void warn_of_unknown(const node& map, const std::string& prefix) {
    for (const auto& each : map.entries) {
      const auto path = prefix + each.key;
      const auto exact = std::ranges::find(narya_keys, path, &narya_key::path);
      const bool group = std::ranges::any_of(
          narya_keys, [&](const auto& key) { return key.path.starts_with(path + "."); });
      if (exact != narya_keys.end()) {
        if (!exact->used) {
          warn(each.at, path + ": has no effect here, ignored");
        }
      } else if (!group) {
        warn(each.at, path + ": unknown key, ignored");
      } else if (each.value.is == node::type::map) {
        warn_of_unknown(each.value, path + ".");
      } else if (each.value.is != node::type::null) {
        fault(each.value.at, path + ": expected a map, got " + detail::got(each.value));
      }
    }
  }

  void translate_log() {
    auto level = word("logging.level", "info");
    level.text = lower_word(level.text);
    level.text = level.text == "warning" ? "warn" : level.text;
    constexpr std::array<std::string_view, 4> levels{"debug", "info", "warn", "error"};
    if (std::ranges::find(levels, level.text) == levels.end()) {
      warn(level.at, "logging.level: unknown level '" + level.text + "', using info");
      level.text = "info";
    }
    auto format = word("logging.format", "text");
    format.text = lower_word(format.text);
    if (format.text != "text" && format.text != "json") {
      warn(format.at, "logging.format: unknown format '" + format.text + "', using text");
      format.text = "text";
    }
    out_.document.set("log", map_of({{"level", level}, {"format", format}}));
  }

  node size() {
    const auto count = number("workers.count", 4);
    if (count.value < 1) {
      fault(count.at, "number of workers must be at least 1");
      return node::of_text("1");
    }
    const auto min = positive("workers.min_workers", count.value);
    const auto max = positive("workers.max_workers", count.value);
    if (min.value > count.value || count.value > max.value) {
      fault(
          count.at,
          "must be min_workers <= count <= max_workers (current: min=" + std::to_string(min.value) +
              " count=" + std::to_string(count.value) + " max=" + std::to_string(max.value) + ")");
    }
    return map_of({{"min", with_unit(min, "")},
                   {"count", with_unit(count, "")},
                   {"max", with_unit(max, "")}});
  }

  // Both strategies at once came with the later upstream, whose file is `.nry.yaml`; there
  // max_queue 0 means no limit. Ours is always bounded.
  node queue() {
    const bool later = from_.at.source != nullptr && from_.at.source->ends_with(".nry.yaml");
    const bool rejects = truth("workers.backpressure.enabled", false);
    const bool waits = truth("workers.queue_timeout.enabled", false);
    const auto most = number("workers.backpressure.max_queue", 0);
    const auto time = number("workers.queue_timeout.timeout_ms", 0);
    auto out = map_of({{"timeout", with_unit({0, time.at}, "ms")}});
    if (rejects && waits && !later) {
      fault(from_.at, "backpressure and queue_timeout are mutually exclusive - enable only one");
    }
    if (most.value < 0) {
      fault(most.at, "backpressure.max_queue must be >= 0");
    }
    if (waits && time.value <= 0) {
      fault(time.at, "queue_timeout.timeout_ms must be > 0");
    }
    if (waits) {
      out.set("timeout", with_unit(time, "ms"));
    }
    if (rejects && later && most.value == 0) {
      warn(most.at, "workers.backpressure.max_queue: 0 means the default limit here");
    } else if (rejects) {
      auto max = with_unit(most, "");
      out.set("max", std::move(max));
    }
    return out;
  }

  node pool() {
    auto start = node::list();
    start.items.push_back(word("php.binary", "php"));
    start.items.push_back(word("php.worker_script", "worker.php"));
    start.at = start.items.back().at;
    auto requests = with_unit(number("workers.max_requests", 1'000), "");
    auto out = map_of({
        {"id", node::of_text("web")},
        {"type", node::of_text("pool")},
        {"start", start},
        // Relative to where the daemon is started, not to the file.
        {"cwd", node::of_text(".")},
        {"inherit_env", node::of_truth("true")},
        {"dialect", node::of_text("narya")},
        {"size", size()},
        {"queue", queue()},
        {"request", map_of({{"timeout", with_unit(positive("workers.timeout", 30), "s")}})},
        {"recycle", map_of({{"requests", std::move(requests)}})},
        {"scale",
         map_of({{"gradual_idle", with_unit(number("workers.scale_down_idle_secs", 0), "s")},
                 {"aggressive_idle",
                  with_unit(number("workers.aggressive_scale_down_secs", 0), "s")}})},
    });
    out.at = from_.at;
    return out;
  }

  node front() {
    const auto host = word("server.host", "0.0.0.0");
    const auto port = number("server.port", 8'888);
    if (port.value < 1 || port.value > narya_port_max) {
      fault(port.at, "porta inválida: " + std::to_string(port.value));
    }
    const bool v6 = host.text.find(':') != std::string::npos && !host.text.starts_with('[');
    auto address =
        node::of_text((v6 ? "[" + host.text + "]" : host.text) + ":" + std::to_string(port.value));
    address.at = find("server.port") != nullptr ? port.at : host.at;
    auto listen = node::list();
    listen.at = address.at;
    listen.items.push_back(std::move(address));
    if (const auto* h2 = find("server.enable_http2");
        h2 != nullptr && truth("server.enable_http2", true)) {
      warn(h2->at, "server.enable_http2: HTTP/2 is not served");
    }
    auto routes = node::list();
    // Narya answers these itself, whatever the application has there.
    for (const auto* own : {"/health",
                            "/metrics",
                            "/debug/workers",
                            "/narya/health",
                            "/narya/metrics",
                            "/narya/debug/workers"}) {
      routes.items.push_back(
          map_of({{"exact", node::of_text(own)}, {"to", node::of_text("@narya")}}));
    }
    routes.items.push_back(map_of({{"path", node::of_text("/")}, {"to", node::of_text("web")}}));
    const auto read = with_unit(positive("server.read_timeout", 60), "s");
    auto out = map_of({
        {"id", node::of_text("http")},
        {"type", node::of_text("http")},
        {"listen", listen},
        {"routes", routes},
        // The most that fits into a frame of the dialect.
        {"limits", map_of({{"body", node::of_text("10M")}})},
        {"timeouts",
         map_of({{"header", read},
                 {"body", read},
                 {"idle", read},
                 {"write", with_unit(positive("server.write_timeout", 60), "s")}})},
    });
    out.at = from_.at;
    return out;
  }

  const node& from_;
  narya_document& out_;
  reader in_;
};

/// Only values > 0 count, as in Narya.
bool counts(const std::optional<std::string>& number) {
  return number && !number->empty() && number->front() != '-' &&
         number->find_first_not_of('0') != std::string::npos;
}

} // namespace

narya_document import_narya(const node& file,
                            const std::map<std::string, std::string>& environment,
                            const narya_flags& flags) {
  narya_document out;
  auto merged = file;
  if (file.is != node::type::map && file.is != node::type::null) {
    out.errors.push_back({file.at, {}, "expected a map of options, got " + detail::got(file)});
    return out;
  }
  if (auto other = fault_of_roadrunner(file)) {
    out.errors.push_back(std::move(*other));
    return out;
  }
  const auto source = [](std::string_view text) {
    return std::make_shared<const std::string>(text);
  };
  for (const auto& [variable, path] : narya_env) {
    const auto found = environment.find(std::string{variable});
    if (found != environment.end() && !found->second.empty()) {
      put_narya(merged, path, found->second, {origin::environment, source(variable), 0, 0});
    }
  }
  const auto flag = [&](std::string_view name, std::string_view path, const std::string& text) {
    put_narya(merged, path, text, {origin::flag, source(name), 0, 0});
  };
  if (flags.host && !flags.host->empty()) {
    flag("-host", "server.host", *flags.host);
  }
  if (counts(flags.port)) {
    flag("-port", "server.port", *flags.port);
  }
  if (counts(flags.workers)) {
    flag("-workers", "workers.count", *flags.workers);
  }
  narya_translation{merged, out}.run();
  return out;
}

} // namespace kraken::config
