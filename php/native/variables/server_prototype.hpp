// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `$_SERVER` as all requests of this process begin it: the environment, and a place for each
/// variable that every request has. Copied, never changed. Knows no request.
#pragma once

#include "php/native/server_variables.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct _zend_array; // PHP's own name

namespace kraken::php {

/// @thread one: the process has no other
class server_prototype {
public:
  /// Whether the command line's arguments have a place too.
  enum class arguments : std::uint8_t { without, with };

  /// Makes it anew where the environment is another than before. Its strings stay for good, so that
  /// happens a few times in the life of a process, as applications set theirs while they boot.
  /// @return false: the environment changes again and again, there is none for this request
  [[nodiscard]] bool follow_environment(arguments which);

  /// How often it was made: tables copied before have other places.
  [[nodiscard]] std::size_t made() const noexcept { return made_; }
  /// In the process's own memory.
  [[nodiscard]] _zend_array* table() const noexcept { return table_; }
  /// Where in the table a variable stands, by its index in `variable_names`.
  [[nodiscard]] std::uint32_t place(std::size_t index) const noexcept { return places_[index]; }
  [[nodiscard]] std::uint32_t exact_time() const noexcept { return exact_time_; }
  [[nodiscard]] std::uint32_t time() const noexcept { return time_; }
  [[nodiscard]] std::uint32_t argument_list() const noexcept { return argument_list_; }
  [[nodiscard]] std::uint32_t argument_count() const noexcept { return argument_count_; }
  /// The environment may have what a request calls by the same name.
  [[nodiscard]] bool mixed() const noexcept { return mixed_; }

private:
  [[nodiscard]] bool is_current() const noexcept;
  void make(arguments which);
  void add_environment();

  static constexpr std::size_t made_most = 16;

  _zend_array* table_ = nullptr;
  std::vector<const char*> lines_; ///< of the environment, null behind the last
  std::vector<std::string> texts_; ///< what they were
  std::array<std::uint32_t, variable_names.size()> places_{};
  std::uint32_t exact_time_ = 0, time_ = 0, argument_list_ = 0, argument_count_ = 0;
  std::size_t made_ = 0;
  bool mixed_ = false;
};

} // namespace kraken::php
