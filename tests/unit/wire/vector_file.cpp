// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading of the vector files.
#include "vector_file.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace kraken::test {

namespace {

std::vector<std::string> lines_of(const std::string& name) {
  std::istringstream text{read_file(std::string{KRAKEN_VECTORS_DIR} + "/" + name)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    if (!line.empty() && line.front() != '#') {
      lines.push_back(line);
    }
  }
  return lines;
}

/// Expands `\{N*text}`.
std::string repeat_blocks(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto block = std::min(text.find("\\{"), text.size());
    out += text.substr(0, block);
    text.remove_prefix(block);
    if (text.empty()) {
      break;
    }
    const auto star = text.find('*');
    const auto end = text.find('}');
    for (int left = std::stoi(std::string{text.substr(2, star - 2)}); left > 0; --left) {
      out += text.substr(star + 1, end - star - 1);
    }
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string unescape_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
    case 'r':
      out += '\r';
      break;
    case 'n':
      out += '\n';
      break;
    case 't':
      out += '\t';
      break;
    case '0':
      out += '\0';
      break;
    case 'x':
      out += from_hex(text.substr(i + 1, 2));
      i += 2;
      break;
    case '\\':
      out += '\\';
      break;
    default:
      throw std::runtime_error{"bad escape in a vector file"};
    }
  }
  return out;
}

} // namespace

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    throw std::runtime_error{"cannot read " + path};
  }
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

std::vector<http1_row> read_http1_rows() {
  std::vector<http1_row> rows;
  for (const auto& line : lines_of("http1_requests.txt")) {
    constexpr std::string_view bar = " | ";
    http1_row row;
    const auto first = line.find(bar);
    const auto second = line.find(bar, first + bar.size());
    const auto third = line.find(bar, second + bar.size());
    row.name = line.substr(0, first);
    std::istringstream statuses{line.substr(first + 3, second - first - 3)};
    for (std::string status; std::getline(statuses, status, ',');) {
      row.statuses.push_back(std::stoi(status));
    }
    row.keep = line.substr(second + 3, third - second - 3) == "keep";
    row.bytes = unescape_text(repeat_blocks(std::string_view{line}.substr(third + 3)));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::map<std::string, std::string> read_worker_frames() {
  std::map<std::string, std::string> frames;
  for (const auto& line : lines_of("worker_frames.txt")) {
    const auto colon = line.find(": ");
    frames[line.substr(0, colon)] = from_hex(line.substr(colon + 2));
  }
  return frames;
}

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (hex[i] == ' ') {
      continue;
    }
    out += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
    ++i;
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

} // namespace kraken::test
