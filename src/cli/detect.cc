// zprov --hil --detect: looks at the rig and writes rig.toml, where none is there yet.
#include "cli/detect.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>

#include "cli/hil_text.h"
#include "cli/request.h"
#include "hil/program_watch.h"
#include "util/path.h"

namespace zprov::cli {
namespace {

using What = DetectedFile::What;

// Where the description belongs: in the world that is looked at, or in a file of this machine.
struct Place {
  std::string name;
  std::string path;             // in `files`
  std::unique_ptr<World> tree;  // of a named file
  os::Files* files = nullptr;
};

Result<Place> PlaceOf(const Context& context, os::System& own) {
  const std::string& named = context.options.rig_file;
  if (named.empty()) return Place{hil::kOwnRigFile, hil::kOwnRigFile, nullptr, &own.files};
  ZPROV_ASSIGN(auto tree, context.wiring.open_tree("/"));
  const auto path = std::filesystem::absolute(named).lexically_normal();
  os::Files& files = tree->system().files;
  return Place{named, path.string(), std::move(tree), &files};
}

// Nothing: there is no file yet.
Result<std::optional<std::string>> ReadIfThere(const Place& place) {
  auto text = place.files->Read(place.path, kDescriptionLimit);
  if (text) return std::optional(*std::move(text));
  if (text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  return tl::make_unexpected(std::move(text).error());
}

Result<void> WriteNew(const Place& place, const std::string& text) {
  constexpr uint32_t kMode = 0644;
  ZPROV_TRY(place.files->Write(place.path, text, kMode));
  return place.files->SyncDirectory(ParentOf(place.path));
}

// What there is already is never replaced: a person may have refined it.
Result<DetectedFile> Keep(const hil::Rig& rig, const hil::Detected& detected, const Place& place) {
  DetectedFile file{.name = place.name};
  if (rig.described) {
    file.differences = hil::DifferencesOf(detected, *rig.described);
    file.what = file.differences.empty() ? What::kSame : What::kDiffers;
  } else if (std::ranges::all_of(detected.boards, &std::string::empty, &hil::FoundBoard::node)) {
    file.what = What::kNoneFound;
  } else {
    ZPROV_TRY(WriteNew(place, hil::RigFileOf(detected, rig.spec)));
  }
  return file;
}

Exit ExitOf(const hil::Detected& detected, const hil::PowerTried& tried, const DetectedFile& file) {
  if (!tried.rows.empty()) {
    const hil::Outcome overall = hil::Overall(tried.rows);
    if (overall == hil::Outcome::kInfra) return Exit::kInfra;
    if (overall == hil::Outcome::kFail) return Exit::kFailed;
  }
  if (file.what == What::kDiffers) return Exit::kRefused;
  const bool is_well = std::ranges::none_of(detected.findings, [](const hil::Finding& finding) {
    return finding.grade == hil::Grade::kBad;
  });
  return is_well && file.what != What::kNoneFound ? Exit::kDone : Exit::kFailed;
}

// Where there is something to try, and whoever runs it wants that.
hil::PowerTried TryIfWanted(const Context& context, const hil::Rig& rig,
                            const hil::Detected& detected) {
  auto switches = hil::SwitchesToTry(detected, rig.spec, rig.described);
  if (!switches) return {};
  context.streams.err << PowerTryText(*switches, detected.consoles);
  if (!IsWanted(context, "the power is not tried")) return {};
  hil::Rig tried = rig;
  tried.described = std::move(switches);
  return hil::TryPower(tried, detected.consoles);
}

Exit Interrupted(const Context& context) {
  fmt::print(context.streams.err, "zprov: interrupted: nothing was written\n");
  return Exit::kFailed;
}

Exit Tell(const Context& context, const hil::Rig& rig, hil::Detected detected, const Place& place) {
  std::ostream& out = context.streams.out;
  const bool is_text = !context.options.json;
  if (is_text) out << DetectedText(detected) << std::flush;
  const hil::PowerTried tried = TryIfWanted(context, rig, detected);
  for (const hil::Row& row : tried.rows) {
    if (is_text) out << RowText(row);
  }
  if (tried.was_interrupted) return Interrupted(context);
  detected.proven = tried.proven;
  for (hil::FoundBoard& board : detected.boards) {
    const auto heard = tried.consoles.find(board.node);
    if (heard != tried.consoles.end()) board.console = heard->second;
  }
  const auto file = Keep(rig, detected, place);
  if (!file) return Report(context, file.error());
  out << (is_text ? DetectedFileText(*file)
                  : DetectedJson(rig.spec.name, detected, tried.rows, *file));
  return ExitOf(detected, tried, *file);
}

// The rig again, with the boards that a person has plugged in meanwhile.
Result<hil::Detected> AfterPlugs(const Context& context, const hil::Rig& rig,
                                 const hil::Detected& before) {
  if (hil::NodesWithoutBoard(rig.spec, before).empty()) {
    fmt::print(context.streams.err, "every node has its board: there is no plug to watch\n");
    return before;
  }
  ZPROV_ASSIGN(const auto plugged, hil::WatchPlugs(rig, before, [&](const hil::PlugTold& told) {
                 context.streams.err << PlugText(rig.spec, told) << std::flush;
               }));
  return hil::Detect(rig, plugged);
}

// False: what is there cannot be used, and why is on stderr.
bool TakeDescription(const Context& context, const Place& place, hil::Rig& rig) {
  const auto text = ReadIfThere(place);
  if (!text) {
    Report(context, text.error());
    return false;
  }
  if (!*text) return true;
  hil::ParsedRig parsed = hil::ParseRig(**text, rig.spec);
  ShowProblems(context, place.name, parsed.problems);
  rig.described = std::move(parsed.rig);
  if (rig.described) return true;
  fmt::print(context.streams.err,
             "zprov: nothing was looked at: correct {}, or name another file with --rig\n",
             place.name);
  return false;
}

}  // namespace

Exit DetectRig(const Context& context, const hil::Rig& rig) {
  const auto place = PlaceOf(context, rig.system);
  if (!place) return Report(context, place.error());
  hil::ProgramWatch programs(rig.system);
  hil::Rig heard{programs.system(), rig.spec, {}, rig.holder, &programs};
  if (!TakeDescription(context, *place, heard)) return Exit::kUsage;
  auto detected = hil::Detect(heard);
  if (detected && context.options.watch_plugs && !programs.WasInterrupted()) {
    detected = AfterPlugs(context, heard, *detected);
  }
  if (programs.TakeInterrupt()) return Interrupted(context);
  if (detected) return Tell(context, heard, *std::move(detected), *place);
  Report(context, detected.error());
  return Exit::kInfra;
}

}  // namespace zprov::cli
