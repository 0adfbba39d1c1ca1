// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What `kraken top` shows and what its keys mean. Draws on no terminal and asks no daemon: gets
/// containers and keys, gives lines and wishes.
#pragma once

#include "console/render.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kraken::console {

/// Keys that are no characters.
enum class top_key : std::uint8_t { up, down, page_up, page_down, home, end, enter, escape, erase };

/// What is to be done besides drawing.
struct top_wish {
  enum class kind : std::uint8_t { none, quit, logs, describe, restart, stop };

  kind what = kind::none;
  std::string path; ///< of the container it is about
};

struct top_line {
  std::string text;
  std::optional<model::state> in; ///< of the container it shows
  bool selected = false;
};

/// @thread one
class top_screen {
public:
  /// @param containers in tree order
  /// @param cpu        percent of a core by pid; absent: not known
  void show(std::vector<model::container_status> containers,
            time_point now,
            std::map<std::int32_t, double> cpu);
  /// The daemon does not answer; what was seen last stays.
  void show_fault(std::string text) { fault_ = std::move(text); }
  /// Says how long nothing was seen.
  void show_silence(time_point now) { silence_ = std::chrono::floor<seconds>(now - now_); }
  /// Text in place of the list until a key is pressed: logs, a description.
  void show_text(std::string_view title, std::string_view text);

  top_wish press(char key);
  top_wish press(top_key key);

  /// The screen, exactly `height` lines of at most `width` columns.
  [[nodiscard]] std::vector<top_line> lines(std::size_t width, std::size_t height);

private:
  enum class mode : std::uint8_t { list, filter, text, help, confirm };

  void keep();
  void move(std::ptrdiff_t by);
  [[nodiscard]] std::vector<std::size_t> visible() const;
  [[nodiscard]] top_wish wish(top_wish::kind what) const;
  void ask_first(top_wish::kind what);
  [[nodiscard]] top_wish answered(bool yes);
  [[nodiscard]] std::string question() const;
  static void fit_names(std::vector<std::vector<std::string>>& rows, std::size_t width);
  [[nodiscard]] std::vector<std::string> row(const model::container_status& c) const;
  [[nodiscard]] std::string head() const;

  mode mode_ = mode::list;
  std::vector<model::container_status> all_;
  std::map<std::int32_t, double> cpu_;
  time_point now_{};
  std::string filter_;
  std::string selected_; ///< path
  top_wish asked_;       ///< of `confirm`
  std::string fault_;
  seconds silence_{0}; ///< since `now_`; 0: not worth a word
  std::string title_;
  std::vector<std::string> text_;
  std::size_t first_ = 0; ///< shown at the top
  std::size_t page_ = 1;
};

} // namespace kraken::console
