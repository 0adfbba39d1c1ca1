// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The request whose cost is counted, the same for the front and for a worker.
#pragma once

#include <string>
#include <string_view>

namespace kraken::bench {

/// @param kind "browser": with the eleven fields a browser sends; else with none but Host
inline std::string hello_request(std::string_view kind) {
  std::string out = "GET /hello?a=1 HTTP/1.1\r\nHost: x\r\n";
  if (kind == "browser") {
    out += "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
           "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
           "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
           "Connection: keep-alive\r\nUpgrade-Insecure-Requests: 1\r\nSec-Fetch-Dest: document\r\n"
           "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Site: none\r\nSec-Fetch-User: ?1\r\n"
           "Cookie: session=0123456789abcdef0123456789abcdef\r\n";
  }
  return out + "\r\n";
}

} // namespace kraken::bench
