// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The options as Markdown.
#include "config/reference_page.hpp"

#include "config/detail/container_options.hpp"
#include "config/detail/sections.hpp"
#include "config/kind_table.hpp"

#include "kraken/base/units.hpp"
#include "kraken/model/solvers.hpp"

#include <cstdint>
#include <limits>
#include <string_view>

namespace kraken::config {

namespace {

constexpr std::string_view solvers_text = R"(
## Answers to failures

What `local` may give for a class or cause of failure: one word, or a list of solvers that are
carried out one after the other, each as `local_params` says. The first that fails for good ends the
list, and the failure goes to the parent.

```yaml
root:
  children:
    - id: mailer
      type: php
      start: App\Mailer
      local:
        App\Mail\Refused: continue
        exit_code: [CmdLog, ContainerStart]
        signal:SIGSEGV: stop
```

A cause is a class of PHP (also one of its parents or interfaces) or one of these words; the first
rule that matches counts, and `*` matches everything:

| cause | what happened |
|---|---|
| `exit:3`, `exit:*`, `exit_code` | exit code 3; any exit code; any but 0 |
| `signal:9`, `signal:SIGSEGV`, `signal:*` | ended by that signal; by any |
| `exception` | threw, whatever the class |
| `start` (`start_error`, `start_timeout`) | could not be launched, or was not ready in time |
| `timeout`, `probe`, `oom` | too long for a request; an alive probe failed; out of memory |
| `child` | a child's failure that became its own |
| `shared_fate` | its process died with another's fault |
| `protocol` | did not keep to the protocol |
)";

constexpr auto no_maximum = std::numeric_limits<std::int64_t>::max();

std::string markdown_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  return text.empty() ? std::string{} : "`" + markdown_cell(text) + "`";
}

std::string range_text(const shape& looks, const option_traits& traits) {
  const auto print = [&looks](std::int64_t value) {
    return looks.is == shape::type::duration ? to_string(milliseconds{value})
           : looks.is == shape::type::size   ? to_string(bytes{static_cast<std::uint64_t>(value)})
                                             : std::to_string(value);
  };
  if (traits.max != no_maximum) {
    return ", " + print(traits.min) + " to " + print(traits.max);
  }
  return traits.min == 0 ? std::string{} : ", at least " + print(traits.min);
}

std::string type_text(const shape& looks, const option_traits& traits) {
  switch (looks.is) {
  case shape::type::text:
    return "text";
  case shape::type::truth:
    return "`true`, `false`";
  case shape::type::integer:
    return "integer" + range_text(looks, traits);
  case shape::type::number:
    return "number" + range_text(looks, traits);
  case shape::type::duration:
    return "duration" + range_text(looks, traits);
  case shape::type::size:
    return "size" + range_text(looks, traits);
  case shape::type::choice: {
    std::string out;
    for (const auto word : looks.words) {
      out.append(out.empty() ? "" : ", ").append(markdown_code(word));
    }
    return out;
  }
  case shape::type::list:
    return looks.parts.front().is == shape::type::section
               ? "list of maps"
               : "list of " + type_text(looks.parts.front(), traits);
  case shape::type::map:
    return "map to " + type_text(looks.parts.front(), traits);
  case shape::type::section:
    return "map";
  case shape::type::any_of: {
    std::string out;
    for (const auto& part : looks.parts) {
      out.append(out.empty() ? "" : " or ").append(type_text(part, traits));
    }
    return out;
  }
  }
  return {};
}

/// The default at `key` (`queue.timeout`), as text of a cell.
std::string default_text(const node& defaults, std::string_view key) {
  const auto* at = &defaults;
  while (at != nullptr && !key.empty()) {
    const auto dot = key.find('.');
    at = at->find(key.substr(0, dot));
    key = dot == std::string_view::npos ? std::string_view{} : key.substr(dot + 1);
  }
  return at != nullptr && at->scalar() ? markdown_code(at->text) : std::string{};
}

void add_rows(const section& what,
              const node& defaults,
              const std::string& prefix,
              apply above,
              std::string& out) {
  for (const auto& option : all_options(what)) {
    const auto& traits = option.row->traits;
    out +=
        "| " + markdown_code(prefix + option.key) + " | " + type_text(option.looks, traits) + " | ";
    out += traits.need == presence::required ? "required" : default_text(defaults, option.key);
    out.append(" | ").append(word_of(above == apply::restart ? option.when : above)).append(" | ");
    out += markdown_cell(traits.summary);
    out += traits.level == tier::experimental ? " (experimental)" : "";
    out += traits.shown == secrecy::secret ? " (values are never shown)" : "";
    out += " |\n";
    if (option.looks.is == shape::type::list &&
        option.looks.parts.front().is == shape::type::section) {
      const auto& inner = *option.looks.parts.front().inner;
      add_rows(
          inner, inner.standard(exposure::full), prefix + option.key + "[].", option.when, out);
    }
  }
}

void add_table(std::string_view title,
               std::string_view text,
               const section& what,
               const node& defaults,
               std::string& out) {
  out.append("\n## ").append(title).append("\n\n").append(text).append("\n\n");
  out += "| option | value | default | reload | meaning |\n|---|---|---|---|---|\n";
  add_rows(what, defaults, {}, apply::restart, out);
}

/// Of a kind without options of its own.
void add_plain_kind(const kind_row& kind, std::string& out) {
  out.append("\n## Kind `").append(kind.name).append("`\n\n").append(kind.summary);
  out += ". It has no options of its own: those of every container are all.\n";
}

enum class done_by : std::uint8_t { left_out, told };

/// @param table rows of names that an answer to a failure may have
template <class Rows>
void add_solvers(const Rows& table, done_by shown, std::string& out) {
  out += shown == done_by::told ? "\n| solver | done by | effect |\n|---|---|---|\n"
                                : "\n| word | effect |\n|---|---|\n";
  for (const model::solver_row& row : table) {
    out += "| " + markdown_code(row.name) + " | ";
    if (shown == done_by::told) {
      out += row.layer == model::solver_layer::remote ? "its parent | " : "the container | ";
    }
    out += markdown_cell(row.summary) + " |\n";
  }
}

void add_answers_to_failures(std::string& out) {
  out += solvers_text;
  add_solvers(model::directive_table, done_by::left_out, out);
  add_solvers(model::solver_table, done_by::told, out);
}

constexpr std::string_view page_head_text = R"(# Options

<!-- generated by kraken-generate from the option tables in `config/`; do not edit -->

Written in `kraken.yaml`, overridden by environment and flags: default < file < environment < flag.
`--set web.queue.timeout=5s` and `KRAKEN_WEB_QUEUE_TIMEOUT=5s` both mean the option `queue.timeout`
of the container `web`. A list in a variable or flag is separated by commas, or YAML in brackets.
With several files (`-c a.yaml -c b.yaml`) the later one is laid over the earlier, containers by
`id`.

Durations need a unit (`500ms`, `10s`, `5m`, `2h`, `1d`), sizes too (`512B`, `64K`, `256M`, `1G`); a
bare `0` is allowed. The column *reload* says what a reload does with a changed value. `live`: what
runs takes it over. `rolling`: a pool goes on and replaces its workers one by one, each when the
next one is ready; so it does for another `start`. `restart`: what runs is ended first, but a front
is replaced beside the one that runs, which ends when its connections have. A reload is answered
when the new values are in force; if what needs them does not start, all is as it was before.
Relative names of files are relative to the file they are written in, wherever a command is run and
whatever `DIR` is in `kraken serve DIR -c FILE`; those on the command line (`DIR` and `FILE`, values
of `--set`) are relative to the working directory.

## Several files, templates, placeholders

```yaml
include: [base.yaml, apps/*.yaml]   # relative to this file; this file has the last word
vars: {mail: ops@example.org}
templates:
  job: {type: process, restart: transient, user: www-data}
  php: {extends: job, env: {APP_ENV: "%env.APP_ENV|production%"}}
root:
  context: {port: "8080"}
  children:
    - {id: mailer, extends: php, start: [php, mail.php, "%vars.mail%"]}
    - {id: probe, extends: [job, php], start: [./probe, "%inherited.port%"]}
    - include: more/*.yaml     # files with one container, or a list of them
```

`include` on the top level lays the files over each other in their order, and the file itself over
them. In `children` it brings containers. `extends` puts a template's options under a container's
own: maps key by key, `children` by `id`, `ready` and `alive` whole. YAML's anchors, aliases and
`<<` work within one file. Mistakes are named where they were written, cycles with their chain.

| placeholder | stands for |
|---|---|
| `%env.NAME%`, `%env.NAME\|otherwise%` | a variable of the daemon's environment |
| `%vars.NAME%` | an element of `vars`, top level; not in `vars` itself |
| `%inherited.NAME%` | an element of the `context` of the nearest container above that has it |
| `%alias%` `%parent%` `%path%` | `id` of the container, path of its parent, its own path |
| `%name%` `%runtime%` | `name` and `type` of the container |
| `%node%` `%basepath%` `%localhost%` | name of the daemon, directory of the file, `127.0.0.1` |
| `%%` | one per cent sign |

`kraken config:explain` shows every option in force and who gave it; `kraken config:schema` prints a
JSON Schema for editors. `kraken config:validate` checks a file and what it needs of this machine:
programs in `PATH` and executable, worker scripts and document roots, working directories, users and
groups of whatever starts with the daemon; folders of logs, sockets, temporary files and of files to
answer with; plugins, the token, what containers in PHP load, programs of `ready` and `alive`. Who
has a `user` must be able to get at what that user opens, by the permission bits of each folder on
the way; the rest is looked at as whoever runs the command. `watch` is not looked for: its files may
come later. `serve` and `reload` refuse a file for the same reasons; `--portable` leaves the machine
out: no program, file, user or group is looked for, no limit is compared with this machine's, and
root is told the same as everybody: only a `user: root` that is written needs `allow_root`.
)";

constexpr std::string_view template_text =
    R"(# First configuration of a Kraken application. All options: docs/reference/options.md
# Check: kraken config:validate      Run: kraken serve
node: kraken

log:
  level: info             # debug, info, warn, error or off
  format: text            # text or json

root:
  supervise: {strategy: rest_for_one}
  children:
    # PHP workers. Each is supervised: one that ends is replaced.
    - id: web
      type: pool
      start: [php, worker.php]
      size: 4             # or {min: 2, count: 4, max: 16}
      queue: {max: 1000, timeout: 10s}
      request: {timeout: 30s}
      recycle: {requests: 10000, memory: 128M}
      # user: www-data    # needed when the daemon runs as root
      # env: {APP_ENV: production}

    # The HTTP front. Last to start, first to stop.
    - id: http
      type: http
      listen: "127.0.0.1:8888"
      routes:
        - {path: /, to: web, retry: none}
)";

} // namespace

std::string reference_page() {
  std::string out{page_head_text};
  const auto& daemon = detail::daemon_section();
  add_table("The daemon",
            "At the top of the file, beside `root`: the container `Main`, whose `children` are the "
            "tree.",
            daemon,
            daemon.standard(exposure::full),
            out);
  add_table("Every container",
            "An element of `children`. Its `type` is one of the kinds below.",
            detail::container_section(),
            standard_container("supervisor"),
            out);
  for (const auto& kind : kinds()) {
    if (const auto* options = kind.options()) {
      add_table("Kind `" + std::string{kind.name} + "`",
                std::string{kind.summary} + ".",
                *options,
                standard_container(kind.name),
                out);
    } else {
      add_plain_kind(kind, out);
    }
  }
  add_answers_to_failures(out);
  return out;
}

std::string init_template() {
  return std::string{template_text};
}

} // namespace kraken::config
