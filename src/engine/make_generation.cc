#include "engine/make_generation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/generations/layout.h"
#include "engine/base.h"
#include "engine/boot_set.h"
#include "engine/carry_over.h"
#include "engine/identity.h"
#include "engine/make_directories.h"
#include "engine/personalise.h"

namespace zprov::engine {
namespace {

const spec::Node* NodeCalled(const spec::ClusterSpec& spec, const std::string& name) {
  const auto node = std::find_if(spec.nodes.begin(), spec.nodes.end(),
                                 [&](const spec::Node& each) { return each.name == name; });
  return node == spec.nodes.end() ? nullptr : &*node;
}

Result<void> CheckNodes(const spec::ClusterSpec& spec, const BuildOrder& order) {
  for (const std::string& name : order.nodes) {
    if (NodeCalled(spec, name) != nullptr) continue;
    return Fail(ErrorKind::kInvalid, fmt::format("the spec has no node called {}", name));
  }
  return {};
}

Result<void> MakeGenerationDirectory(os::System& system, const spec::ClusterSpec& spec,
                                     int number) {
  ZPROV_TRY(MakeDirectories(system, generations::GenerationsDirectory(spec), 0755));
  return system.trees.MakeDirectory(generations::Directory(spec, number), 0755);
}

// One run of BuildGeneration.
class Building {
 public:
  Building(os::System& system, const spec::ClusterSpec& spec, const BuildOrder& order,
           const OnNotice& notice)
      : system_(system), spec_(spec), order_(order), notice_(notice) {}

  Result<Built> Run() const {
    ZPROV_TRY(MakeGenerationDirectory(system_, spec_, order_.number));
    ZPROV_ASSIGN(const Base base, MakeBase(system_, spec_, order_.number, notice_));
    Built built;
    ZPROV_ASSIGN(built.kernel, MakeBootSet(system_, spec_,
                                           {generations::BasePath(spec_, order_.number),
                                            generations::BootPath(spec_, order_.number)},
                                           notice_));
    ZPROV_TRY(MakeRoots(base));
    ZPROV_TRY(system_.trees.Sync(spec_.storage.store));
    ZPROV_TRY(NoteUnwritten(system_, spec_, order_.number, order_.nodes));
    return built;
  }

 private:
  Result<void> MakeRoots(const Base& base) const {
    ZPROV_TRY(MakeNodeSnapshots(system_, spec_, order_.number, order_.nodes));
    size_t done = 0;
    for (const std::string& name : order_.nodes) {
      notice_({Notice::Kind::kProgress,
               fmt::format("{}: root ({}/{})", name, ++done, order_.nodes.size())});
      auto made = MakeOwn(*NodeCalled(spec_, name), base);
      if (!made) return While(name, std::move(made).error());
    }
    return {};
  }

  Result<Identity> IdentityOf(const std::string& node, const Base& base) const {
    const auto known = order_.identities.of.find(node);
    const bool is_known = known != order_.identities.of.end();
    // The source may have got another key since it was asked, and the base is what counts.
    if (is_known && order_.identities.kinds == base.key_kinds) return known->second;
    return EnsureIdentity(system_, spec_, node, base.key_kinds);
  }

  Result<void> MakeOwn(const spec::Node& node, const Base& base) const {
    ZPROV_ASSIGN(Identity identity, IdentityOf(node.name, base));
    ZPROV_TRY(Personalise(system_, spec_, order_.number,
                          {node, base.hosts.Of(node.name), std::move(identity)}));
    const auto previous = order_.previous.find(node.name);
    if (previous == order_.previous.end()) return {};
    CarryOverOrder carry{node.name, previous->second, std::nullopt, order_.number};
    if (const auto made = order_.made_ns.find(node.name); made != order_.made_ns.end()) {
      carry.made_ns = made->second;
    }
    return CarryOver(system_, spec_, carry, notice_);
  }

  os::System& system_;
  const spec::ClusterSpec& spec_;
  const BuildOrder& order_;
  const OnNotice& notice_;
};

}  // namespace

Result<Built> BuildGeneration(os::System& system, const spec::ClusterSpec& spec,
                              const BuildOrder& order, const OnNotice& notice) {
  ZPROV_TRY(CheckNodes(spec, order));
  ZPROV_TRY(CheckSource(system, spec));
  ZPROV_TRY(FindKernel(system, spec, spec.storage.source));
  return Building(system, spec, order, notice).Run();
}

}  // namespace zprov::engine
