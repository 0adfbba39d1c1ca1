// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The table. A new kind of the file is one row here, its options struct and its rows.
#include "config/kind_table.hpp"

#include "config/detail/sections.hpp"
#include "config/http_options.hpp"
#include "config/native_options.hpp"
#include "config/php_options.hpp"
#include "config/pool_options.hpp"
#include "config/process_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kraken::config {

namespace {

template <class Options, class SpecOptions>
class values_of_kind final : public kind_values {
public:
  [[nodiscard]] void* object() noexcept override { return &values_; }
  [[nodiscard]] std::shared_ptr<const model::kind_options> keep() override {
    return std::make_shared<const SpecOptions>(std::move(values_));
  }

private:
  Options values_;
};

/// A kind with options of its own: read into `Options`, carried by a spec as `SpecOptions`.
template <class Options, class SpecOptions>
constexpr kind_row with_options(kind_row row, const section* (*rows)()) {
  row.rows = rows;
  row.values = []() -> std::unique_ptr<kind_values> {
    return std::make_unique<values_of_kind<Options, SpecOptions>>();
  };
  row.inside = [](const model::kind_options* options) -> const void* {
    const auto* mine = dynamic_cast<const SpecOptions*>(options);
    return mine == nullptr ? nullptr : &mine->values;
  };
  return row;
}

constexpr std::array kind_rows{
    kind_row{.name = "supervisor",
             .summary = "only supervises its children; the type of a container with children that "
                        "has no other",
             .children = offspring::declared},
    with_options<program_options, process_spec_options>(
        {.name = "process", .summary = "any program, supervised", .start = start_words::program},
        [] { return &detail::process_section(); }),
    with_options<php_options, php_spec_options>(
        {.name = "php",
         .summary = "a class of a PHP application, in a process of its own",
         .start = start_words::class_name,
         .children = offspring::declared},
        [] { return &detail::php_section(); }),
    with_options<pool_options, pool_spec_options>(
        {.name = "pool",
         .summary = "workers that share a queue of requests",
         .start = start_words::program,
         .gap = "requests to it are answered 503"},
        [] { return &detail::pool_section(); }),
    with_options<http_options, http_spec_options>(
        {.name = "http",
         .summary = "listens for HTTP and gives requests to pools",
         .renewed = renewal::beside,
         .gap = "connections are refused"},
        [] { return &detail::http_section(); }),
    with_options<native_options, native_spec_options>(
        {.name = "native",
         .summary = "an object of a C++ class registered with the daemon",
         .start = start_words::class_name,
         .children = offspring::declared},
        [] { return &detail::native_section(); }),
};

} // namespace

std::span<const kind_row> kinds() noexcept {
  return kind_rows;
}

const kind_row* find_kind(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(kind_rows, name, &kind_row::name);
  return found == kind_rows.end() ? nullptr : found;
}

} // namespace kraken::config
