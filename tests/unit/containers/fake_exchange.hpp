// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A request that waits, without any connection: writes down what its sink makes of it.
#pragma once

#include "kraken/net/exchange.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::containers::test {

/// A client that waits; what became of it is read on the loop.
class fake_exchange final : public net::exchange {
public:
  int status = 0; ///< of the answer or the failure; 0: none yet
  int ends = 0;   ///< more than one is a breach
  bool broken = false;
  bool streaming_begun = false;
  net::file_part file;
  std::string text;                  ///< head and body as written, parts as given
  std::vector<std::string> interims; ///< as written
  std::uint8_t version_minor = 1;
  bool is_congested = false;
  bool gone = false;                  ///< abandoned: any call is a breach
  std::function<void()> then = [] {}; ///< called at its end
  int late_calls = 0;
  net::stored_body stored; ///< what it is submitted with

  net::stored_body body() noexcept override { return std::exchange(stored, {}); }

  wire::byte_buffer& output() noexcept override {
    late_calls += gone || ends != 0 ? 1 : 0;
    return output_;
  }

  wire::response_context context() noexcept override {
    return {.date = "Thu, 01 Jan 1970 00:00:00 GMT", .version_minor = version_minor};
  }

  void interim() override {
    late_calls += gone || ends != 0 ? 1 : 0;
    interims.emplace_back(output_.view());
    output_.clear();
  }

  void answered(int with, wire::connection_after) override { end(with); }

  void answered_with_file(int with, wire::connection_after, net::file_part body) override {
    file = std::move(body);
    end(with);
  }

  void failed(int with, std::string_view detail) override {
    text += detail;
    end(with);
  }

  void streaming(int with, wire::body_framing, wire::connection_after) override {
    late_calls += gone || ends != 0 ? 1 : 0;
    status = with;
    streaming_begun = true;
  }

  void stream_part(std::string_view part) override {
    late_calls += gone || ends != 0 ? 1 : 0;
    text += part;
  }

  void stream_ended() override { end(status); }

  void stream_broken() override {
    broken = true;
    end(status);
  }

  [[nodiscard]] bool congested() const noexcept override { return is_congested; }

private:
  void end(int with) {
    late_calls += gone ? 1 : 0;
    status = with;
    ++ends;
    text.insert(0, std::string{output_.view()});
    output_.clear();
    then();
  }

  wire::byte_buffer output_;
};

} // namespace kraken::containers::test
