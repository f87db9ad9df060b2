#include "engine/journal.h"

#include <nlohmann/json.hpp>

#include "core/plan/describe.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

using nlohmann::json;

constexpr int kJournalVersion = 1;
constexpr uint64_t kLongestJournal = 16 << 20;  // a line per step of a cluster of thousands

std::string Record(const plan::Plan& plan) {
  json steps = json::array();
  json programs = json::array();
  bool home_move = false;
  for (const plan::Step& step : plan.steps) {
    steps.push_back(plan::Title(step.action));
    if (const auto* run = std::get_if<plan::RunProgram>(&step.action))
      programs.push_back(run->argv);
    home_move = home_move || std::holds_alternative<plan::MoveHome>(step.action);
  }
  const json record = {{"version", kJournalVersion},
                       {"steps", std::move(steps)},
                       {"home_move", home_move},
                       {"programs", std::move(programs)}};
  return record.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

// Throws nlohmann's exceptions for whatever is not a record of ours.
plan::Interrupted FromRecord(const std::string& text) {
  const json record = json::parse(text);
  if (record.at("version").get<int>() != kJournalVersion)
    throw json::other_error::create(501, "version", nullptr);
  return {.steps = record.at("steps").get<std::vector<std::string>>(),
          .home_move = record.at("home_move").get<bool>(),
          .programs = record.at("programs").get<std::vector<std::vector<std::string>>>()};
}

}  // namespace

Result<std::optional<plan::Interrupted>> ReadJournal(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  if (!status) return std::nullopt;
  ZPROV_ASSIGN(const std::string text, system.files.Read(path, kLongestJournal));
  try {
    return FromRecord(text);
  } catch (const json::exception&) {
    return Fail(ErrorKind::kInvalid,
                path +
                    " is no journal of this version of zprov: finish the interrupted run with the "
                    "version that wrote it, or move the file away if /home is as it should be");
  }
}

Result<void> WriteJournal(os::System& system, const std::string& path, const plan::Plan& plan) {
  ZPROV_TRY(system.files.Write(path, Record(plan), 0600));
  return system.files.SyncDirectory(ParentOf(path));
}

Result<void> CloseJournal(os::System& system, const std::string& path) {
  ZPROV_TRY(system.trees.Remove(path));
  return system.files.SyncDirectory(ParentOf(path));
}

}  // namespace zprov::engine
