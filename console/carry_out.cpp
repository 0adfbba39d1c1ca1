// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "console/carry_out.hpp"

#include "kraken/base/units.hpp"

#include <optional>
#include <ostream>
#include <utility>

namespace kraken::console {

namespace {

/// Shows what the daemon tells meanwhile.
class progress_line {
public:
  progress_line(const invocation& asked, surroundings& around)
      : loud_(asked.request.flags.contains("progress")), around_(around) {}
  ~progress_line() {
    if (shown_) {
      around_.show_progress({});
    }
  }
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void show(std::string_view json) {
    const auto told = read_command_reply(json);
    const std::string text = told ? printable(told->text) : std::string{};
    if (loud_) {
      around_.err << text << "\n" << std::flush;
    } else if (around_.show_progress && !text.empty()) {
      around_.show_progress(text);
      shown_ = true;
    }
  }

private:
  bool loud_;
  bool shown_ = false;
  surroundings& around_;
};

/// That no answer came in time is no failure of what was asked for.
fetched without_answer(const invocation& asked, fetched got) {
  const auto then = asked.command->if_unheard();
  if (got.failed.why.code != errc::timeout || then == unheard::ends) {
    return got;
  }
  const auto within =
      asked.timeout.count() > 0 ? asked.timeout : milliseconds{asked.command->patience};
  got.failed.why.context =
      "no answer came" +
      (within.count() > 0 ? " within " + kraken::to_string(within) : std::string{});
  if (then == unheard::taken_back) {
    got.failed.why.context += "; the request is taken back";
    got.failed.hint = "kraken ps";
    return got;
  }
  got.unanswered = true;
  got.failed.why.context += "; the daemon goes on with it";
  got.failed.hint = "kraken events -f";
  for (const auto& each : words_between_commas(subject_of(*asked.command, asked.request))) {
    got.failed.hint += " " + each;
  }
  return got;
}

} // namespace

fetched carry_out(const invocation& asked, api_transport& daemon, surroundings& around) {
  api_question question{
      "POST", target_of(api_call{endpoint::commands, {}, {}}), to_json(asked.request)};
  if (asked.command->patience.count() > 0) {
    auto answer = daemon.ask(question);
    if (!answer) {
      return without_answer(asked, {{}, {answer.error(), {}}});
    }
    return answer->status == 200 ? fetched{std::move(answer->body), {}}
                                 : fetched{{}, read_error(answer->status, answer->body)};
  }
  question.within = asked.timeout;
  std::optional<fetched> got;
  progress_line line(asked, around);
  auto answer = daemon.follow(question, [&](const stream_event& event) {
    if (event.name == "reply") {
      got = fetched{event.data, {}};
    } else if (event.name == "error") {
      got = fetched{{}, read_error(row_of(errc::internal).http_status, event.data)};
    } else if (event.name == "progress") {
      line.show(event.data);
    }
    return got ? verdict::enough : verdict::go_on;
  });
  if (got) {
    return std::move(*got);
  }
  if (!answer) {
    return without_answer(asked, {{}, {answer.error(), {}}});
  }
  if (answer->status != 200) {
    return {{}, read_error(answer->status, answer->body)};
  }
  return {{}, {error{errc::unreachable, "the daemon ended before it answered"}, {}}};
}

} // namespace kraken::console
