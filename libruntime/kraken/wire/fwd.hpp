// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Forward declarations of the wire room, for headers that only refer to its types.
#pragma once

namespace kraken::wire {

class byte_buffer;
class chunked_decoder;
class client_response_reader;
class flat_headers;
class msgpack_reader;
class request_parser;
class response_writer;
struct header_field;
struct msgpack_value;
struct request_head;
struct worker_frame;
struct worker_response;

} // namespace kraken::wire
