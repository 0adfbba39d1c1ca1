// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// As much of the daemon as a worker needs to serve a number of requests, from a slab or by frames,
/// and end, so that what a request costs the worker can be counted by
/// `bench/compare/instructions/run`. Checks that every answer is 200; measures nothing itself.
#include "bench/micro/hello_request.hpp"
#include "kraken/process/launch/channel_pair.hpp"
#include "kraken/slab/segment.hpp"
#include "kraken/slab/steps.hpp"
#include "kraken/wire/slab_answer.hpp"
#include "kraken/wire/slab_request.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace slab = kraken::slab;
namespace wire = kraken::wire;
using kraken::bench::hello_request;

constexpr std::uint32_t batch = 64;
constexpr int channel_number = 3; ///< descriptors of the worker
constexpr int slab_number = 4;

/// @param use `use(facts)`
template <class Use>
auto with_request(std::string_view kind, Use use) -> decltype(use(wire::request_facts{})) {
  const auto text = hello_request(kind);
  wire::request_head head;
  wire::request_parser parser;
  if (parser.parse(text, head).status != wire::parse_outcome::kind::done) {
    return {};
  }
  wire::request_facts facts;
  facts.head = &head;
  facts.path = "/hello";
  facts.remote = "127.0.0.1:50000";
  facts.ends = "127.0.0.1:50000 127.0.0.1:8080";
  facts.timeout_ms = 30'000;
  return use(facts);
}

/// The requests of one batch, encoded once: the worker leaves them as they are.
std::uint32_t write_requests(const slab::segment& memory, std::string_view kind) {
  return with_request(kind, [&memory](const wire::request_facts& facts) {
    std::size_t bytes = 0;
    for (std::uint32_t place = 0; place < batch; ++place) {
      bytes = wire::put_slab_request(memory.request(place).data(), facts, facts.timeout_ms);
    }
    return static_cast<std::uint32_t>(bytes);
  });
}

pid_t start(char** words, int channel, int shared, int bell) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, channel, channel_number);
  posix_spawn_file_actions_adddup2(&actions, shared, slab_number);
  posix_spawn_file_actions_adddup2(&actions, bell, slab_number + 1);
  ::setenv("KRAKEN_FD", std::to_string(channel_number).c_str(), 1);
  ::setenv("KRAKEN_SLAB", std::to_string(slab_number).c_str(), 1);
  pid_t pid = -1;
  const bool born = ::posix_spawnp(&pid, words[0], &actions, nullptr, words, environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  return born ? pid : -1;
}

/// Above what the worker is given, so that no number is in the way of another.
kraken::unique_fd moved_up(const kraken::unique_fd& what) {
  return kraken::unique_fd{::fcntl(what.get(), F_DUPFD_CLOEXEC, 32)};
}

/// What is said on the socket, frame by frame.
class speech {
public:
  explicit speech(int channel) : channel_(channel) {}

  /// @param take `take(frame)`; true: that was it
  /// @return false: it never came
  template <class Take>
  bool hear(Take take) {
    while (true) {
      wire::worker_frame frame;
      const auto split = wire::split_frame(input_.view(), frame);
      if (split.status == wire::split_outcome::kind::done) {
        const bool done = take(frame);
        input_.consume(split.consumed);
        if (done) {
          return true;
        }
        continue;
      }
      pollfd one{channel_, POLLIN, 0};
      constexpr int patience_ms = 60'000;
      const auto got =
          ::poll(&one, 1, patience_ms) == 1 ? ::read(channel_, input_.prepare(4096), 4096) : -1;
      if (got <= 0) {
        return false;
      }
      input_.commit(static_cast<std::size_t>(got));
    }
  }

private:
  int channel_;
  wire::byte_buffer input_;
};

/// For a worker that takes frames: one after the other.
/// @return answers that are 200
std::size_t serve_frames(speech& from, int channel, std::string_view kind, std::size_t wanted) {
  std::size_t good = 0;
  wire::byte_buffer out;
  for (std::size_t asked = 1; asked <= wanted; ++asked) {
    const auto made = with_request(kind, [&out, asked](const wire::request_facts& facts) {
      return wire::append_request_frame(out, static_cast<std::uint32_t>(asked), facts);
    });
    const bool sent = made && ::write(channel, out.data(), out.size()) > 0;
    out.clear();
    const bool answered = sent && from.hear([&good](const wire::worker_frame& frame) {
      if (frame.type == wire::frame_type::response) {
        const auto answer = wire::decode_response(frame.payload);
        good += answer && answer->status == 200 ? 1U : 0U;
      }
      return frame.type == wire::frame_type::response;
    });
    if (!answered) {
      break;
    }
  }
  return good;
}

/// @return answers that are 200
std::size_t serve(slab::segment& memory, int bell, std::uint32_t bytes, std::size_t wanted) {
  std::size_t good = 0;
  std::uint32_t tail = 0;
  std::uint32_t generation = 0;
  wire::byte_buffer copy;
  for (std::size_t asked = 0; asked < wanted; asked += batch) {
    ++generation;
    for (std::uint32_t place = 0; place < batch; ++place) {
      memory.head(place).stream = place + 1;
      memory.head(place).request_bytes = bytes;
      static_cast<void>(slab::make_offer(memory, tail, {generation, place}));
    }
    slab::ring(memory);
    for (std::uint32_t open = batch; open != 0;) {
      const bool any = slab::take_reports(memory, [&](std::uint32_t place) {
        const auto room = memory.answer(place);
        const auto answer = wire::read_slab_answer({room.data(), room.size()}, copy);
        good += answer && answer->status == 200 ? 1U : 0U;
        --open;
      });
      if (!any && slab::arm(memory)) {
        pollfd one{bell, POLLIN, 0};
        constexpr int patience_ms = 60'000;
        std::uint64_t count = 0;
        if (::poll(&one, 1, patience_ms) != 1 ||
            ::read(bell, &count, sizeof count) != sizeof count) {
          return good;
        }
      }
      slab::disarm(memory);
    }
  }
  return good;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: worker_bench least|browser REQUESTS COMMAND...\n", stderr);
    return 64;
  }
  auto memory = slab::segment::make();
  auto pair = kraken::process::make_channel_pair();
  const kraken::unique_fd bell{::eventfd(0, EFD_CLOEXEC)};
  if (!memory || !pair || !bell) {
    return 1;
  }
  const auto shared = memory->share();
  const auto bytes = write_requests(*memory, argv[1]);
  const auto wanted = static_cast<std::size_t>(std::atol(argv[2])) / batch * batch;
  wire::byte_buffer out;
  wire::welcome_facts facts;
  facts.alias = "Main/web/w1";
  facts.slab_worker = 0;
  wire::append_welcome(out, facts);
  const auto said = ::write(pair->ours.get(), out.data(), out.size());
  const pid_t pid =
      start(argv + 3, moved_up(pair->theirs).get(), moved_up(*shared).get(), moved_up(bell).get());
  speech from{pair->ours.get()};
  bool pulls = false;
  const bool ready = said >= 0 && pid >= 0 && from.hear([&pulls](const wire::worker_frame& frame) {
    pulls = frame.pulls;
    return frame.type == wire::frame_type::ready;
  });
  if (!ready) {
    return 1;
  }
  const auto good = pulls ? serve(*memory, bell.get(), bytes, wanted)
                          : serve_frames(from, pair->ours.get(), argv[1], wanted);
  out.clear();
  wire::append_drain(out);
  static_cast<void>(::write(pair->ours.get(), out.data(), out.size()) < 0);
  slab::send_mail(*memory, 0);
  int status = 0;
  ::waitpid(pid, &status, 0);
  std::printf("%zu\n", good);
  return good == wanted ? 0 : 1;
}
