// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Values are copied once, from the socket's buffer into a shared body; between C++
/// containers and into the next socket's buffer they are not decoded.
#include "kraken/bridge/letter_bridge.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/model/alias.hpp"
#include "kraken/wire/msgpack_stream.hpp"

#include <algorithm>
#include <utility>

namespace kraken::bridge {

namespace {

actor::body_ptr body_of(std::string_view value) {
  return std::make_shared<const std::string>(value);
}

wire::reply_failure words_of(const actor::failure& why) {
  return {why.type, why.message, why.code};
}

std::string_view value_of(const actor::answer& what) {
  return what.value == nullptr ? std::string_view{} : std::string_view(*what.value);
}

/// `[status, value]` inside the map that answers for many targets.
void pack_part(wire::byte_buffer& out, const actor::answer& what) {
  wire::pack_array_head(out, 2);
  wire::pack_uint(out, static_cast<unsigned>(what.what));
  if (what.what == actor::answer::kind::failed) {
    wire::pack_array_head(out, 3);
    wire::pack_str(out, what.why.type);
    wire::pack_str(out, what.why.message);
    wire::pack_str(out, what.why.code);
  } else if (value_of(what).empty()) {
    wire::pack_nil(out);
  } else {
    out.append(value_of(what));
  }
}

/// A time beyond all measure is a day.
milliseconds time_of(std::uint64_t timeout_ms) {
  constexpr std::uint64_t longest = 86'400'000;
  return milliseconds{static_cast<std::int64_t>(std::min(timeout_ms, longest))};
}

actor::answer answer_of(const result<actor::posted>& how) {
  if (!how) {
    return actor::answer::of(actor::failure::of(how.error()));
  }
  return actor::answer::of(body_of(std::string(1, static_cast<char>(*how))));
}

} // namespace

/// The answers of many targets on their way into one.
struct letter_bridge::gathering {
  std::vector<std::pair<std::string, actor::answer>> parts;
  std::size_t missing = 0;

  [[nodiscard]] actor::answer whole() const {
    wire::byte_buffer out;
    wire::pack_map_head(out, static_cast<std::uint32_t>(parts.size()));
    for (const auto& [target, part] : parts) {
      wire::pack_str(out, target);
      pack_part(out, part);
    }
    return actor::answer::of(body_of(out.view()));
  }
};

letter_bridge::letter_bridge(actor::host& shell,
                             wire::byte_buffer& out,
                             std::function<void()> flush,
                             std::function<bool(std::string_view)> is_verb)
    : shell_(shell), out_(&out), flush_(std::move(flush)), is_verb_(std::move(is_verb)) {}

letter_bridge::~letter_bridge() = default;

result<bool> letter_bridge::take(const wire::worker_frame& frame) {
  if (frame.type == wire::frame_watch) {
    return take_watch(frame);
  }
  if (frame.type == wire::frame_type::message) {
    return take_message(frame);
  }
  if (frame.type == wire::frame_type::call) {
    return take_call(frame);
  }
  if (frame.type == wire::frame_type::command) {
    return take_command(frame);
  }
  if (frame.type == wire::frame_type::reply || frame.type == wire::frame_type::result) {
    return take_reply(frame);
  }
  return frame.type == wire::frame_type::cancel && take_cancel(frame);
}

std::vector<std::string> letter_bridge::targets_of(const wire::frame_target& to) {
  std::vector<std::string> all;
  const auto add = [&](std::string_view name) {
    if (!model::is_glob(name)) {
      all.emplace_back(name);
      return;
    }
    for (auto& path : shell_.matching(name)) {
      all.push_back(std::move(path));
    }
  };
  if (!to.many) {
    add(to.name);
  }
  for (const auto name : to.list) {
    add(name);
  }
  return all;
}

result<bool> letter_bridge::take_message(const wire::worker_frame& frame) {
  const auto sent = wire::decode_message(frame.payload);
  if (!sent) {
    return fail(sent.error());
  }
  actor::draft what;
  what.body = body_of(sent->value);
  what.mode = static_cast<actor::delivery>(sent->mode);
  actor::answer told;
  if (sent->to.many || model::is_glob(sent->to.name)) {
    gathering all;
    for (auto& target : targets_of(sent->to)) {
      what.to = target;
      auto part = answer_of(shell_.send(what));
      all.parts.emplace_back(std::move(target), std::move(part));
    }
    told = all.whole();
  } else {
    what.to = sent->to.name;
    told = answer_of(shell_.send(what));
  }
  if (frame.stream != 0) {
    write_answer(wire::frame_type::reply, frame.stream, told);
  }
  return true;
}

result<bool> letter_bridge::take_call(const wire::worker_frame& frame) {
  const auto sent = wire::decode_call(frame.payload);
  if (!sent) {
    return fail(sent.error());
  }
  actor::draft what;
  what.body = body_of(sent->value);
  what.mode = static_cast<actor::delivery>(sent->mode);
  what.timeout = time_of(sent->timeout_ms);
  what.id = sent->id;
  ask(wire::frame_type::reply, frame.stream, sent->to, actor::letter_kind::request, what);
  return true;
}

result<bool> letter_bridge::take_command(const wire::worker_frame& frame) {
  const auto sent = wire::decode_worker_command(frame.payload);
  if (!sent) {
    return fail(sent.error());
  }
  const bool of_daemon = !sent->to.many && sent->to.name.empty();
  if (of_daemon || (is_verb_ && is_verb_(sent->name))) {
    return false;
  }
  actor::draft what;
  what.body = body_of(sent->params);
  what.timeout = time_of(sent->timeout_ms);
  what.name = sent->name;
  ask(wire::frame_type::result, frame.stream, sent->to, actor::letter_kind::command, what);
  return true;
}

void letter_bridge::ask(wire::frame_type reply,
                        std::uint32_t stream,
                        const wire::frame_target& to,
                        actor::letter_kind kind,
                        actor::draft what) {
  if (asked_.size() >= limits::open_requests_max || asked_.contains(stream)) {
    const auto why = asked_.contains(stream)
                         ? error(errc::invalid_argument, "the stream is in use")
                         : error(errc::limit_exceeded, "too many requests without an answer");
    return write_answer(reply, stream, actor::answer::of(actor::failure::of(why)));
  }
  auto& entry = asked_[stream];
  const auto send = [&](actor::answer_callback done) {
    entry.parts.push_back(kind == actor::letter_kind::request
                              ? shell_.request(what, std::move(done))
                              : shell_.command(what, std::move(done)));
  };
  if (!to.many && !model::is_glob(to.name)) {
    what.to = to.name;
    return send([this, reply, stream](const actor::answer& got) {
      if (got.final()) {
        asked_.erase(stream);
      }
      write_answer(reply, stream, got);
    });
  }
  auto all = std::make_shared<gathering>();
  for (auto& target : targets_of(to)) {
    all->parts.emplace_back(std::move(target), actor::answer{});
  }
  all->missing = all->parts.size();
  if (all->parts.empty()) {
    asked_.erase(stream);
    return write_answer(reply, stream, all->whole());
  }
  for (std::size_t i = 0; i < all->parts.size(); ++i) {
    what.to = all->parts[i].first;
    send([this, reply, stream, all, i](const actor::answer& got) {
      if (!got.final()) {
        return write_answer(reply, stream, got);
      }
      all->parts[i].second = got;
      if (--all->missing == 0) {
        asked_.erase(stream);
        write_answer(reply, stream, all->whole());
      }
    });
  }
}

bool letter_bridge::take_cancel(const wire::worker_frame& frame) {
  const auto found = asked_.find(frame.stream);
  if (found == asked_.end()) {
    return false;
  }
  for (const auto part : found->second.parts) {
    shell_.cancel_request(part);
  }
  return true;
}

result<bool> letter_bridge::take_reply(const wire::worker_frame& frame) {
  const auto said = wire::decode_reply(frame.payload);
  if (!said) {
    return fail(said.error());
  }
  const auto found = owed_.find(frame.stream);
  if (found == owed_.end()) {
    return true; // taken back meanwhile
  }
  if (said->status == wire::reply_status::unfinished) {
    found->second.progress();
    return true;
  }
  auto duty = std::move(found->second);
  owed_.erase(found);
  if (said->status == wire::reply_status::done) {
    duty.value(body_of(said->value));
  } else if (said->status == wire::reply_status::cancelled) {
    duty.give(actor::answer::cancelled());
  } else {
    const auto why = wire::decode_reply_failure(said->value);
    if (!why) {
      return fail(why.error());
    }
    duty.fail({std::string(why->type), std::string(why->message), std::string(why->code)});
  }
  return true;
}

result<bool> letter_bridge::take_watch(const wire::worker_frame& frame) {
  const auto wanted = wire::decode_watch(frame.payload);
  if (!wanted) {
    return fail(wanted.error());
  }
  wanted->on ? shell_.watch(wanted->target) : shell_.unwatch(wanted->target);
  return true;
}

bool letter_bridge::receive(actor::letter& what) {
  if (out_ == nullptr) {
    return false;
  }
  if (what.kind == actor::letter_kind::message) {
    if (!wire::append_message(*out_, what.sender(), what.bytes())) {
      return false;
    }
    hold_if_congested();
    return true;
  }
  do {
    ++last_stream_;
  } while (last_stream_ == 0 || owed_.contains(last_stream_));
  const auto stream = last_stream_;
  const auto timeout = static_cast<std::uint64_t>(what.timeout.count());
  bool fits = false;
  if (what.kind == actor::letter_kind::command) {
    const auto params = what.body == nullptr ? std::string_view{} : what.bytes();
    fits = wire::append_command(*out_, {stream, what.sender(), what.name.view(), params, timeout});
  } else {
    const auto id = what.id.empty()
                        ? std::to_string(shell_.generation()) + "-" + std::to_string(stream)
                        : std::string(what.id.view());
    fits = wire::append_call(*out_, {stream, what.sender(), what.bytes(), timeout, id});
  }
  if (!fits) {
    what.reply.fail(
        actor::failure::of(error(errc::limit_exceeded, "the value is larger than a frame may be")));
    return true;
  }
  what.reply.when_cancelled([this, stream] {
    if (const auto found = owed_.find(stream); found != owed_.end()) {
      found->second.give(actor::answer::cancelled());
      owed_.erase(found);
      if (out_ != nullptr) {
        wire::append_cancel(*out_, stream);
        flush_();
      }
    }
  });
  owed_.emplace(stream, std::move(what.reply));
  hold_if_congested();
  return true;
}

void letter_bridge::hold_if_congested() {
  if (out_->size() > limits::letters_pause_bytes && !std::exchange(holding_, true)) {
    shell_.hold_letters();
  }
  flush_();
}

void letter_bridge::drained() {
  if (std::exchange(holding_, false)) {
    shell_.release_letters();
  }
}

void letter_bridge::noticed(const actor::notice& what) {
  if (out_ != nullptr) {
    wire::append_notice(*out_, what.path, static_cast<unsigned>(what.state), what.cause);
    flush_();
  }
}

void letter_bridge::write_answer(wire::frame_type reply,
                                 std::uint32_t stream,
                                 const actor::answer& what) {
  if (out_ == nullptr) {
    return;
  }
  const auto status = static_cast<wire::reply_status>(what.what);
  if (status == wire::reply_status::failed) {
    wire::append_reply_failure(*out_, reply, stream, words_of(what.why));
  } else if (!wire::append_reply(*out_, reply, stream, status, value_of(what))) {
    wire::append_reply_failure(
        *out_, reply, stream, {"", "the answer is larger than a frame may be", "limit_exceeded"});
  }
  flush_();
}

void letter_bridge::close() {
  out_ = nullptr;
  owed_.clear();
}

} // namespace kraken::bridge
