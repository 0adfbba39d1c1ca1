// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "console/top_screen.hpp"

#include "kraken/model/alias.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace kraken::console {

namespace {

constexpr std::string_view list_keys =
    "/ filter  arrows move  l logs  d describe  r restart  s stop  ? help  q quit";

constexpr std::array<std::string_view, 12> help_lines{
    "Keys",
    "  up, down, PgUp, PgDn, Home, End   select a container",
    "  /       show only containers whose path, kind or state has the text; Esc ends it",
    "  l       its captured output",
    "  d       everything known of it (Enter too)",
    "  r       restart it, clearing its failure history; asks first",
    "  s       stop it and what is below it; asks first",
    "  q       quit",
    "",
    "RST restarts counted   MBOX messages waiting   CPU of one core   MEM resident",
    "",
    "Any key goes back."};

/// Without its middle where it has more columns than these; names are ASCII.
std::string shortened(const std::string& name, std::size_t columns) {
  constexpr std::string_view gap = "..";
  if (name.size() <= columns || columns <= gap.size()) {
    return name.substr(0, columns);
  }
  const auto kept = columns - gap.size();
  return name.substr(0, kept - kept / 2).append(gap) + name.substr(name.size() - kept / 2);
}

} // namespace

void top_screen::show(std::vector<model::container_status> containers,
                      time_point now,
                      std::map<std::int32_t, double> cpu) {
  all_ = std::move(containers);
  now_ = now;
  cpu_ = std::move(cpu);
  fault_.clear();
  silence_ = seconds{0};
  keep();
}

void top_screen::show_text(std::string_view title, std::string_view text) {
  mode_ = mode::text;
  title_ = title;
  text_.clear();
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    text_.push_back(printable(line));
  }
}

/// The selection stays with its container; when that is gone, with the first one.
void top_screen::keep() {
  const auto shown = visible();
  const bool there = std::any_of(
      shown.begin(), shown.end(), [this](std::size_t i) { return all_[i].path == selected_; });
  if (!there) {
    selected_ = shown.empty() ? std::string{} : all_[shown.front()].path;
  }
}

std::vector<std::size_t> top_screen::visible() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const auto& c = all_[i];
    const bool fits = filter_.empty() || c.path.find(filter_) != std::string::npos ||
                      c.kind.find(filter_) != std::string::npos ||
                      to_string(c.in).find(filter_) != std::string_view::npos ||
                      to_string(c.at).find(filter_) != std::string_view::npos;
    if (fits) {
      out.push_back(i);
    }
  }
  return out;
}

void top_screen::move(std::ptrdiff_t by) {
  const auto shown = visible();
  if (shown.empty()) {
    return;
  }
  const auto at = std::find_if(
      shown.begin(), shown.end(), [this](std::size_t i) { return all_[i].path == selected_; });
  const auto last = static_cast<std::ptrdiff_t>(shown.size()) - 1;
  const auto to = std::clamp<std::ptrdiff_t>(at - shown.begin() + by, 0, last);
  selected_ = all_[shown[static_cast<std::size_t>(to)]].path;
}

top_wish top_screen::wish(top_wish::kind what) const {
  return selected_.empty() ? top_wish{} : top_wish{what, selected_};
}

/// What interrupts service needs a second key: the list begins with the root selected.
void top_screen::ask_first(top_wish::kind what) {
  asked_ = wish(what);
  mode_ = asked_.what == top_wish::kind::none ? mode::list : mode::confirm;
}

top_wish top_screen::answered(bool yes) {
  mode_ = mode::list;
  return yes ? std::exchange(asked_, {}) : top_wish{};
}

std::string top_screen::question() const {
  const auto below = std::ranges::count_if(
      all_, [this](const auto& c) { return c.path.starts_with(asked_.path + "/"); });
  return std::string{asked_.what == top_wish::kind::stop ? "stop " : "restart "} + asked_.path +
         (below == 0 ? "" : " and the " + std::to_string(below) + " below it") +
         "?  y: yes, any other key: no";
}

top_wish top_screen::press(char key) {
  if (mode_ == mode::confirm) {
    return answered(key == 'y' || key == 'Y');
  }
  if (mode_ == mode::filter) {
    filter_ += key;
    keep();
    return {};
  }
  if (mode_ != mode::list) {
    mode_ = mode::list;
    return {};
  }
  switch (key) {
  case 'q':
    return {top_wish::kind::quit, {}};
  case '/':
    mode_ = mode::filter;
    return {};
  case '?':
  case 'h':
    mode_ = mode::help;
    return {};
  case 'l':
    return wish(top_wish::kind::logs);
  case 'd':
    return wish(top_wish::kind::describe);
  case 'r':
    ask_first(top_wish::kind::restart);
    return {};
  case 's':
    ask_first(top_wish::kind::stop);
    return {};
  case 'j':
    move(1);
    return {};
  case 'k':
    move(-1);
    return {};
  default:
    return {};
  }
}

top_wish top_screen::press(top_key key) {
  if (mode_ == mode::confirm) {
    return answered(false);
  }
  if (mode_ == mode::text || mode_ == mode::help) {
    mode_ = mode::list;
    return {};
  }
  const auto page = static_cast<std::ptrdiff_t>(page_);
  const auto all = static_cast<std::ptrdiff_t>(all_.size());
  switch (key) {
  case top_key::up:
    move(-1);
    break;
  case top_key::down:
    move(1);
    break;
  case top_key::page_up:
    move(-page);
    break;
  case top_key::page_down:
    move(page);
    break;
  case top_key::home:
    move(-all);
    break;
  case top_key::end:
    move(all);
    break;
  case top_key::enter:
    if (mode_ == mode::list) {
      return wish(top_wish::kind::describe);
    }
    mode_ = mode::list;
    break;
  case top_key::escape:
    mode_ = mode::list;
    filter_.clear();
    keep();
    break;
  case top_key::erase:
    if (mode_ == mode::filter && !filter_.empty()) {
      filter_.pop_back();
      keep();
    }
    break;
  }
  return {};
}

/// Long names give way, so that what is to be seen first stays on the screen: the state always,
/// the numbers as long as some of the name is left. Both ends of a name tell siblings apart.
void top_screen::fit_names(std::vector<std::vector<std::string>>& rows, std::size_t width) {
  constexpr std::size_t name_least = 20;
  constexpr std::size_t state_at = 2;
  constexpr std::size_t memory_at = 7;
  std::size_t to_state = 0; // columns behind the name
  std::size_t to_memory = 0;
  for (std::size_t i = 1; i <= memory_at; ++i) {
    std::size_t widest = 0;
    for (const auto& each : rows) {
      widest = std::max(widest, display_columns(each[i]) + 2);
    }
    to_state += i <= state_at ? widest : 0;
    to_memory += widest;
  }
  const auto left = [width](std::size_t taken) { return width - std::min(width, taken); };
  const auto room = std::min(std::max(left(to_memory), name_least), left(to_state));
  for (auto& each : rows) {
    each[0] = shortened(each[0], room);
  }
}

std::vector<std::string> top_screen::row(const model::container_status& c) const {
  const auto depth = model::depth_of(c.path);
  std::string cpu = "-";
  if (const auto found = cpu_.find(c.pid); c.pid != 0 && found != cpu_.end()) {
    std::array<char, 16> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%.1f%%", found->second));
    cpu = text.data();
  }
  const auto memory = c.live ? std::max<std::int64_t>(0, c.live->memory_bytes.get()) : 0;
  return {std::string(2 * (depth - std::min<std::size_t>(depth, 1)), ' ') + c.alias,
          c.kind,
          std::string{to_string(c.in)},
          std::string{to_string(c.at)},
          std::to_string(c.restarts),
          std::to_string(c.lane ? c.lane->depth.load() : 0),
          cpu,
          memory == 0 ? "-" : short_size(static_cast<std::uint64_t>(memory)),
          cause_text(c, now_)};
}

std::string top_screen::head() const {
  std::size_t failed = 0;
  for (const auto& c : all_) {
    failed += c.in == model::state::failed ? 1 : 0;
  }
  std::string out = "kraken top: " + std::to_string(all_.size()) + " containers, " +
                    std::to_string(failed) + " failed";
  if (!filter_.empty() || mode_ == mode::filter) {
    out += "  /" + filter_ + (mode_ == mode::filter ? "_" : "");
  }
  if (fault_.empty() && silence_ == seconds{0}) {
    return out;
  }
  return out + "  (no answer" +
         (silence_ > seconds{0} ? " for " + short_duration(silence_) : std::string{}) +
         (fault_.empty() ? std::string{} : ": " + printable(fault_)) + ")";
}

std::vector<top_line> top_screen::lines(std::size_t width, std::size_t height) {
  std::vector<top_line> out;
  const auto add = [&](std::string_view text, const model::container_status* c = nullptr) {
    top_line line;
    line.text = std::string{first_columns(text, width)};
    if (c != nullptr) {
      line.in = c->in;
      line.selected = c->path == selected_;
    }
    out.push_back(std::move(line));
  };
  constexpr std::size_t around = 3; // head, names of the columns, keys
  page_ = height > around ? height - around : 1;
  if (mode_ == mode::help) {
    for (const auto line : help_lines) {
      add(line);
    }
  } else if (mode_ == mode::text) {
    add(title_ + "  (any key goes back)");
    const auto room = height > 1 ? height - 1 : 1;
    const auto from = text_.size() > room ? text_.size() - room : 0;
    for (std::size_t i = from; i < text_.size(); ++i) {
      add(text_[i]);
    }
  } else {
    add(head());
    const auto shown = visible();
    std::vector<std::vector<std::string>> rows{
        {"CONTAINER", "KIND", "STATE", "PHASE", "RST", "MBOX", "CPU", "MEM", "CAUSE"}};
    std::size_t selected = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      rows.push_back(row(all_[shown[i]]));
      selected = all_[shown[i]].path == selected_ ? i : selected;
    }
    first_ = std::min(first_, selected);
    first_ = selected >= first_ + page_ ? selected - page_ + 1 : first_;
    fit_names(rows, width);
    static constexpr std::array<std::string_view, 4> right{"RST", "MBOX", "CPU", "MEM"};
    const std::string table = render_table(rows, right, {});
    std::string_view rest = table;
    for (std::size_t i = 0; !rest.empty(); ++i) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      if (i == 0) {
        add(line);
      } else if (i - 1 >= first_ && i - 1 < first_ + page_) {
        add(line, &all_[shown[i - 1]]);
      }
    }
    while (out.size() + 1 < height) {
      add("");
    }
    add(mode_ == mode::confirm ? question() : std::string{list_keys});
  }
  out.resize(height);
  return out;
}

} // namespace kraken::console
