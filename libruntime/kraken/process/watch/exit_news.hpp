// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kernel's news that a child of this process has begun to end, before it takes the memory of
/// that child apart (taskstats; docs/decisions/0039). A hint for any program, however it was
/// started; what it means is for whoever asked to find out.
#pragma once

#include "kraken/base/guarded.hpp"
#include "kraken/base/reactor.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <sys/types.h>

namespace kraken::process {

/// @thread any, but the loop of `make` has to outlive this
class exit_news {
  using listeners = guarded<std::map<pid_t, std::function<void()>>>;

public:
  /// @param loop reads what the kernel says
  /// @return null: not for us (CAP_NET_ADMIN is wanted, outside of user and pid namespaces), or
  ///         this kernel has none
  [[nodiscard]] static std::unique_ptr<exit_news> make(reactor& loop);

  exit_news(const exit_news&) = delete;
  exit_news& operator=(const exit_news&) = delete;

  /// A child listened for; destroying it ends that. May outlive the news.
  class place {
  public:
    place(std::shared_ptr<listeners> among, pid_t child) noexcept
        : among_(std::move(among)), child_(child) {}
    ~place();
    place(const place&) = delete;
    place& operator=(const place&) = delete;

  private:
    std::shared_ptr<listeners> among_;
    pid_t child_;
  };

  /// @param child not reaped before the place is destroyed
  /// @param told called on the loop with a lock held: it may do no more than post
  /// @return null: somebody listens for it already
  [[nodiscard]] std::unique_ptr<place> add(pid_t child, std::function<void()> told);

private:
  explicit exit_news(unique_fd socket) : socket_(std::move(socket)) {}

  void read();

  unique_fd socket_;
  std::shared_ptr<listeners> listeners_ = std::make_shared<listeners>();
  std::unique_ptr<reactor::waiting> readable_;
};

} // namespace kraken::process
