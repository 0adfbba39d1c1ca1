// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of containers whose written form differs from the struct: shutdown, ready, alive,
/// local.
#include "config/detail/container_table.hpp"
#include "config/detail/listen_address.hpp"
#include "config/detail/sections.hpp"

#include "kraken/base/words.hpp"
#include "kraken/model/local_rules.hpp"
#include "kraken/model/ready_descriptor.hpp"

#include <array>

namespace kraken::config {

namespace {

/// A program and its arguments: text, or a list of words.
struct command_line {
  std::string text; ///< as `split_words` takes it

  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
};

/// `it's` as 'it'"'"'s'; a word that needs no quotes stays as it is.
std::string quoted_word(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t'\"") == std::string::npos) {
    return word;
  }
  std::string out = "'";
  for (const char c : word) {
    out += c == '\'' ? std::string{"'\"'\"'"} : std::string{c};
  }
  return out + "'";
}

/// `ready` as it is written.
struct written_ready {
  std::string message;
  std::string fd;
  std::string tcp;
  std::string http;
  command_line exec;
  milliseconds alive_for{0};
  milliseconds within = model::ready_spec{}.within;
};

/// `alive` as it is written.
struct written_alive {
  milliseconds every{0};
  std::string http;
  command_line exec;
  milliseconds timeout = model::alive_spec{}.timeout;
  std::uint32_t failures = model::alive_spec{}.failures;
};

constexpr std::string_view message_word = "message";

void refuse_target(const node& from, std::string_view key, const std::string& fault, reader& in) {
  if (!fault.empty()) {
    const auto* const at = from.find(key);
    const reader::inside here{in, std::string{key}};
    in.fault(at == nullptr ? from.at : at->at, fault);
  }
}

constexpr std::array ready_texts{
    std::pair{&written_ready::message, model::ready_spec::mode::message},
    std::pair{&written_ready::fd, model::ready_spec::mode::fd},
    std::pair{&written_ready::tcp, model::ready_spec::mode::tcp},
    std::pair{&written_ready::http, model::ready_spec::mode::http},
};

} // namespace

template <>
struct value_codec<command_line> {
  static void read(command_line& into, const node& from, const option_traits& traits, reader& in) {
    std::string text;
    if (from.is == node::type::list) {
      std::vector<std::string> words;
      value_codec<std::vector<std::string>>::read(words, from, traits, in);
      for (const auto& each : words) {
        text += (text.empty() ? "" : " ") + quoted_word(each);
      }
    } else {
      value_codec<std::string>::read(text, from, traits, in);
    }
    if (const auto words = split_words(text); !words) {
      in.fault(from.at, words.error().context);
      return;
    }
    into.text = std::move(text);
  }
  static node write(const command_line& value, exposure) { return node::of_text(value.text); }
  static shape describe() { return value_codec<std::vector<std::string>>::describe(); }
};

template <>
struct option_table<written_ready> {
  static constexpr std::string_view name = "ready";
  static constexpr std::array rows{
      row<&written_ready::message>(
          "message", {.summary = "it says so by READY (any text; `ready: message` in short)"}),
      row<&written_ready::fd>(
          "fd",
          {.summary = "it writes a line to this descriptor, which it inherits (s6); each further "
                      "line is a heartbeat"}),
      row<&written_ready::tcp>("tcp", {.summary = "host:port takes connections"}),
      row<&written_ready::http>(
          "http",
          {.summary = "this URL answers with a status of 200 to 399: `http://127.0.0.1:80/`"}),
      row<&written_ready::exec>(
          "exec",
          {.summary = "this command succeeds; no shell: `[php, check.php]` or `php check.php`"}),
      row<&written_ready::alive_for>("alive_for", {.summary = "it has run that long"}),
      row<&written_ready::within>(
          "within", {.summary = "how long its start may take", .min = 1, .max = 86'400'000}),
  };
};

template <>
struct option_table<written_alive> {
  static constexpr std::string_view name = "alive";
  static constexpr std::array rows{
      row<&written_alive::every>(
          "every", {.summary = "time between two signs of life; 0: none asked", .max = 86'400'000}),
      row<&written_alive::http>(
          "http",
          {.summary = "this URL answers with a status of 200 to 399: `http://127.0.0.1:80/`"}),
      row<&written_alive::exec>(
          "exec",
          {.summary = "this command succeeds; no shell: `[php, check.php]` or `php check.php`"}),
      row<&written_alive::timeout>("timeout",
                                   {.summary = "how long one look may take, or a heartbeat be late",
                                    .min = 1,
                                    .max = 3'600'000}),
      row<&written_alive::failures>(
          "failures",
          {.summary = "looks in a row that fail before the container does (cause `probe`)",
           .min = 1,
           .max = 1'000}),
  };
};

static_assert(every_field_has_a_row<written_ready>());
static_assert(every_field_has_a_row<written_alive>());

void value_codec<model::shutdown_spec>::read(model::shutdown_spec& into,
                                             const node& from,
                                             const option_traits& traits,
                                             reader& in) {
  using mode = model::shutdown_spec::mode;
  if (from.scalar() && (from.text == "infinity" || from.text == "brutal_kill")) {
    into.how = from.text == "infinity" ? mode::infinity : mode::brutal_kill;
    return;
  }
  if (from.scalar() && !from.text.empty() && (from.text[0] < '0' || from.text[0] > '9')) {
    constexpr std::array<std::string_view, 2> words{"infinity", "brutal_kill"};
    in.fault(from.at,
             unknown_text("expected duration, infinity or brutal_kill, got " + detail::got(from),
                          from.text,
                          words));
    return;
  }
  if (const auto time = detail::read_duration(from, traits, in)) {
    into = {mode::within, *time};
  }
}

node value_codec<model::shutdown_spec>::write(const model::shutdown_spec& value, exposure) {
  using mode = model::shutdown_spec::mode;
  switch (value.how) {
  case mode::infinity:
    return node::of_text("infinity");
  case mode::brutal_kill:
    return node::of_text("brutal_kill");
  case mode::within:
    break;
  }
  return node::of_text(to_string(value.time));
}

void value_codec<model::ready_spec>::read(model::ready_spec& into,
                                          const node& from,
                                          const option_traits& traits,
                                          reader& in) {
  if (from.scalar() && from.text == message_word) { // what a program says has no other options
    model::ready_spec out;
    out.how = model::ready_spec::mode::message;
    out.target = "ready";
    into = std::move(out);
    return;
  }
  written_ready form;
  value_codec<written_ready>::read(form, from, traits, in);
  std::size_t ways = 0;
  model::ready_spec out;
  out.within = form.within;
  for (const auto& [member, mode] : ready_texts) {
    if (!(form.*member).empty()) {
      ++ways;
      out.how = mode;
      out.target = form.*member;
    }
  }
  if (!form.exec.empty()) {
    ++ways;
    out.how = model::ready_spec::mode::exec;
    out.target = form.exec.text;
  }
  if (form.alive_for.count() != 0) {
    ++ways;
    out.how = model::ready_spec::mode::alive_for;
    out.alive_for = form.alive_for;
  }
  if (ways > 1) {
    in.fault(from.at, "only one of message, fd, tcp, http, exec and alive_for is possible");
    return;
  }
  if (!form.fd.empty()) {
    const auto number = model::ready_descriptor(form.fd);
    refuse_target(from, "fd", number ? std::string{} : number.error().context, in);
  } else if (!form.tcp.empty()) {
    refuse_target(from, "tcp", detail::peer_fault(form.tcp), in);
  } else if (!form.http.empty()) {
    refuse_target(from, "http", detail::http_peer_fault(form.http), in);
  } else if (from.find("exec") != nullptr && form.exec.empty()) {
    refuse_target(from, "exec", "expected a command", in);
  }
  into = std::move(out);
}

node value_codec<model::ready_spec>::write(const model::ready_spec& value, exposure how) {
  written_ready form;
  form.within = value.within;
  form.alive_for = value.alive_for;
  for (const auto& [member, mode] : ready_texts) {
    if (value.how == mode) {
      form.*member = value.target;
    }
  }
  if (value.how == model::ready_spec::mode::exec) {
    form.exec.text = value.target;
  }
  return value_codec<written_ready>::write(form, how);
}

shape value_codec<model::ready_spec>::describe() {
  return {.is = shape::type::any_of,
          .parts = {{.is = shape::type::choice, .words = {message_word}},
                    value_codec<written_ready>::describe()}};
}

void value_codec<model::alive_spec>::read(model::alive_spec& into,
                                          const node& from,
                                          const option_traits& traits,
                                          reader& in) {
  using mode = model::alive_spec::mode;
  written_alive form;
  value_codec<written_alive>::read(form, from, traits, in);
  if (!form.http.empty() && !form.exec.empty()) {
    in.fault(from.at, "only one of http and exec is possible");
    return;
  }
  if (form.every.count() == 0) {
    if (!form.http.empty() || !form.exec.empty()) {
      in.fault(from.at, "needs every: the time between two signs of life");
    }
    into = {};
    return;
  }
  if (!form.http.empty()) {
    refuse_target(from, "http", detail::http_peer_fault(form.http), in);
  }
  into.every = form.every;
  into.how = !form.http.empty() ? mode::http : !form.exec.empty() ? mode::exec : mode::heartbeat;
  into.target = form.http + form.exec.text;
  into.timeout = form.timeout;
  into.failures = form.failures;
}

node value_codec<model::alive_spec>::write(const model::alive_spec& value, exposure how) {
  using mode = model::alive_spec::mode;
  const written_alive form{value.every,
                           value.how == mode::http ? value.target : std::string{},
                           {value.how == mode::exec ? value.target : std::string{}},
                           value.timeout,
                           value.failures};
  return value_codec<written_alive>::write(form, how);
}

shape value_codec<model::alive_spec>::describe() {
  return value_codec<written_alive>::describe();
}

void value_codec<std::vector<model::local_rule>>::read(std::vector<model::local_rule>& into,
                                                       const node& from,
                                                       const option_traits& traits,
                                                       reader& in) {
  if (from.is != node::type::map) {
    in.fault(from.at, "expected a map of rules, got " + detail::got(from));
    return;
  }
  std::vector<model::local_rule> rules;
  for (const auto& each : from.entries) {
    const reader::inside here{in, each.key};
    model::local_rule rule;
    rule.match = each.key;
    value_codec<std::vector<std::string>>::read(rule.solvers, each.value, traits, in);
    if (const auto fine = model::check({&rule, 1}); !fine) {
      in.fault(each.value.at, fine.error().context);
    }
    rules.push_back(std::move(rule));
  }
  into = std::move(rules);
}

node value_codec<std::vector<model::local_rule>>::write(const std::vector<model::local_rule>& value,
                                                        exposure how) {
  auto out = node::map();
  for (const auto& rule : value) {
    auto solvers = value_codec<std::vector<std::string>>::write(rule.solvers, how);
    out.set(rule.match, solvers.items.size() == 1 ? solvers.items.front() : std::move(solvers));
  }
  return out;
}

shape value_codec<std::vector<model::local_rule>>::describe() {
  return {.is = shape::type::map, .parts = {value_codec<std::vector<std::string>>::describe()}};
}

const section& detail::container_section() {
  return section_of<model::child_spec>();
}

} // namespace kraken::config
