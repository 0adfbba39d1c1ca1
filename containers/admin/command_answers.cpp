// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/command_answers.hpp"

#include "console/event_stream.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace kraken::containers {

namespace {

constexpr milliseconds situation_every = seconds{1};
constexpr std::uint32_t heartbeat_turns = 15;

} // namespace

std::string origin_of(const wire::request_facts& facts) {
  if (facts.remote.empty() || facts.remote.starts_with(console_origin)) {
    return std::string{facts.remote.empty() ? console_origin : facts.remote};
  }
  return "api " + std::string{facts.remote};
}

answer_form form_of(const wire::request_facts& facts) {
  return facts.head->header("accept").find("text/event-stream") != std::string_view::npos
             ? answer_form::stream
             : answer_form::whole;
}

command_answers::number command_answers::begin(net::exchange& to, answer_form form, situation now) {
  if (form == answer_form::stream) {
    wire::response_writer writer{to.output(), to.context()};
    writer.begin(200);
    static_cast<void>(writer.field("content-type", "text/event-stream"));
    static_cast<void>(writer.field("cache-control", "no-store"));
    const auto framing = writer.end_streaming();
    to.streaming(200, framing, writer.after());
    if (!pulse_) {
      show_life();
    }
  }
  open_.emplace(++last_, open_answer{&to, form, std::move(now), {}, {}});
  return last_;
}

void command_answers::tell(open_answer& to, std::string_view name, std::string_view data) {
  if (to.form == answer_form::stream) {
    to.to->stream_part(console::stream_text({0, std::string{name}, std::string{data}}));
  }
}

void command_answers::progress(number which, std::string_view text) {
  const auto found = open_.find(which);
  if (found != open_.end() && !found->second.to->congested()) {
    tell(found->second, "progress", R"({"text":)" + console::quote_json(text) + "}");
  }
}

void command_answers::reply(number which, const console::command_reply& what) {
  finish(which, 200, "reply", console::to_json(what));
}

void command_answers::refuse(number which, const console::api_error& why) {
  finish(which, row_of(why.why.code).http_status, "error", console::to_json(why));
}

void command_answers::finish(number which,
                             int status,
                             std::string_view name,
                             const std::string& body) {
  const auto found = open_.find(which);
  if (found == open_.end()) {
    return; // the client is gone; the event log has what happened
  }
  auto answer = std::move(found->second);
  open_.erase(found);
  if (answer.form == answer_form::stream) {
    tell(answer, name, body);
    answer.to->stream_ended();
    return;
  }
  wire::response_writer writer{answer.to->output(), answer.to->context()};
  writer.begin(status);
  static_cast<void>(writer.field("content-type", "application/json"));
  static_cast<void>(writer.field("cache-control", "no-store"));
  writer.end_with_body(body);
  answer.to->answered(status, writer.after());
}

void command_answers::when_abandoned(number which, std::function<void()> then) {
  if (const auto found = open_.find(which); found != open_.end()) {
    found->second.abandoned = std::move(then);
  }
}

void command_answers::abandon(const net::exchange& from) {
  const auto found =
      std::ranges::find_if(open_, [&](const auto& each) { return each.second.to == &from; });
  if (found == open_.end()) {
    return;
  }
  const auto then = std::move(found->second.abandoned);
  open_.erase(found);
  if (then) {
    then();
  }
}

void command_answers::end_streams() {
  std::vector<net::exchange*> ending; // what they end may call back
  std::erase_if(open_, [&ending](const auto& each) {
    const bool stream = each.second.form == answer_form::stream;
    if (stream) {
      ending.push_back(each.second.to);
    }
    return stream;
  });
  for (auto* const each : ending) {
    each->stream_ended();
  }
}

// Ends with the last stream.
void command_answers::show_life() {
  pulse_ = loop_.after(situation_every, [this] {
    const bool heartbeat = ++turns_ % heartbeat_turns == 0;
    bool any = false;
    for (auto& [which, each] : open_) {
      if (each.form != answer_form::stream) {
        continue;
      }
      any = true;
      if (each.to->congested()) {
        continue;
      }
      auto text = each.now ? each.now() : std::string{};
      if (!text.empty() && text != each.told) {
        tell(each, "progress", R"({"text":)" + console::quote_json(text) + "}");
        each.told = std::move(text);
      } else if (heartbeat) {
        each.to->stream_part(console::stream_heartbeat());
      }
    }
    if (any) {
      show_life();
    } else {
      pulse_.reset();
    }
  });
}

} // namespace kraken::containers
