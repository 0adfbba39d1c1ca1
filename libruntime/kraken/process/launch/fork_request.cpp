// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's side of a fork by a template.
#include "kraken/process/launch/fork_request.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/process/launch/descriptor_message.hpp"
#include "kraken/process/launch/detail/launch_mark.hpp"
#include "kraken/process/launch/detail/output_pipe.hpp"

#include <utility>

#include <unistd.h>

namespace kraken::process {

namespace {

constexpr std::uint64_t fork_descriptors = 8; // the answer's two, two pipes, pidfd, statm

} // namespace

fork_request::fork_request(reactor& loop,
                           child_registry& children,
                           std::shared_ptr<template_link> to,
                           answer done)
    : loop_(loop), children_(children), to_(std::move(to)), done_(std::move(done)) {}

result<void> fork_request::send(launch_spec spec) {
  if (auto room = children_.plan().admit(fork_descriptors, "fork a worker"); !room) {
    return room;
  }
  made_.mark = detail::new_launch_mark();
  unique_fd out;
  unique_fd err;
  if (!detail::open_output_pipe(made_.standard_output, out) ||
      !detail::open_output_pipe(made_.standard_error, err)) {
    return fail(errno_error("pipe for output"));
  }
  fork_order order;
  order.variables.push_back(std::string{launch_mark_variable} + "=" + made_.mark);
  for (const auto& [name, value] : spec.environment.set) {
    if (name.starts_with("KRAKEN_")) {
      order.variables.push_back(name + "=" + value);
    }
  }
  spec.inherit.push_back({std::move(out), STDOUT_FILENO});
  spec.inherit.push_back({std::move(err), STDERR_FILENO});
  std::vector<int> descriptors;
  for (const auto& each : spec.inherit) {
    order.targets.push_back(each.target);
    descriptors.push_back(each.fd.get());
  }
  expected_.emplace(children_); // it has its mark before we know its number
  auto end = to_->ask(order, descriptors);
  if (!end) {
    return fail(end.error());
  }
  answer_end_ = std::move(*end);
  answered_ = loop_.when_readable(answer_end_.get(), [this] { finish(read_answer()); });
  if (!answered_) {
    return fail(errc::system_error, "cannot watch for a template's answer");
  }
  patience_ = loop_.after(limits::fork_patience, [this] {
    // It is this loop that may be late.
    if (auto late = read_answer(); late || late.error().code != errc::busy) {
      return finish(std::move(late));
    }
    to_->cut();
    finish(fail(errc::timeout,
                "the template has not answered within " + to_string(limits::fork_patience)));
  });
  return {};
}

result<child> fork_request::read_answer() {
  auto came = receive_message(answer_end_.get(), patience::look);
  if (!came) {
    return fail(came.error());
  }
  if (came->text.empty()) {
    return fail(errc::unreachable, "the template has ended");
  }
  const auto said = read_template_message(came->text);
  if (said && said->what == template_word::failed) {
    return fail(errc::refused, "the template: " + std::string{said->text});
  }
  if (!said || said->what != template_word::forked || came->descriptors.size() != 1) {
    return fail(errc::protocol_error, "a template's answer makes no sense");
  }
  auto process = pidfd::take(std::move(came->descriptors.front()));
  if (!process) {
    return fail(process.error());
  }
  if (auto adopted = children_.adopt(*process, made_.mark); !adopted) {
    return fail(adopted.error());
  }
  made_.process = std::move(*process);
  return std::move(made_);
}

void fork_request::finish(result<child> outcome) {
  answered_.reset();
  patience_.reset();
  expected_.reset();
  const auto done = std::move(done_); // the callee may destroy this object
  done(std::move(outcome));
}

} // namespace kraken::process
