// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See specs of CAF 0.17.6: `abstract_broker` binds actors to a foreign event loop the same way.
#include "kraken/actor/hosted_actor.hpp"

#include "kraken/base/log.hpp"

#include "caf/actor_system.hpp"
#include "caf/logger.hpp"
#include "caf/skip.hpp"
#include "caf/system_messages.hpp"

#include <exception>
#include <utility>

namespace kraken::actor {

namespace {

std::string exception_text(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) { // there is no text to be had from it
    return "an exception that is no std::exception";
  }
}

} // namespace

void release_logger() {
  caf::logger::set_current_actor_system(nullptr);
}

hosted_actor::hosted_actor(caf::actor_config& config, std::shared_ptr<shard_unit> unit)
    : caf::event_based_actor(config), unit_(std::move(unit)) {}

hosted_actor::~hosted_actor() = default;

void hosted_actor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit* caller) {
  caf::scheduled_actor::enqueue(std::move(element), unit_ ? unit_.get() : caller);
}

void hosted_actor::launch(caf::execution_unit* caller, bool lazy, bool hide) {
  if (!unit_) {
    caf::event_based_actor::launch(caller, lazy, hide);
    return;
  }
  if (!hide) {
    register_at_system();
  }
  if (lazy && mailbox().try_block()) {
    return;
  }
  caf::intrusive_ptr_add_ref(ctrl());
  unit_->exec_later(this);
}

caf::resumable::subtype_t hosted_actor::subtype() const {
  return unit_ ? caf::resumable::io_actor : caf::event_based_actor::subtype();
}

void hosted_actor::silence() {
  set_default_handler([](caf::scheduled_actor*,
                         caf::message_view& view) -> caf::result<caf::message> {
    log::error("message_unexpected", {{"content", caf::to_string(view.move_content_to_message())}});
    return caf::sec::unexpected_message;
  });
  set_exit_handler([this](caf::exit_msg&) { on_exit_request(); });
  set_down_handler([](caf::down_msg&) {});
  set_error_handler([this](caf::error& reason) {
    log::warn("error_message_ignored", {{"reason", system().render(reason)}});
  });
  set_exception_handler([this](std::exception_ptr& thrown) -> caf::error {
    // CAF ends the actor whatever this returns; handlers of this room therefore catch inside and
    // this is the net below them.
    on_exception(exception_text(thrown));
    return caf::exit_reason::unhandled_exception;
  });
}

} // namespace kraken::actor
