// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The files that programs write to: one writer for each, whoever names it, and the daemon can have
/// all of them opened anew, counted and ended. Writes none itself.
#pragma once

#include "config/process_options.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/process/output/line_file.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken::containers {

/// @thread any
class output_files {
public:
  using handle = std::shared_ptr<process::line_file>;

  /// The writer of a file; made if there is none. It outlives the handle: a container that is
  /// started again goes on with it.
  /// @param container path of whose output it is
  /// @param wanted    its limits are those of the file from now on
  /// @error as process::line_file::open
  [[nodiscard]] result<handle>
  open(const std::string& container, const std::string& file, const config::output_options& wanted);

  /// After a rotation by somebody else. What fails is logged and keeps its old file.
  void reopen_all();

  /// Ends all and waits for what they have to be written.
  /// @param within for all of them together; those that need longer lose their lines
  void end_all(milliseconds within);

  /// What of a container a file gets: all that goes to files, or standard error alone.
  enum class streams : std::uint8_t { all, errors };

  struct used_file {
    std::string name;
    streams gets = streams::all;
  };

  /// The files that a container writes to now, or what is below it.
  [[nodiscard]] std::vector<used_file> files_of(const std::string& container) const;

  /// Calls `each(file)` for those that have not ended. `each` must not come back here.
  template <class Each>
  void visit(Each each) const {
    all_.with([&](const state& all) {
      for (const auto& [name, one] : all.files) {
        each(std::as_const(*one.lines));
      }
    });
  }

private:
  struct use {
    std::uint32_t handles = 0;
    streams gets = streams::all;
  };

  struct entry {
    std::shared_ptr<process::line_file> lines;
    std::map<std::string, use> users; ///< by container
  };

  struct state {
    std::map<std::string, entry> files;                      ///< by name
    std::vector<std::shared_ptr<process::line_file>> ending; ///< nobody waits for their threads
  };

  static void end_unused(state& all);
  void release(const std::string& container, const std::string& file);

  guarded<state> all_;
};

} // namespace kraken::containers
