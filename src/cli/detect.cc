// zprov --hil --detect: looks at the rig and writes rig.toml, where none is there yet.
#include "cli/detect.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>

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

Exit ExitOfDetection(const hil::Detected& detected, const DetectedFile& file) {
  if (file.what == What::kDiffers) return Exit::kRefused;
  const bool is_well = std::ranges::none_of(detected.findings, [](const hil::Finding& finding) {
    return finding.grade == hil::Grade::kBad;
  });
  return is_well && file.what != What::kNoneFound ? Exit::kDone : Exit::kFailed;
}

Exit Tell(const Context& context, const hil::Rig& rig, const hil::Detected& detected,
          const Place& place) {
  const auto file = Keep(rig, detected, place);
  std::ostream& out = context.streams.out;
  if (!context.options.json) out << DetectedText(detected);
  if (!file) return Report(context, file.error());
  out << (context.options.json ? DetectedJson(rig.spec.name, detected, *file)
                               : DetectedFileText(*file));
  return ExitOfDetection(detected, *file);
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
  const auto detected = hil::Detect(heard);
  if (programs.TakeInterrupt()) {
    fmt::print(context.streams.err, "zprov: interrupted: nothing was written\n");
    return Exit::kFailed;
  }
  if (detected) return Tell(context, heard, *detected, *place);
  Report(context, detected.error());
  return Exit::kInfra;
}

}  // namespace zprov::cli
