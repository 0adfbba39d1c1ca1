// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A duty to answer that ends in a function instead of a container: for incarnations that are tried
/// without a tree.
#pragma once

#include "kraken/actor/answer.hpp"

#include <string>

namespace kraken::actor {

/// @param target what the texts of failures call the one who answers
/// @param given  called with each answer, at once
[[nodiscard]] answerer answer_to(std::string target, answer_callback given);

} // namespace kraken::actor
