// A node that boots with another's address and asks for that one's root, which runs meanwhile. The
// root is of a generation that the run made: nobody runs it, and a thief who gets it ruins nothing.
#include <fmt/format.h>

#include "core/generations/layout.h"
#include "core/render/renderers.h"
#include "engine/node_reports.h"
#include "hil/cuts.h"
#include "hil/laid_line.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"
#include "hil/throw_away.h"

namespace zprov::hil {
namespace {

using Kind = Act::Kind;

// Its zprov-node looks for orders every two seconds; with room for a busy host.
constexpr os::Moment kUsesRootWithin = std::chrono::seconds(60);

constexpr char kBindCure[] =
    "systemctl restart zprov binds each link to its node; if it does not, journalctl -u zprov says "
    "why";

struct Theft {
  const spec::Node& victim;
  const spec::Node& thief;
  std::string own_root;  // of the victim, which it runs from
  std::string loot;      // a root of the victim's that nobody runs from
};

// The victim uses its own root as long as it takes away what is laid there for it.
class RootInUse {
 public:
  RootInUse(const Rig& rig, std::string root) : rig_(rig), root_(std::move(root)) {}

  Result<void> Knock() {
    asked_ = rig_.system.clock.Now();
    return engine::Knock(rig_.system, root_);
  }
  // Knocks again when that was heard.
  Result<void> Look() {
    ZPROV_ASSIGN(const bool is_taken, engine::IsTaken(rig_.system, root_));
    if (is_taken) return Knock();
    is_silent_ |= rig_.system.clock.Now() > asked_ + kUsesRootWithin;
    return {};
  }
  bool IsSilent() const { return is_silent_; }

 private:
  const Rig& rig_;
  std::string root_;
  os::Moment asked_{0};
  bool is_silent_ = false;
};

// With port, name and MAC of its own.
std::string LineOf(const Rig& rig, const Theft& theft) {
  spec::Node pretender = theft.thief;
  pretender.address = theft.victim.address;
  return render::PlainContent(render::Cmdline(rig.spec, pretender, theft.loot));
}

// False: it was interrupted.
Result<bool> Steal(const Rig& rig, const Theft& theft, Seen& seen) {
  ZPROV_TRY(LayLine(rig, theft.thief, LineOf(rig, theft)));
  RootInUse root(rig, theft.own_root);
  ZPROV_TRY(root.Knock());
  const Script script{
      .acts = {{Kind::kOff}, {Kind::kOn}, {Kind::kReach, engine::NodeState::kLink}, {Kind::kFail}}};
  ZPROV_ASSIGN(const auto parts,
               Conduct(rig, {theft.thief.name}, script, [&] { return root.Look(); }));
  if (!parts) return false;
  const std::string& trouble = parts->front().trouble;
  if (!trouble.empty()) {
    seen.findings.push_back(
        DidNotComeBack(theft.thief.name, "was to boot with another's address: " + trouble));
  }
  if (root.IsSilent()) {
    seen.findings.push_back(
        {Grade::kBad, theft.victim.name,
         fmt::format("does not use its root any more since {} has its address", theft.thief.name),
         kBindCure});
  }
  return true;
}

// Whoever mounts a root writes its boot's nonce there; whatever is there is the thief's.
Result<void> JudgeLoot(const Rig& rig, const Theft& theft, Seen& seen) {
  const auto nonce = engine::MountedNonce(rig.system, theft.loot);
  if (nonce && !*nonce) return {};
  if (!nonce && nonce.error().kind != ErrorKind::kInvalid) {
    return tl::make_unexpected(nonce.error());
  }
  seen.findings.push_back(
      {Grade::kBad, theft.thief.name,
       fmt::format("booted with {}, the address of {}, and got a root of that one",
                   theft.victim.address.ToString(), theft.victim.name),
       kBindCure});
  return {};
}

Result<Ended> GoBack(const Rig& rig, const std::vector<NodeLook>& before, const Theft& theft,
                     Seen seen) {
  ZPROV_TRY(TakeLineAway(rig));
  ZPROV_ASSIGN(const auto mark, ReadRunMark(rig.system, rig.spec));
  if (mark) ZPROV_TRY(RollBack(rig, *mark, {theft.victim.name}));
  const Names thief = {theft.thief.name};
  ZPROV_ASSIGN(const auto cycles, Play(rig, thief, {PowerCycle()}, seen));
  if (!cycles) return kInterrupted;
  ZPROV_TRY(JudgeReturns(rig, before, {thief, cycles->back}, seen));
  return seen;
}

}  // namespace

Result<Ended> AThiefOfAnAddressGetsNothing(const Rig& rig) {
  if (rig.spec.mode != spec::Mode::kNative) {
    return Skipped{"in the compatible mode no port is bound to its node: mode = \"native\""};
  }
  ZPROV_TRY(TakeLineAway(rig));  // of a try before this one, which failed
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  std::vector<const NodeLook*> able;
  for (const NodeLook& look : before) {
    if (look.report && look.node->usb) able.push_back(&look);
  }
  if (able.size() < 2) {
    return Skipped{"it takes two nodes that run and say so: one whose address the other takes"};
  }
  const spec::Node& victim = *able[0]->node;
  const spec::Node& thief = *able[1]->node;
  ZPROV_ASSIGN(const std::string why_not, WhyNoLine(rig, thief));
  if (!why_not.empty()) return Skipped{"no command line can be laid for a thief: " + why_not};
  ZPROV_ASSIGN(const auto own_root, RootOf(rig, *able[0]));
  ZPROV_ASSIGN(const auto made, MakeGeneration(rig, {victim.name}));
  ZPROV_ASSIGN(const auto loot,
               rig.system.files.Resolve(generations::RootOf(rig.spec, made.number, victim.name)));
  const Theft theft{victim, thief, own_root.value_or(loot), loot};
  Seen seen{.summary = fmt::format("{} with {}, the address of {}", thief.name,
                                   victim.address.ToString(), victim.name)};
  ZPROV_ASSIGN(const bool is_through, Steal(rig, theft, seen));
  if (!is_through) return kInterrupted;
  ZPROV_TRY(JudgeLoot(rig, theft, seen));
  return GoBack(rig, before, theft, std::move(seen));
}

}  // namespace zprov::hil
