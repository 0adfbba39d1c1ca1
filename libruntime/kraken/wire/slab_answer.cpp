// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/wire/slab_answer.hpp"

#include "kraken/wire/detail/frame_put.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstring>

namespace kraken::wire {

namespace {

constexpr std::uint32_t recycle_mark = 1;

struct answer_head {
  std::uint32_t status = 0;
  std::uint32_t field_bytes = 0;
  std::uint32_t body_bytes = 0;
  std::uint32_t marks = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t unused = 0;
};

static_assert(sizeof(answer_head) == slab_answer_head_bytes);

} // namespace

bool put_slab_answer(std::span<char> area,
                     int status,
                     std::string_view fields,
                     std::string_view body,
                     worker_after after,
                     std::uint64_t memory_bytes) noexcept {
  const auto room = area.size() - sizeof(answer_head);
  if (fields.size() > room || body.size() > room - fields.size()) {
    return false;
  }
  const answer_head head{static_cast<std::uint32_t>(status),
                         static_cast<std::uint32_t>(fields.size()),
                         static_cast<std::uint32_t>(body.size()),
                         after == worker_after::recycle ? recycle_mark : 0,
                         memory_bytes,
                         0};
  std::memcpy(area.data(), &head, sizeof head);
  static_cast<void>(detail::put_bytes(detail::put_bytes(area.data() + sizeof head, fields), body));
  return true;
}

result<slab_answer> read_slab_answer(std::string_view area, byte_buffer& copy) {
  answer_head head;
  if (area.size() < sizeof head) {
    return fail(errc::protocol_error, "slab answer: no room for its header");
  }
  std::memcpy(&head, area.data(), sizeof head);
  const auto room = area.size() - sizeof head;
  if (head.status < 200 || head.status > answer_status_max) {
    return fail(errc::protocol_error,
                "slab answer: status " + std::to_string(head.status) + " is no answer");
  }
  if (head.field_bytes > room || head.body_bytes > room - head.field_bytes) {
    return fail(errc::protocol_error, "slab answer: longer than its slot");
  }
  copy.clear();
  copy.append(area.substr(sizeof head, head.field_bytes));
  slab_answer out;
  out.status = static_cast<int>(head.status);
  out.fields = copy.view();
  out.body = area.substr(sizeof head + head.field_bytes, head.body_bytes);
  out.after = (head.marks & recycle_mark) != 0 ? worker_after::recycle : worker_after::keep;
  out.memory_bytes = head.memory_bytes;
  return out;
}

} // namespace kraken::wire
