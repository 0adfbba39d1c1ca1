// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A record that one writes and many read: shared as it is, copied when it changes after that.
/// Between two changes nobody copies anything, and nobody who holds one sees it change.
#pragma once

#include <memory>
#include <utility>

namespace kraken::actor {

/// @thread not shared; what `share` returns may go anywhere
template <class Record>
class shared_record {
public:
  /// @param first nobody else has it
  explicit shared_record(std::shared_ptr<Record> first) noexcept : now_(first), own_(first.get()) {}

  [[nodiscard]] const Record* operator->() const noexcept { return now_.get(); }
  [[nodiscard]] const Record& operator*() const noexcept { return *now_; }

  /// For one change; not to be kept over a `share`.
  [[nodiscard]] Record& change() {
    if (own_ == nullptr) {
      auto made = std::make_shared<Record>(*now_);
      own_ = made.get();
      now_ = std::move(made);
    }
    return *own_;
  }

  [[nodiscard]] const std::shared_ptr<const Record>& share() noexcept {
    own_ = nullptr;
    return now_;
  }

private:
  std::shared_ptr<const Record> now_;
  Record* own_ = nullptr; ///< of `now_`, while nobody else has it
};

} // namespace kraken::actor
