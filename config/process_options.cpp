// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of programs: octal masks, fingerprint.
#include "config/process_options.hpp"

#include "config/detail/process_table.hpp"
#include "config/detail/sections.hpp"
#include "kraken/base/variable_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <map>

namespace kraken::config {

namespace {

/// For a sentence: a NUL byte would end it.
std::string printable_name(std::string name) {
  std::replace(name.begin(), name.end(), '\0', '?');
  return name;
}

} // namespace

void detail::read_variables(void* into, const node& from, const option_traits& traits, reader& in) {
  using texts = std::map<std::string, std::string>;
  for (const auto& each : from.entries) {
    // A value is looked at as every text is.
    const auto fault = variable_fault(each.key, {});
    if (!fault.empty()) {
      in.fault(each.at, std::string{fault} + ", got '" + printable_name(each.key) + "'");
    }
  }
  value_codec<texts>::read(*static_cast<texts*>(into), from, traits, in);
}

void value_codec<file_mask>::read(file_mask& into,
                                  const node& from,
                                  const option_traits&,
                                  reader& in) {
  constexpr std::uint32_t mask_max = 0777;
  constexpr int octal = 8;
  const auto text = detail::read_text(from, in);
  if (!text) {
    return;
  }
  std::uint32_t bits = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, bits, octal);
  if (parsed.ec != std::errc{} || parsed.ptr != end || bits > mask_max) {
    in.fault(from.at, "expected octal permission bits such as 027, got '" + *text + "'");
    return;
  }
  into.bits = bits;
}

node value_codec<file_mask>::write(const file_mask& value, exposure) {
  constexpr unsigned bits_per_digit = 3;
  std::string text = "000";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto shift = bits_per_digit * static_cast<unsigned>(text.size() - 1 - i);
    text[i] = static_cast<char>('0' + ((value.bits >> shift) & 7U));
  }
  return node::of_text(text);
}

template <>
struct choice_words<program_speech> {
  static constexpr std::array words{
      std::pair<std::string_view, program_speech>{"nothing", program_speech::nothing},
      std::pair<std::string_view, program_speech>{"kraken", program_speech::kraken},
  };
};

template <>
struct option_table<program_options> {
  static constexpr std::string_view name = "process";
  static constexpr std::array rows{
      row<&program_options::speaks>(
          "speaks",
          {.summary = "`kraken`: the worker protocol on the descriptor KRAKEN_FD: messages between "
                      "containers, log, `ready: message`, heartbeats"}),
      row<&program_options::output>("output", output_traits),
      row<&program_options::process>("", {}),
  };
};

static_assert(every_field_has_a_row<program_options>());

const section& detail::process_section() {
  return section_of<program_options>();
}

int number_of(stop_signal which) noexcept {
  switch (which) {
  case stop_signal::term:
    return SIGTERM;
  case stop_signal::hup:
    return SIGHUP;
  case stop_signal::interrupt:
    return SIGINT;
  case stop_signal::quit:
    return SIGQUIT;
  case stop_signal::usr1:
    return SIGUSR1;
  case stop_signal::usr2:
    return SIGUSR2;
  case stop_signal::winch:
    return SIGWINCH;
  }
  return SIGTERM;
}

model::identity identity_of(const process_options& options) {
  return {options.user,
          options.group,
          options.allow_root ? model::root_rights::allowed : model::root_rights::refused};
}

process_options held_to(const model::identity* bounds, process_options options) {
  if (bounds != nullptr) {
    options.user = bounds->user;
    options.group = bounds->group;
    options.allow_root = bounds->root == model::root_rights::allowed;
  }
  return options;
}

std::string process_spec_options::fingerprint() const {
  return to_json_text(write_section(section_of<program_options>(), &values, exposure::full), 0);
}

bool process_spec_options::live_change(const model::kind_options& to) const {
  const auto* other = dynamic_cast<const process_spec_options*>(&to);
  return other != nullptr && differs_live(values, other->values);
}

std::vector<unsaid> unsaid_by_program(const model::child_spec& spec) {
  using ready = model::ready_spec::mode;
  const auto* options = dynamic_cast<const process_spec_options*>(spec.options.get());
  if (options != nullptr && options->values.speaks == program_speech::kraken) {
    return {};
  }
  std::vector<unsaid> out;
  if (spec.ready.how == ready::message) {
    out.push_back({"ready", "a message needs `speaks: kraken`"});
  }
  if (spec.alive.how == model::alive_spec::mode::heartbeat && spec.ready.how != ready::fd) {
    out.push_back({"alive",
                   "a heartbeat needs `speaks: kraken`, or `ready: {fd: N}` and a line for each; "
                   "`http` or `exec` ask from outside"});
  }
  return out;
}

} // namespace kraken::config
