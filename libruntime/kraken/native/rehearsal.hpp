// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A native container without a daemon, for the tests of whoever writes one: everything happens on
/// the calling thread, in the call that causes it, and time moves only when told to. Supervises
/// nothing: a failed container stays so until `restart`. Defined by the library `kraken::daemon`.
#pragma once

#include "kraken/native/container_class.hpp"
#include "kraken/native/message.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::native {

/// @thread one
class rehearsal {
public:
  enum class phase : std::uint8_t { starting, ready, failed, ended };

  /// What the container has sent.
  struct sending {
    std::string to;
    std::string name; ///< of a command
    packed body;
    actor::answer_callback done; ///< of a request; empty: a message

    /// @error errc::invalid_argument when it is no `T`
    template <class T>
    [[nodiscard]] result<T> as() const {
      return unpack<T>(body == nullptr ? std::string_view("\xc0", 1) : std::string_view(*body));
    }
  };

  /// What it has asked of its children's manager.
  struct order {
    model::command what;
    model::reply_callback done;
  };

  /// Takes the steps of a start: see `state()` and `failure()`.
  explicit rehearsal(container_class of, std::map<std::string, std::string> args = {});
  ~rehearsal();
  rehearsal(const rehearsal&) = delete;
  rehearsal& operator=(const rehearsal&) = delete;

  [[nodiscard]] phase state() const noexcept;
  /// Why it failed, since it was started last.
  [[nodiscard]] const std::optional<model::cause>& failure() const noexcept;
  [[nodiscard]] std::uint64_t generation() const noexcept;
  /// Letters that wait: it is not ready, or has stashed them.
  [[nodiscard]] std::size_t waiting() const noexcept;
  /// Messages and requests it has no handler for, or could not read.
  [[nodiscard]] std::size_t unhandled() const noexcept;

  /// A message comes.
  template <class T>
  void send(const T& what, std::string_view from = "Main/tester") {
    send_packed(pack(what), from);
  }
  /// A request comes, or a command.
  /// @return where its answer stands: of the kind `progress` until it is given
  template <class T>
  std::shared_ptr<const actor::answer> ask(const T& what, std::string_view name = {}) {
    return ask_packed(pack(what), name);
  }
  /// Time passes; timers run when they are due, in order.
  void advance(milliseconds by);
  /// `what` ends for good; it hears of it if it watches it.
  void gone(std::string_view what);
  /// What it sent is answered.
  template <class T>
  void answer(const sending& which, const T& what) {
    hear(which, actor::answer::of(pack(what)));
  }
  void refuse(const sending& which, const error& why) {
    hear(which, actor::answer::of(actor::failure::of(why)));
  }
  void carry_out(const order& which, const result<model::reply>& how);
  /// The directive `continue`, after a failure.
  void resume();
  /// Another incarnation follows; what waits is for it.
  void restart();
  /// An orderly end.
  void stop();
  /// What came by the container's door from other threads. All other calls do it, too.
  void run();

  /// What it has sent since the last call.
  [[nodiscard]] std::vector<sending> take_sent();
  [[nodiscard]] std::vector<order> take_orders();

private:
  class stage;

  void send_packed(packed what, std::string_view from);
  std::shared_ptr<const actor::answer> ask_packed(packed what, std::string_view name);
  void hear(const sending& which, const actor::answer& what);

  std::unique_ptr<stage> stage_;
};

} // namespace kraken::native
