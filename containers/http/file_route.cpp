// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/http/file_route.hpp"

#include "containers/http/file_answer.hpp"
#include "kraken/base/regular_file.hpp"
#include "kraken/wire/http1_file.hpp"
#include "kraken/wire/http1_request.hpp"

#include <utility>

namespace kraken::containers {

namespace {

wire::own_validators validators_in(std::string_view answer) {
  wire::own_validators own;
  each_field(answer, [&own](std::string_view name, std::string_view value) {
    wire::take_validator(own, {name, value});
  });
  return own;
}

} // namespace

/// One request of such a route: the exchange its pool answers to.
class file_route::turn final : public net::exchange {
  /// The conditions of a request, which is gone when it is answered.
  class kept_conditions {
  public:
    explicit kept_conditions(const wire::request_head& head) {
      const auto asked = wire::conditions_of(
          head.method_name, [&head](std::string_view name) { return head.header(name); });
      if_none_match_ = asked.if_none_match;
      if_modified_since_ = asked.if_modified_since;
      if_range_ = asked.if_range;
      range_ = asked.range;
    }

    [[nodiscard]] wire::file_conditions view() const {
      return {if_none_match_, if_modified_since_, if_range_, range_};
    }

  private:
    std::string if_none_match_;
    std::string if_modified_since_;
    std::string if_range_;
    std::string range_;
  };

public:
  turn(file_route& route,
       net::exchange& home,
       net::request_sink& pool,
       const wire::request_head& head)
      : route_(route), home_(home), pool_(pool), asked_(head) {}

  [[nodiscard]] net::stored_body body() noexcept override { return home_.body(); }
  [[nodiscard]] wire::byte_buffer& output() noexcept override { return output_; }
  [[nodiscard]] wire::response_context context() noexcept override { return home_.context(); }

  void interim() override {
    pass_output();
    home_.interim();
  }

  void answered(int status, wire::connection_after after) override {
    if (const auto name = wished_file(output_.view()); !name.empty()) {
      send(status, name);
      return;
    }
    const auto self = route_.release(home_);
    pass_output();
    home_.answered(status, after);
  }

  // The worker has opened it itself.
  void answered_with_file(int status, wire::connection_after after, net::file_part body) override {
    const auto self = route_.release(home_);
    pass_output();
    home_.answered_with_file(status, after, std::move(body));
  }

  void failed(int status, std::string_view detail) override {
    const auto self = route_.release(home_);
    home_.failed(status, detail);
  }

  void streaming(int status, wire::body_framing framing, wire::connection_after after) override {
    pass_output();
    home_.streaming(status, framing, after);
  }

  void stream_part(std::string_view part) override { home_.stream_part(part); }

  void stream_ended() override {
    const auto self = route_.release(home_);
    home_.stream_ended();
  }

  void stream_broken() override {
    const auto self = route_.release(home_);
    home_.stream_broken();
  }

  [[nodiscard]] bool congested() const noexcept override { return home_.congested(); }

  /// The client is gone.
  void abandon() { pool_.abandon(*this); }

  void resume() { pool_.resume(*this); }

private:
  void pass_output() {
    home_.output().append(output_.view());
    output_.clear();
  }

  void send(int status, const std::string& name) {
    auto found = open_below(route_.roots_, name);
    if (!found) {
      failed(404, "there is no such file");
      return;
    }
    const auto reply = wire::plan_file(
        status, {found->size, found->modified}, asked_.view(), validators_in(output_.view()));
    wire::response_writer writer{home_.output(), home_.context()};
    writer.begin(reply.status);
    put_fields(writer, reply);
    const auto framing = writer.end_with_length(reply.count);
    const auto self = route_.release(home_);
    if (framing == wire::body_framing::none || reply.count == 0) {
      home_.answered(reply.status, writer.after());
    } else {
      home_.answered_with_file(
          reply.status, writer.after(), {std::move(found->fd), reply.first, reply.count});
    }
  }

  // Those of the application; what delimits the message is the writer's.
  void put_fields(wire::response_writer& writer, const wire::file_reply& reply) const {
    each_field(output_.view(), [&](std::string_view name, std::string_view value) {
      if (wire::goes_with_file(reply.status, name)) {
        static_cast<void>(writer.field(name, value));
      }
    });
    const auto put = [&writer](std::string_view name, std::string_view value) {
      if (!value.empty()) {
        static_cast<void>(writer.field(name, value));
      }
    };
    put("ETag", reply.etag);
    put("Last-Modified", reply.last_modified);
    put("Accept-Ranges", "bytes");
    put("Content-Range", reply.content_range);
  }

  file_route& route_;
  net::exchange& home_;
  net::request_sink& pool_;
  wire::byte_buffer output_;
  kept_conditions asked_;
};

file_route::file_route(net::sink_directory::entry& pool, std::vector<std::string> roots)
    : pool_(pool), roots_(std::move(roots)), entry_{this} {
  for (const auto& root : roots_) {
    folders_.append(root).push_back('\0');
  }
}

file_route::~file_route() = default;

void file_route::submit(net::exchange& from,
                        const wire::request_facts& facts,
                        net::retry_policy retry) {
  auto* const pool = pool_.live;
  if (pool == nullptr) {
    from.failed(503, "no such pool is running");
    return;
  }
  auto made = std::make_unique<turn>(*this, from, *pool, *facts.head);
  auto& begun = *made;
  turns_.insert_or_assign(&from, std::move(made));
  auto told = facts;
  told.folders = folders_;
  pool->submit(begun, told, retry);
}

void file_route::abandon(net::exchange& from) {
  if (const auto gone = release(from)) {
    gone->abandon();
  }
}

void file_route::resume(net::exchange& from) {
  if (const auto found = turns_.find(&from); found != turns_.end()) {
    found->second->resume();
  }
}

net::body_intake file_route::intake() const noexcept {
  return pool_.live != nullptr ? pool_.live->intake() : net::body_intake{};
}

std::unique_ptr<file_route::turn> file_route::release(net::exchange& home) {
  auto taken = turns_.extract(&home);
  return taken ? std::move(taken.mapped()) : nullptr;
}

} // namespace kraken::containers
