// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Keeping of writers until their threads have ended, so that nobody ever waits for one.
#include "containers/program/output_files.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <set>

namespace kraken::containers {

namespace {

void tell(const std::string& file, const process::line_file_news& news) {
  switch (news.what) {
  case process::line_file_news::kind::drops:
    log::warn("output_file_drops",
              {{"file", file}, {"dropped", news.dropped}, {"reason", news.reason}});
    return;
  case process::line_file_news::kind::resumes:
    log::info("output_file_resumes", {{"file", file}, {"dropped", news.dropped}});
    return;
  case process::line_file_news::kind::not_opened:
    log::error("output_file_not_renewed", {{"file", file}, {"reason", news.reason}});
    return;
  }
}

} // namespace

result<output_files::handle> output_files::open(const std::string& container,
                                                const std::string& file,
                                                const config::output_options& wanted) {
  const process::rotation_rules rules{wanted.max_size.value, wanted.keep};
  auto found = all_.with([&](state& all) -> result<std::shared_ptr<process::line_file>> {
    auto& one = all.files[file];
    auto& own = one.users[container]; // before others that nobody uses are ended
    ++own.handles;
    own.gets = file == wanted.file ? streams::all : streams::errors;
    end_unused(all);
    if (one.lines) {
      one.lines->turn_over(rules);
      return one.lines;
    }
    auto made = process::line_file::open(
        file, rules, "kraken/output", [file](const auto& news) { tell(file, news); });
    if (!made) {
      all.files.erase(file);
      return fail(made.error());
    }
    one.lines = *made;
    return one.lines;
  });
  if (!found) {
    return fail(found.error());
  }
  return handle{found->get(),
                [this, container, file](process::line_file*) { release(container, file); }};
}

// The writer stays: it is ended when another file is opened, or all are opened anew.
void output_files::release(const std::string& container, const std::string& file) {
  all_.with([&](state& all) {
    const auto found = all.files.find(file);
    if (found == all.files.end()) {
      return;
    }
    auto& users = found->second.users;
    if (const auto user = users.find(container);
        user != users.end() && --user->second.handles == 0) {
      users.erase(user);
    }
  });
}

void output_files::end_unused(state& all) {
  std::erase_if(all.ending, [](const auto& each) { return each->ended(milliseconds{0}); });
  std::erase_if(all.files, [&](const auto& each) {
    const auto& [name, one] = each;
    if (!one.users.empty()) {
      return false;
    }
    one.lines->end();
    all.ending.push_back(one.lines);
    return true;
  });
}

void output_files::reopen_all() {
  const auto files = all_.with([](state& all) {
    end_unused(all);
    std::vector<std::shared_ptr<process::line_file>> out;
    for (const auto& [name, one] : all.files) {
      out.push_back(one.lines);
    }
    return out;
  });
  for (const auto& each : files) {
    if (auto reopened = each->reopen(); !reopened) {
      log::error("output_file_not_renewed",
                 {{"file", each->file()}, {"reason", reopened.error().text()}});
    }
  }
}

void output_files::end_all(milliseconds within) {
  const auto all = all_.with([](const state& now) {
    auto out = now.ending;
    for (const auto& [name, one] : now.files) {
      out.push_back(one.lines);
    }
    return out;
  });
  process::end_all(all, within);
}

std::vector<output_files::used_file> output_files::files_of(const std::string& container) const {
  return all_.with([&](const state& all) {
    std::vector<used_file> out;
    for (const auto& [name, one] : all.files) {
      bool used = false;
      bool for_all = false;
      for (const auto& [path, how] : one.users) {
        const bool asked = path == container || path.starts_with(container + "/");
        used = used || asked;
        for_all = for_all || (asked && how.gets == streams::all);
      }
      if (used) {
        out.push_back({name, for_all ? streams::all : streams::errors});
      }
    }
    return out;
  });
}

} // namespace kraken::containers
