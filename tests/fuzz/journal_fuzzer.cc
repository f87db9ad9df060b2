// The record of an interrupted run, as it lies in the store: it is read, or refused with a sentence
// and no exception; and what a run would write from it says the same again.
#include "engine/journal.h"
#include "fuzz/property.h"
#include "sim/world.h"

namespace zprov::fuzz {
namespace {

constexpr const char* kPath = "/journal";

// A plan whose record has these programs and this move.
plan::Plan PlanLike(const plan::Interrupted& interrupted) {
  plan::Plan plan;
  if (interrupted.home_move) plan.steps.push_back({.action = plan::MoveHome{}, .reason = ""});
  for (const auto& argv : interrupted.programs) {
    plan.steps.push_back({.action = plan::RunProgram{argv}, .reason = ""});
  }
  return plan;
}

void CheckRecord(os::System& system) {
  const auto read = engine::ReadJournal(system, kPath);
  if (!read) {
    ZPROV_HOLDS(read.error().kind == ErrorKind::kInvalid && !read.error().message.empty());
    return;
  }
  ZPROV_HOLDS(read->has_value());
  const plan::Plan plan = PlanLike(**read);
  ZPROV_HOLDS(engine::WriteJournal(system, kPath, plan).has_value());
  const auto again = engine::ReadJournal(system, kPath);
  ZPROV_HOLDS(again.has_value() && again->has_value());
  ZPROV_HOLDS((*again)->home_move == (*read)->home_move);
  ZPROV_HOLDS((*again)->programs == (*read)->programs);
  ZPROV_HOLDS((*again)->steps.size() == plan.steps.size());
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov;
  sim::World world;
  world.Put(fuzz::kPath, fuzz::TextOf(data, size));
  fuzz::CheckRecord(world.system());
  return 0;
}
