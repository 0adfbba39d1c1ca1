// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a native container does with what it receives: a value made of handlers. Knows no
/// container; how handlers are found and run is `containers/native`'s.
#pragma once

#include "kraken/native/message.hpp"

#include <concepts>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace kraken::native {

namespace detail {

/// The one signature of a handler: argument types without reference, and the result.
template <class F>
struct signature : signature<decltype(&F::operator())> {};

template <class R, class... A>
struct signature<R (*)(A...)> {
  using result = R;
  using arguments = std::tuple<std::remove_cvref_t<A>...>;
};

template <class R, class C, class... A>
struct signature<R (C::*)(A...)> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) noexcept> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const noexcept> : signature<R (*)(A...)> {};

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;

/// Answers with what a handler returned.
template <class R>
void answer_returned(request& to, R&& returned) {
  if constexpr (is_result<std::remove_cvref_t<R>>) {
    if (!returned) {
      to.refuse(returned.error());
      return;
    }
    if constexpr (std::is_void_v<typename std::remove_cvref_t<R>::value_type>) {
      to.answer();
    } else {
      to.answer(*returned);
    }
  } else {
    to.answer(returned);
  }
}

/// The failure a requester is told when the handler of its request threw.
[[nodiscard]] actor::failure failure_of(const std::exception& thrown);

} // namespace detail

/// A table of handlers. Cheap to move, made once per state of the container. What has no handler
/// is a dead letter `unhandled`; a request or command is answered so.
///
/// A typed handler takes one argument with a `codec`, or none; what does not decode is answered
/// `invalid_argument` (a message: dead letter) and fails nobody. Its result is the answer: a type
/// with a codec, nothing (nil), or `result<T>` of either.
class behaviour {
public:
  using message_handler = std::function<result<void>(const message&)>;
  using request_handler = std::function<void(request)>;

  /// @param then `void(const message&)`, or a typed handler
  template <class F>
  behaviour& on_message(F then);

  /// Requests without a name.
  /// @param then `void(request)`, or a typed handler
  template <class F>
  behaviour& on_request(F then) {
    request_ = request_handler_of(std::move(then));
    return *this;
  }

  /// Requests named `name`; the names `container:*` and the like are the daemon's.
  template <class F>
  behaviour& on_command(std::string name, F then) {
    commands_.insert_or_assign(std::move(name), request_handler_of(std::move(then)));
    return *this;
  }

  /// For the kind. Empty when there is none.
  [[nodiscard]] const message_handler& message_taker() const noexcept { return message_; }
  /// @param name empty: a plain request
  /// @return null when there is none
  [[nodiscard]] const request_handler* request_taker(std::string_view name) const noexcept;

private:
  template <class F>
  [[nodiscard]] static request_handler request_handler_of(F then);
  template <class F>
  [[nodiscard]] static request_handler typed(F then);

  message_handler message_;
  request_handler request_;
  std::map<std::string, request_handler, std::less<>> commands_;
};

template <class F>
behaviour& behaviour::on_message(F then) {
  using taken = typename detail::signature<F>::arguments;
  static_assert(std::tuple_size_v<taken> == 1, "a handler of messages takes the message");
  using argument = std::tuple_element_t<0, taken>;
  if constexpr (std::same_as<argument, message>) {
    message_ = [then = std::move(then)](const message& what) -> result<void> {
      then(what);
      return {};
    };
  } else {
    message_ = [then = std::move(then)](const message& what) -> result<void> {
      auto read = what.as<argument>();
      if (!read) {
        return fail(read.error());
      }
      then(std::move(*read));
      return {};
    };
  }
  return *this;
}

template <class F>
behaviour::request_handler behaviour::request_handler_of(F then) {
  using taken = typename detail::signature<F>::arguments;
  static_assert(std::tuple_size_v<taken> <= 1, "a handler takes one value, or none");
  if constexpr (std::same_as<taken, std::tuple<request>>) {
    return then;
  } else {
    return typed(std::move(then));
  }
}

template <class F>
behaviour::request_handler behaviour::typed(F then) {
  using taken = typename detail::signature<F>::arguments;
  using returned = typename detail::signature<F>::result;
  return [then = std::move(then)](request from) {
    taken given;
    if constexpr (std::tuple_size_v<taken> == 1) {
      auto read = from.as<std::tuple_element_t<0, taken>>();
      if (!read) {
        from.refuse(read.error());
        return;
      }
      std::get<0>(given) = std::move(*read);
    }
    try {
      if constexpr (std::is_void_v<returned>) {
        std::apply(then, std::move(given));
        from.answer();
      } else {
        detail::answer_returned(from, std::apply(then, std::move(given)));
      }
    } catch (
        const std::exception& e) { // the requester learns why; the container fails all the same
      from.refuse(detail::failure_of(e));
      throw;
    }
  };
}

} // namespace kraken::native
