// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The calendar of the C++ library, which has no locale and no time zone.
#include "kraken/wire/http1_date.hpp"

#include <chrono>
#include <cstddef>

namespace kraken::wire {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::string_view day_letters = "SunMonTueWedThuFriSat";
constexpr std::string_view month_letters = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view date_pattern = "???, ?? ??? ???? ??:??:?? GMT";
constexpr std::size_t name_bytes = 3;

// Where the parts stand.
constexpr std::size_t day_at = 5;
constexpr std::size_t month_at = 8;
constexpr std::size_t year_at = 12;
constexpr std::size_t hour_at = 17;
constexpr std::size_t minute_at = 20;
constexpr std::size_t second_at = 23;

void put_digits(char* last, int value, int count) noexcept {
  for (; count != 0; --count, value /= 10) {
    *last-- = static_cast<char>('0' + value % 10);
  }
}

/// @return negative: not all are digits
int get_digits(std::string_view text) noexcept {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

bool has_form(std::string_view text) noexcept {
  if (text.size() != date_pattern.size()) {
    return false;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (date_pattern[at] != '?' && date_pattern[at] != text[at]) {
      return false;
    }
  }
  return true;
}

} // namespace

http_date_text write_http_date(std::int64_t seconds) noexcept {
  // Bounds of what four digits can say.
  constexpr std::int64_t first =
      sys_days{std::chrono::year{1} / 1 / 1}.time_since_epoch() / std::chrono::seconds{1};
  constexpr std::int64_t behind =
      sys_days{std::chrono::year{10'000} / 1 / 1}.time_since_epoch() / std::chrono::seconds{1};
  const std::chrono::sys_seconds when{
      std::chrono::seconds{seconds >= first && seconds < behind ? seconds : 0}};
  const auto day = std::chrono::floor<days>(when);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{when - day};
  http_date_text out;
  date_pattern.copy(out.data(), out.size());
  const auto month = static_cast<unsigned>(date.month());
  day_letters.copy(out.data(), name_bytes, std::chrono::weekday{day}.c_encoding() * name_bytes);
  month_letters.copy(out.data() + month_at, name_bytes, (month - 1) * name_bytes);
  put_digits(&out[day_at + 1], static_cast<int>(static_cast<unsigned>(date.day())), 2);
  put_digits(&out[year_at + 3], static_cast<int>(date.year()), 4);
  put_digits(&out[hour_at + 1], static_cast<int>(time.hours().count()), 2);
  put_digits(&out[minute_at + 1], static_cast<int>(time.minutes().count()), 2);
  put_digits(&out[second_at + 1], static_cast<int>(time.seconds().count()), 2);
  return out;
}

// The name of the day says nothing that the date does not.
std::optional<std::int64_t> read_http_date(std::string_view text) noexcept {
  if (!has_form(text)) {
    return std::nullopt;
  }
  const auto month = month_letters.find(text.substr(month_at, name_bytes));
  const int day = get_digits(text.substr(day_at, 2));
  const int year = get_digits(text.substr(year_at, 4));
  const int hour = get_digits(text.substr(hour_at, 2));
  const int minute = get_digits(text.substr(minute_at, 2));
  const int second = get_digits(text.substr(second_at, 2));
  const std::chrono::year_month_day date{
      std::chrono::year{year},
      std::chrono::month{static_cast<unsigned>(month / name_bytes + 1)},
      std::chrono::day{static_cast<unsigned>(day)}};
  const auto within = [](int value, int most) { return value >= 0 && value <= most; };
  constexpr int leap_second = 60;
  const bool known = month != std::string_view::npos && month % name_bytes == 0 && date.ok() &&
                     within(year, 9'999) && within(hour, 23) && within(minute, 59) &&
                     within(second, leap_second);
  if (!known) {
    return std::nullopt;
  }
  const auto since = sys_days{date}.time_since_epoch() + std::chrono::hours{hour} +
                     std::chrono::minutes{minute} + std::chrono::seconds{second};
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

} // namespace kraken::wire
