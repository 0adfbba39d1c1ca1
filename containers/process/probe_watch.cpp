// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/process/probe_watch.hpp"

#include <utility>

namespace kraken::containers {

probe_watch::probe_watch(reactor& loop, begin_probe begin, milliseconds every, milliseconds timeout)
    : loop_(loop), begin_(std::move(begin)), every_(every), timeout_(timeout) {}

std::unique_ptr<probe_watch> probe_watch::until_ready(reactor& loop,
                                                      begin_probe begin,
                                                      milliseconds every,
                                                      milliseconds timeout,
                                                      std::function<void()> serves) {
  auto out = std::make_unique<probe_watch>(loop, std::move(begin), every, timeout);
  out->serves_ = std::move(serves);
  out->look();
  return out;
}

std::unique_ptr<probe_watch>
probe_watch::while_alive(reactor& loop,
                         begin_probe begin,
                         milliseconds every,
                         milliseconds timeout,
                         std::uint32_t failures,
                         std::function<void(const std::string&)> lost) {
  auto out = std::make_unique<probe_watch>(loop, std::move(begin), every, timeout);
  out->failures_max_ = failures;
  out->lost_ = std::move(lost);
  out->wait();
  return out;
}

void probe_watch::look() {
  next_.reset();
  look_ = begin_(timeout_, [this](const result<void>& outcome) { seen(outcome); });
}

void probe_watch::wait() {
  next_ = loop_.after(every_, [this] { look(); });
}

void probe_watch::seen(const result<void>& outcome) {
  look_.reset();
  if (outcome) {
    failures_ = 0;
    if (serves_) {
      return std::exchange(serves_, nullptr)(); // the last act: it may destroy this
    }
  } else {
    last_failure_ = outcome.error().context;
    if (lost_ && ++failures_ >= failures_max_) {
      const auto text = last_failure_;
      return std::exchange(lost_, nullptr)(text);
    }
  }
  wait();
}

} // namespace kraken::containers
