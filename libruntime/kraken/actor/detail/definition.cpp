// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a tree accepts as a definition, where it puts containers, and the kind without behaviour.
#include "kraken/actor/detail/tree_context.hpp"

#include "kraken/model/alias.hpp"

#include <set>
#include <string>

namespace kraken::actor {

namespace {

/// A container that only supervises: ready at once, ended at once.
class bare_supervisor final : public incarnation {
public:
  explicit bare_supervisor(host& shell) : shell_(shell) {}

  void start() override { shell_.ready(); }
  void stop() override { end(); }
  void kill() override { end(); }
  [[nodiscard]] bool takes_letters() const noexcept override { return false; }

private:
  void end() {
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(std::move(why));
  }

  host& shell_;
};

result<void> definition_fault(const std::string& path, const std::string& fault) {
  return fail(errc::invalid_argument, path + ": " + fault);
}

} // namespace

void add_builtin_kinds(tree_context& context) {
  kind made;
  made.name = "supervisor";
  made.summary = "supervises its children and does nothing itself";
  made.make = [](host& shell) { return std::make_unique<bare_supervisor>(shell); };
  context.kinds.emplace(made.name, made);
}

result<void> check_definition(const tree_context& context,
                              std::string_view parent,
                              const model::child_spec& spec) {
  const auto path = model::join_path(parent, spec.id);
  if (const auto checked = model::check(spec); !checked) {
    return definition_fault(path, checked.error().context);
  }
  if (model::depth_of(path) > limits::tree_depth_max) {
    return definition_fault(path, "deeper than " + std::to_string(limits::tree_depth_max));
  }
  const auto found = context.kinds.find(spec.kind);
  if (found == context.kinds.end()) {
    return definition_fault(path, "no kind '" + spec.kind + "' is registered");
  }
  if (const auto& check_kind = found->second.check) {
    if (const auto checked = check_kind(spec); !checked) {
      return definition_fault(path, checked.error().context);
    }
  }
  if (spec.shard >= static_cast<std::int32_t>(context.shards.size())) {
    return definition_fault(path,
                            "shard " + std::to_string(spec.shard) + " of " +
                                std::to_string(context.shards.size()));
  }
  std::set<std::string_view> ids;
  for (const auto& child : spec.children) {
    if (!ids.insert(child.id).second) {
      return definition_fault(path, "two children have the id '" + child.id + "'");
    }
    if (const auto placed = model::check_place(spec.supervise, child); !placed) {
      return definition_fault(model::join_path(path, child.id), placed.error().context);
    }
    if (auto checked = check_definition(context, path, child); !checked) {
      return checked;
    }
  }
  return {};
}

std::uint32_t place_by_pool(const model::child_spec* parent,
                            const model::child_spec& child,
                            std::uint64_t rank,
                            std::uint32_t shards) {
  if (child.shard >= 0 && static_cast<std::uint32_t>(child.shard) < shards) {
    return static_cast<std::uint32_t>(child.shard);
  }
  if (parent != nullptr && parent->supervise.start == model::start_order::parallel) {
    return static_cast<std::uint32_t>(rank % shards);
  }
  return 0;
}

} // namespace kraken::actor
