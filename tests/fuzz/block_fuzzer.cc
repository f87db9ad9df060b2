// A file that belongs to others (hosts, exports, rc.local …) as zprov finds it: everything outside
// our blocks survives byte for byte, a second time changes nothing, and a file that cannot be taken
// apart is refused by everybody.
#include <algorithm>
#include <set>

#include "core/render/block.h"
#include "core/render/managed_files.h"
#include "core/spec/format.h"
#include "fuzz/property.h"
#include "util/strings.h"

namespace zprov::fuzz {
namespace {

using WordList = std::vector<std::string_view>;

render::BlockFile ThreePlaces() {
  using Place = render::Block::Place;
  const std::string content = "our line\n";
  return {.blocks = {{.id = "top", .place = Place::kTop, .content = content},
                     {.id = "exit", .place = Place::kBeforeExit, .content = content},
                     {.id = "end", .place = Place::kEnd, .content = content}}};
}

// Every file of the compatible mode that belongs to others, and one with a block in each place.
const std::vector<render::BlockFile>& BlockFiles() {
  static const auto files = [] {
    std::vector<render::BlockFile> blocks{ThreePlaces()};
    const auto spec = spec::ProcedureSpec(3, spec::Mode::kCompatible).value();
    for (auto& file : render::ManagedFiles(spec, render::HostFacts::Everything())) {
      auto* body = std::get_if<render::BlockFile>(&file.body);
      if (body != nullptr) blocks.push_back(std::move(*body));
    }
    return blocks;
  }();
  return files;
}

void CheckRefused(std::string_view existing, const render::BlockFile& file) {
  ZPROV_HOLDS(!render::WithoutBlocks(existing));
  ZPROV_HOLDS(!render::HasBlock(existing));
  ZPROV_HOLDS(!render::HasProcedureLines(existing, file));
  ZPROV_HOLDS(!render::LineThatStarts("rpiboot", existing));
}

// `existing` is the same as before but for lines that say what the procedure says.
void CheckAdoption(std::string_view before, std::string_view after, const render::BlockFile& file) {
  std::set<WordList> procedure{{}};  // blank lines between the procedure's go with them
  for (const render::Block& block : file.blocks) {
    for (const auto line : LinesWithEndings(block.procedure)) procedure.insert(Words(line));
  }
  const auto kept = LinesWithEndings(after);
  size_t at = 0;
  for (const std::string_view line : LinesWithEndings(before)) {
    if (at < kept.size() && Trim(kept[at]) == Trim(line)) {
      ++at;
    } else {
      ZPROV_HOLDS(procedure.contains(Words(line)));
    }
  }
  ZPROV_HOLDS(at == kept.size());
}

void CheckFile(std::string_view existing, const render::BlockFile& file) {
  const auto with = render::WithBlocks(existing, file);
  if (!with) return CheckRefused(existing, file);
  ZPROV_HOLDS(render::WithBlocks(*with, file).value() == *with);
  ZPROV_HOLDS(render::HasBlock(*with));
  ZPROV_HOLDS(!render::HasProcedureLines(*with, file));
  const std::string outside = render::WithoutBlocks(existing).value();
  const std::string survives = render::WithoutBlocks(*with).value();
  if (render::HasProcedureLines(existing, file)) {
    CheckAdoption(outside, survives, file);
  } else {
    ZPROV_HOLDS(survives == outside);
  }
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov::fuzz;
  // One of them, by the input's length, since each takes its time.
  const auto& files = BlockFiles();
  CheckFile(TextOf(data, size), files[size % files.size()]);
  return 0;
}
