// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/http/access/access_log.hpp"

#include "kraken/base/log.hpp"
#include "kraken/process/output/line_place.hpp"

#include <utility>

#include <sys/stat.h>

namespace kraken::containers {

namespace {

error opening_error(const std::string& file, const error& why) {
  return error{why.code,
               "open access log '" + (file.empty() ? "standard error" : file) +
                   "': " + why.context};
}

void tell(const std::string& container,
          const std::string& file,
          const process::line_file_news& news) {
  switch (news.what) {
  case process::line_file_news::kind::drops:
    log::warn("access_log_drops",
              {{"container", container},
               {"file", file},
               {"dropped", news.dropped},
               {"reason", news.reason}});
    return;
  case process::line_file_news::kind::resumes:
    log::info("access_log_resumes",
              {{"container", container}, {"file", file}, {"dropped", news.dropped}});
    return;
  case process::line_file_news::kind::not_opened:
    log::error("access_log_not_reopened", {{"container", container}, {"reason", news.reason}});
    return;
  }
}

} // namespace

result<std::shared_ptr<access_log>>
access_log::open(std::string container, std::string file, process::line_file::unopened then) {
  auto lines = process::line_file::open(
      file,
      {},
      "kraken/access",
      [container, file](const process::line_file_news& news) { tell(container, file, news); },
      then);
  if (!lines) {
    return fail(opening_error(file, lines.error()));
  }
  return std::make_shared<access_log>(std::move(container), std::move(*lines));
}

result<void> access_log::check(const std::string& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) == 0 && S_ISFIFO(info.st_mode)) {
    return {};
  }
  const auto tried = process::open_line_target(file);
  return tried ? result<void>{} : fail(opening_error(file, tried.error()));
}

result<void> access_log::reopen() {
  auto done = lines_->reopen();
  return done ? done : fail(opening_error(file(), done.error()));
}

} // namespace kraken::containers
