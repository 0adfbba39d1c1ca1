// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A daemon_link and the other end of its socket, which says and reads frames as the daemon does.
#pragma once

#include "kraken/base/passed_descriptors.hpp"
#include "kraken/base/spool_file.hpp"
#include "php/native/link/daemon_link.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

namespace kraken::php {

struct seen_frame {
  wire::frame_type type;
  bool more;
  bool recycle;
  bool complete;
  bool file;
  std::uint32_t stream;
  std::string payload;
};

class linked {
public:
  linked() : linked(pair()) {}

  void say(const wire::byte_buffer& bytes) {
    REQUIRE(::write(daemon_.get(), bytes.data(), bytes.size()) ==
            static_cast<ssize_t>(bytes.size()));
  }

  void say_request(std::uint32_t stream,
                   std::string_view method = "GET",
                   std::string_view target = "/",
                   std::string_view body = {},
                   std::span<const wire::header_field> fields = {},
                   std::string_view folders = {}) {
    wire::request_head head;
    head.method_name = method;
    head.target = target;
    wire::request_facts facts;
    facts.head = &head;
    facts.path = target;
    facts.body = body;
    facts.folders = folders;
    for (const auto& each : fields) {
      head.fields[head.field_count++] = each;
    }
    wire::byte_buffer out;
    REQUIRE(wire::append_request_frame(out, stream, facts));
    say(out);
  }

  /// A request whose body is in a file.
  /// @param told bytes of it, as the frame says
  void say_stored(std::uint32_t stream, std::string_view body, std::uint64_t told) {
    auto file = spool_file::make("/tmp");
    REQUIRE(file);
    REQUIRE(file->append(body));
    wire::request_head head;
    head.method_name = "PUT";
    head.target = "/stored";
    wire::request_facts facts;
    facts.head = &head;
    facts.path = "/stored";
    facts.stored_bytes = told;
    wire::byte_buffer out;
    REQUIRE(wire::append_request_frame(out, stream, facts));
    const int number = file->descriptor();
    REQUIRE(send_with_descriptors(daemon_.get(), out.view(), {&number, 1}, 0) ==
            static_cast<ssize_t>(out.size()));
  }

  /// Whole frames that have come so far; waits for none.
  std::vector<seen_frame> heard() {
    std::vector<seen_frame> out;
    while (true) {
      constexpr std::size_t room = 64U << 10U;
      const auto got = receive_with_descriptors(
          daemon_.get(), {input_.prepare(room), room}, MSG_DONTWAIT, passed, 1);
      if (got.count <= 0) {
        break;
      }
      input_.commit(static_cast<std::size_t>(got.count));
    }
    wire::worker_frame frame;
    while (true) {
      const auto split = wire::split_frame(input_.view(), frame);
      if (split.status != wire::split_outcome::kind::done) {
        return out;
      }
      out.push_back({frame.type,
                     frame.more,
                     frame.recycle,
                     frame.complete,
                     frame.file,
                     frame.stream,
                     std::string{frame.payload}});
      input_.consume(split.consumed);
    }
  }

  void hang_up() { daemon_.reset(); }

  daemon_link link;
  std::vector<unique_fd> passed; ///< beside what was heard

private:
  explicit linked(std::pair<int, int> ends) : link(unique_fd{ends.first}), daemon_(ends.second) {}

  static std::pair<int, int> pair() {
    int ends[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    return {ends[0], ends[1]};
  }

  unique_fd daemon_;
  wire::byte_buffer input_;
};

} // namespace kraken::php
