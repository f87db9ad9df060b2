// Update, rollback and prune cut off before every call that can change the world, by kill and by
// power cut, then started again; the same with a full disk, and with every single call failing. At
// every moment each pointer names a whole, finished generation and each export a root; afterwards
// all of a run's pointers have moved or none, and nothing half made is left.
#include <gmock/gmock.h>

#include <functional>
#include <ostream>

#include "core/plan/describe.h"
#include "scenario/rig.h"
#include "sim/faults/faulty_system.h"
#include "sim/scenarios/hosts.h"
#include "util/strings.h"

namespace zprov::scenario {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Nothing, or the error that the operation ended with.
using Operation = std::optional<Error> (*)(os::System&, const spec::ClusterSpec&);

struct CutOperation {
  const char* name;
  spec::Mode mode;
  MakeHost make_host;
  void (*prepare)(sim::World&, const spec::ClusterSpec&);  // after apply
  Operation operation;
};

void PrintTo(const CutOperation& row, std::ostream* out) { *out << row.name; }

template <typename T>
std::optional<Error> ErrorOf(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error();
}

// Links are gone after a power cut, and come back when the host boots; keys that were made when a
// cut came are named by the next update or apply.
std::vector<std::string> TitlesOf(const plan::Plan& plan) {
  std::vector<std::string> titles;
  for (const plan::Step& step : plan.steps) {
    if (std::holds_alternative<plan::SetUpBridge>(step.action)) continue;
    const auto* write = std::get_if<plan::WriteFile>(&step.action);
    if (write != nullptr && write->path == "/etc/ssh/ssh_known_hosts") continue;
    titles.push_back(plan::Title(step.action));
  }
  return titles;
}

void Nothing(sim::World&, const spec::ClusterSpec&) {}

void AChange(sim::World& world, const spec::ClusterSpec&) {
  world.Put("/usr/bin/new-tool", "program", 0755);
  world.scene().SyncAll();
}

void ThreeGenerations(sim::World& world, const spec::ClusterSpec& spec) {
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Update(world.system(), spec));
}

std::optional<Error> UpdateAll(os::System& system, const spec::ClusterSpec& spec) {
  return ErrorOf(Update(system, spec));
}

std::optional<Error> UpdateOne(os::System& system, const spec::ClusterSpec& spec) {
  engine::UpdateRequest request;
  request.nodes = {"s1"};
  return ErrorOf(Update(system, spec, request));
}

std::optional<Error> UpdateIfChanged(os::System& system, const spec::ClusterSpec& spec) {
  engine::UpdateRequest request;
  request.if_changed = true;
  return ErrorOf(Update(system, spec, request));
}

std::optional<Error> UpdateAndPrune(os::System& system, const spec::ClusterSpec& spec) {
  spec::ClusterSpec greedy = spec;
  greedy.prune_keep = 1;
  return ErrorOf(Update(system, greedy));
}

std::optional<Error> RollBackAll(os::System& system, const spec::ClusterSpec& spec) {
  return ErrorOf(Rollback(system, spec));
}

std::optional<Error> PruneToOne(os::System& system, const spec::ClusterSpec& spec) {
  engine::PruneRequest request;
  request.keep = 1;
  return ErrorOf(Prune(system, spec, request));
}

class GenerationCrashPoints : public ::testing::TestWithParam<CutOperation> {
 protected:
  void Prepare(sim::World& world) {
    spec_ = Cluster(GetParam().mode);
    const spec::ClusterSpec native = Cluster(spec::Mode::kNative);
    for (size_t i = 0; i < spec_.nodes.size(); ++i) spec_.nodes[i].usb = native.nodes[i].usb;
    // The lines of a hand-made rc.local are the procedure's only for its five nodes.
    if (GetParam().make_host == sim::Rig) spec_.nodes.resize(2);
    GetParam().make_host(world);
    const auto applied = Apply(world.system(), spec_);
    ASSERT_TRUE(applied) << applied.error().message;
    ASSERT_THAT(applied->refusals, IsEmpty());
    GetParam().prepare(world, spec_);
    world.scene().SyncAll();
  }

  struct Undisturbed {
    std::string before;  // pointers
    std::string after;
    uint64_t calls = 0;
    std::vector<uint64_t> changes;
  };

  Undisturbed RunUndisturbed() {
    sim::World world;
    Prepare(world);
    Undisturbed run;
    run.before = Pointers(world, spec_);
    faults::Seam seam;
    faults::FaultySystem watched(world.system(), seam);
    const auto error = GetParam().operation(watched.system(), spec_);
    EXPECT_FALSE(error) << error->message;
    run.after = Pointers(world, spec_);
    run.calls = seam.calls();
    run.changes = seam.changes();
    ExpectSound(world, spec_);
    return run;
  }

  // What the next command finds and leaves: prune also finishes or cleans up.
  void ExpectRecovery(sim::World& world, const Undisturbed& undisturbed) {
    ExpectSound(world, spec_);
    const auto pruned = Prune(world.system(), spec_);
    ASSERT_TRUE(pruned) << pruned.error().message;
    ExpectSound(world, spec_);
    EXPECT_THAT(Pointers(world, spec_), AnyOf(undisturbed.before, undisturbed.after))
        << "all pointers of a run move or none";
    ExpectNoLeftovers(world);
    const auto plan = PlanOf(world.system(), spec_);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_THAT(TitlesOf(*plan), IsEmpty());
    const auto again = GetParam().operation(world.system(), spec_);
    EXPECT_FALSE(again && again->kind != ErrorKind::kRefused) << again->message;
    ExpectSound(world, spec_);
  }

  void ExpectNoLeftovers(sim::World& world) {
    EXPECT_FALSE(world.scene().Has("/x/.zprov/run.json"));
    EXPECT_THAT(world.Dump("/x"), Not(HasSubstr(".zprov-new")));
    EXPECT_THAT(world.Dump("/x"), Not(HasSubstr(".making")));
    const auto generations = world.system().trees.List("/x/.zprov/gen");
    ASSERT_TRUE(generations) << generations.error().message;
    for (const std::string& number : *generations) {
      if (number == "0") continue;
      EXPECT_TRUE(world.scene().Has("/x/.zprov/gen/" + number + "/record.json"))
          << number << " is half made";
    }
  }

  enum class After { kKill, kPowerCut };

  void CutEverywhere(After after) {
    const Undisturbed undisturbed = RunUndisturbed();
    ASSERT_GT(undisturbed.changes.size(), 3u);
    for (const uint64_t call : undisturbed.changes) {
      if (HasFailure()) return;
      SCOPED_TRACE(::testing::Message() << "cut before call " << call);
      sim::World world;
      Prepare(world);
      faults::Seam seam;
      seam.CutAt(call);
      faults::FaultySystem cut_off(world.system(), seam);
      EXPECT_THROW((void)GetParam().operation(cut_off.system(), spec_), faults::Cut);
      if (after == After::kPowerCut) world.CutPower();
      ExpectRecovery(world, undisturbed);
    }
  }

  spec::ClusterSpec spec_;
};

TEST_P(GenerationCrashPoints, AKillBeforeAnyCallLeavesWholeGenerations) {
  CutEverywhere(After::kKill);
}

TEST_P(GenerationCrashPoints, APowerCutBeforeAnyCallLeavesWholeGenerations) {
  CutEverywhere(After::kPowerCut);
}

// What only helps to know more, or to do less, may fail without a word: guards then take the
// careful side.
bool IsHint(const std::string& call) {
  for (const char* hint : {" usb devices", " links", "content.hash", "unwritten"}) {
    if (call.find(hint) != std::string::npos) return true;
  }
  return false;
}

TEST_P(GenerationCrashPoints, AFullDiskAtAnyCallIsAnErrorAndLeavesWholeGenerations) {
  const Undisturbed undisturbed = RunUndisturbed();
  for (const uint64_t call : undisturbed.changes) {
    if (HasFailure()) return;
    SCOPED_TRACE(::testing::Message() << "no space from call " << call);
    sim::World world;
    Prepare(world);
    faults::Seam seam;
    seam.KeepLog();
    seam.FailAt(call, ErrorKind::kNoSpace, faults::Repeat::kFromThenOn);
    bool must_be_told = false;
    seam.BeforeEach([&](uint64_t number, faults::Touch touch) {
      const bool fails = number >= call && touch == faults::Touch::kTakesSpace;
      must_be_told = must_be_told || (fails && !IsHint(seam.log().back()));
    });
    faults::FaultySystem full(world.system(), seam);
    const auto error = GetParam().operation(full.system(), spec_);
    ASSERT_TRUE(error || !must_be_told) << "the full disk was swallowed";
    if (error) {
      EXPECT_EQ(error->kind, ErrorKind::kNoSpace) << error->message;
    }
    ExpectRecovery(world, undisturbed);
  }
}

TEST_P(GenerationCrashPoints, AnErrorOfTheMediumIsReportedAndLeavesWholeGenerations) {
  const Undisturbed undisturbed = RunUndisturbed();
  // Thousands of calls only read; these are spread over all of them, and are the same each time.
  const uint64_t stride = undisturbed.calls / 100 + 1;
  for (uint64_t call = 1; call <= undisturbed.calls && !HasFailure(); call += stride) {
    SCOPED_TRACE(::testing::Message() << "EIO at call " << call);
    sim::World world;
    Prepare(world);
    faults::Seam seam;
    seam.KeepLog();
    seam.FailAt(call, ErrorKind::kIo);
    faults::FaultySystem failing(world.system(), seam);
    const auto error = GetParam().operation(failing.system(), spec_);
    EXPECT_TRUE(error || IsHint(seam.log().at(call - 1)))
        << "an error was swallowed: " << seam.log().at(call - 1);
    ExpectRecovery(world, undisturbed);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Operations, GenerationCrashPoints,
    ::testing::Values(
        CutOperation{"Update", spec::Mode::kNative, sim::Rig, AChange, UpdateAll},
        CutOperation{"UpdateCompatibly", spec::Mode::kCompatible, sim::Rig, AChange, UpdateAll},
        CutOperation{"UpdateOfOne", spec::Mode::kNative, sim::Rig, AChange, UpdateOne},
        CutOperation{"UpdateIfChanged", spec::Mode::kNative, sim::Rig, Nothing, UpdateIfChanged},
        CutOperation{"UpdateAndPrune", spec::Mode::kNative, sim::Rig, ThreeGenerations,
                     UpdateAndPrune},
        CutOperation{"UpdateOfAnAdoptedRig", spec::Mode::kNative, sim::HandMadeHost, AChange,
                     UpdateAll},
        CutOperation{"UpdateOfAnAdoptedRigCompatibly", spec::Mode::kCompatible, sim::HandMadeHost,
                     AChange, UpdateAll},
        CutOperation{"Rollback", spec::Mode::kNative, sim::Rig, ThreeGenerations, RollBackAll},
        CutOperation{"Prune", spec::Mode::kNative, sim::Rig, ThreeGenerations, PruneToOne}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::scenario
