// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the ends of file names stand for (IANA's media types).
#include "media_type.hpp"

#include "kraken/wire/http1_field.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kraken::php {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 66> types{{
    {".avif", "image/avif"},
    {".bmp", "image/bmp"},
    {".css", "text/css"},
    {".csv", "text/csv"},
    {".gif", "image/gif"},
    {".htm", "text/html"},
    {".html", "text/html"},
    {".ico", "image/vnd.microsoft.icon"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".tif", "image/tiff"},
    {".tiff", "image/tiff"},
    {".webp", "image/webp"},
    {".js", "text/javascript"},
    {".mjs", "text/javascript"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".xml", "application/xml"},
    {".rss", "application/rss+xml"},
    {".atom", "application/atom+xml"},
    {".txt", "text/plain"},
    {".md", "text/markdown"},
    {".ics", "text/calendar"},
    {".vtt", "text/vtt"},
    {".pdf", "application/pdf"},
    {".epub", "application/epub+zip"},
    {".mp3", "audio/mpeg"},
    {".m4a", "audio/mp4"},
    {".ogg", "audio/ogg"},
    {".oga", "audio/ogg"},
    {".opus", "audio/ogg"},
    {".wav", "audio/wav"},
    {".flac", "audio/flac"},
    {".mp4", "video/mp4"},
    {".m4v", "video/mp4"},
    {".mov", "video/quicktime"},
    {".webm", "video/webm"},
    {".ogv", "video/ogg"},
    {".avi", "video/x-msvideo"},
    {".mpeg", "video/mpeg"},
    {".mpg", "video/mpeg"},
    {".otf", "font/otf"},
    {".ttf", "font/ttf"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".zip", "application/zip"},
    {".gz", "application/gzip"},
    {".tgz", "application/gzip"},
    {".bz2", "application/x-bzip2"},
    {".xz", "application/x-xz"},
    {".7z", "application/x-7z-compressed"},
    {".tar", "application/x-tar"},
    {".rtf", "application/rtf"},
    {".doc", "application/msword"},
    {".xls", "application/vnd.ms-excel"},
    {".ppt", "application/vnd.ms-powerpoint"},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {".odt", "application/vnd.oasis.opendocument.text"},
    {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {".odp", "application/vnd.oasis.opendocument.presentation"},
}};

} // namespace

std::string_view media_type(std::string_view file) noexcept {
  const auto end = file.substr(std::min(file.rfind('.'), file.size()));
  const auto* const row = std::ranges::find_if(
      types, [end](const auto& each) { return wire::equals_lower(end, each.first); });
  return row == types.end() ? std::string_view{"application/octet-stream"} : row->second;
}

} // namespace kraken::php
