// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/http/file_route.hpp"

#include "containers/http/file_answer.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/wire/http1_request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <unistd.h>

namespace kraken::containers {

/// One request of such a route: the exchange its pool answers to.
class file_route::turn final : public net::exchange {
public:
  turn(file_route& route, net::exchange& home, net::request_sink& pool, std::string range)
      : route_(route), home_(home), pool_(pool), range_(std::move(range)) {}

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
  void abandon() {
    if (file_.get() < 0) {
      pool_.abandon(*this);
    }
  }

  void resume() { file_.get() < 0 ? pool_.resume(*this) : pump(); }

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
    constexpr int ok = 200;
    const auto range = read_range(status == ok ? range_ : std::string_view{}, found->size);
    file_ = std::move(found->fd);
    at_ = range.first;
    left_ = range.count;
    const auto whole = std::to_string(found->size);
    wire::response_writer writer{home_.output(), home_.context()};
    if (range.what == byte_range::kind::nothing) {
      writer.begin(416);
      static_cast<void>(writer.field("Content-Range", "bytes */" + whole));
      static_cast<void>(writer.end_with_body({}));
      const auto self = route_.release(home_);
      home_.answered(416, writer.after());
      return;
    }
    const bool part = range.what == byte_range::kind::part;
    const int told = part ? 206 : status;
    writer.begin(told);
    put_fields(writer);
    if (part) {
      static_cast<void>(writer.field("Content-Range",
                                     "bytes " + std::to_string(at_) + "-" +
                                         std::to_string(at_ + left_ - 1) + "/" + whole));
    }
    const auto framing = writer.end_with_length(left_);
    left_ = framing == wire::body_framing::none ? 0 : left_;
    home_.streaming(told, framing, writer.after());
    pump();
  }

  // Those of the application; what delimits the message is the writer's.
  void put_fields(wire::response_writer& writer) const {
    each_field(output_.view(), [&writer](std::string_view name, std::string_view value) {
      if (!names_a_file(name)) {
        static_cast<void>(writer.field(name, value));
      }
    });
    static_cast<void>(writer.field("Accept-Ranges", "bytes"));
  }

  void pump() {
    std::array<char, limits::http_file_part_bytes> part; // NOLINT: filled by pread
    while (left_ != 0) {
      if (home_.congested()) {
        return; // until resume
      }
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, part.size()));
      const auto got = ::pread(file_.get(), part.data(), wanted, static_cast<off_t>(at_));
      if (got <= 0) { // it has become shorter: the client must see that this is not all
        stream_broken();
        return;
      }
      at_ += static_cast<std::uint64_t>(got);
      left_ -= static_cast<std::uint64_t>(got);
      home_.stream_part({part.data(), static_cast<std::size_t>(got)});
    }
    stream_ended();
  }

  file_route& route_;
  net::exchange& home_;
  net::request_sink& pool_;
  wire::byte_buffer output_;
  std::string range_;
  unique_fd file_; ///< being sent; the pool has nothing to do with it any more
  std::uint64_t at_ = 0;
  std::uint64_t left_ = 0;
};

file_route::file_route(net::sink_directory::entry& pool, std::vector<std::string> roots)
    : pool_(pool), roots_(std::move(roots)), entry_{this} {}

file_route::~file_route() = default;

void file_route::submit(net::exchange& from,
                        const wire::request_facts& facts,
                        net::retry_policy retry) {
  auto* const pool = pool_.live;
  if (pool == nullptr) {
    from.failed(503, "no such pool is running");
    return;
  }
  // Whether the file is still the one If-Range means is not known here: all of it is right then.
  const bool ranged =
      facts.head->method == wire::http_method::get && facts.head->header("if-range").empty();
  auto made = std::make_unique<turn>(
      *this, from, *pool, std::string{ranged ? facts.head->header("range") : std::string_view{}});
  auto& begun = *made;
  turns_.insert_or_assign(&from, std::move(made));
  pool->submit(begun, facts, retry);
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
