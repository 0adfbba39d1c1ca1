// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A cache that lives in the daemon: the example of docs/guides/native-container.md.
#include "kraken/native/daemon.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace {

using kraken::native::behaviour;

/// What `put` is sent.
struct entry {
  std::string key;
  kraken::native::value value;
};

} // namespace

template <>
struct kraken::native::fields<entry> {
  static constexpr auto list = std::tuple{field{"key", &entry::key}, field{"value", &entry::value}};
};

namespace {

class cache final : public kraken::native::container {
public:
  using container::container;

  void config(kraken::native::arguments& given) override {
    capacity_ = static_cast<std::size_t>(given.number("capacity", 1'000, 1));
    forget_ = given.duration("forget", kraken::seconds{60});
  }

  behaviour construct() override {
    const auto timer = self().start_timer(
        "forget", kraken::native::timing::fixed_delay, forget_, [this] { kept_.clear(); });
    if (!timer) {
      throw std::runtime_error(timer.error().context);
    }
    behaviour first;
    first
        .on_command("put",
                    [this](entry what) -> kraken::result<std::size_t> {
                      if (kept_.size() >= capacity_ && !kept_.contains(what.key)) {
                        return kraken::fail(kraken::errc::limit_exceeded, "the cache is full");
                      }
                      kept_.insert_or_assign(std::move(what.key), std::move(what.value));
                      return kept_.size();
                    })
        .on_command("get", [this](const std::string& key) {
          const auto found = kept_.find(key);
          return found == kept_.end() ? kraken::native::value{} : found->second;
        });
    return first;
  }

private:
  std::size_t capacity_ = 0;
  kraken::milliseconds forget_{0};
  std::map<std::string, kraken::native::value> kept_;
};

} // namespace

int main(int argc, char** argv) {
  return kraken::native::run_daemon(
      argc,
      argv,
      {kraken::native::container_class::of<cache>("Cache", "keeps values for a while")});
}
