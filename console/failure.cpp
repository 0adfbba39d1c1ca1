// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The words of a failure.
#include "console/failure.hpp"

#include "console/render.hpp"

namespace kraken::console {

std::string failure_text(std::string_view sentence, const error& why, std::string_view next) {
  constexpr std::string_view label = "Reason: ";
  std::string_view reason = why.context.empty() ? row_of(why.code).text : why.context;
  std::string out;
  if (!sentence.empty() && sentence != reason) {
    out.append(sentence).append("\n");
  }
  out.append(label);
  for (auto end = reason.find('\n'); end != std::string_view::npos; end = reason.find('\n')) {
    out.append(printable(reason.substr(0, end))).append("\n").append(label.size(), ' ');
    reason.remove_prefix(end + 1);
  }
  out.append(printable(reason)).append(" (").append(to_string(why.code)).append(")\n");
  return out.append("Try: ").append(printable(next)).append("\n");
}

} // namespace kraken::console
