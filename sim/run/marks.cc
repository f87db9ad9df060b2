#include "sim/run/marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace zprov::run {
namespace {

using sim::zero::Stage;

// Boards are off, halted or dead too rarely for every fault to come just then.
enum class Often { kYes, kNo };

struct StageRow {
  Stage stage;
  std::string_view words;
  std::string_view column;
  Often often = Often::kYes;
};

constexpr StageRow kStages[] = {
    {Stage::kOff, "no power", "off", Often::kNo},
    {Stage::kRom, "boot ROM", "ROM"},
    {Stage::kFirstStage, "has the first stage", "1st"},
    {Stage::kFileServer, "asks for files", "files"},
    {Stage::kKernel, "starts Linux", "Linux"},
    {Stage::kGadget, "shows its gadget", "gadget"},
    {Stage::kMounted, "has mounted its root", "mounted"},
    {Stage::kHealthy, "runs", "runs"},
    {Stage::kHalted, "halted", "halted", Often::kNo},
    {Stage::kDead, "dead", "dead", Often::kNo},
};

// Where a fault needs more of a board than that there is one: stages in which it has that.
const std::vector<Stage>* OnlyIn(FaultKind fault) {
  static const std::vector<Stage> kLinked = {Stage::kGadget, Stage::kMounted, Stage::kHealthy};
  static const std::vector<Stage> kMounting = {Stage::kMounted, Stage::kHealthy};
  static const std::vector<Stage> kOnTheBus = {Stage::kRom,        Stage::kFirstStage,
                                               Stage::kFileServer, Stage::kGadget,
                                               Stage::kMounted,    Stage::kHealthy};
  static const std::map<FaultKind, const std::vector<Stage>*> kOnly = {
      {FaultKind::kArrivalToldTwice, &kOnTheBus},  {FaultKind::kLinkDown, &kLinked},
      {FaultKind::kLinkRenamed, &kLinked},         {FaultKind::kLinkLeavesBridge, &kLinked},
      {FaultKind::kLinkMtuChanged, &kLinked},      {FaultKind::kLinkToldAgain, &kLinked},
      {FaultKind::kNodeWritesRubbish, &kMounting},
  };
  const auto found = kOnly.find(fault);
  return found == kOnly.end() ? nullptr : found->second;
}

bool CanHit(FaultKind fault, Stage stage) {
  if (fault == FaultKind::kBoardUnplugged && stage == Stage::kOff) return false;
  const std::vector<Stage>* const only = OnlyIn(fault);
  return only == nullptr || std::ranges::find(*only, stage) != only->end();
}

constexpr std::string_view kSteps[] = {kTriedAsItIs, kCameBack,      kDeviceReset, kPowerCut,
                                       kPowerGiven,  kRelayOpened,   kRelayClosed, kTriedAgain,
                                       kQuarantined, kAnotherChance, kFailedHere,  kServeRestarted,
                                       kFoundRunning};

int CountOf(const std::map<std::string, int>& marks, const std::string& mark) {
  const auto found = marks.find(mark);
  return found == marks.end() ? 0 : found->second;
}

}  // namespace

std::string_view Words(Stage stage) {
  for (const StageRow& row : kStages) {
    if (row.stage == stage) return row.words;
  }
  return "";
}

std::string MarkOf(Stage stage, const FaultRow& fault) {
  return fmt::format("{} while a board {}", fault.name, Words(stage));
}

std::vector<std::string> MarksNeverReached(const std::map<std::string, int>& marks) {
  std::vector<std::string> missing;
  const auto look = [&](const std::string& mark) {
    if (CountOf(marks, mark) == 0) missing.push_back(mark);
  };
  for (const FaultRow& fault : AllFaults()) {
    for (const StageRow& stage : kStages) {
      if (stage.often == Often::kYes && CanHit(fault.kind, stage.stage)) {
        look(MarkOf(stage.stage, fault));
      }
    }
  }
  for (const std::string_view step : kSteps) look(std::string(step));
  return missing;
}

std::string TableOf(const std::map<std::string, int>& marks) {
  std::string table = fmt::format("{:20}", "fault, by stage");
  for (const StageRow& stage : kStages) table += fmt::format("{:>9}", stage.column);
  for (const FaultRow& fault : AllFaults()) {
    table += fmt::format("\n{:20}", fault.name);
    for (const StageRow& stage : kStages) {
      const int count = CountOf(marks, MarkOf(stage.stage, fault));
      const bool is_expected = count > 0 || CanHit(fault.kind, stage.stage);
      table += fmt::format("{:>9}", is_expected ? std::to_string(count) : "-");
    }
  }
  for (const std::string_view step : kSteps) {
    table += fmt::format("\n{:50}{:>9}", step, CountOf(marks, std::string(step)));
  }
  return table + "\n";
}

}  // namespace zprov::run
