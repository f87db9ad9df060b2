// What was found of a rig, for people.
#include <fmt/format.h>

#include <algorithm>

#include "cli/detect.h"
#include "cli/hil_text.h"
#include "cli/text.h"

namespace zprov::cli {
namespace {

std::string OrNone(const std::string& text) { return text.empty() ? "-" : Printable(text); }

std::string BoardTable(const std::vector<hil::FoundBoard>& boards) {
  std::vector<std::vector<std::string>> rows = {{"NODE", "PORT", "SHOWS", "MAC", "SERIAL"}};
  for (const hil::FoundBoard& board : boards) {
    rows.push_back({board.node.empty() ? "?" : board.node, board.port.ToString(), board.shows,
                    OrNone(board.mac ? board.mac->ToString() : ""), OrNone(board.serial)});
  }
  return boards.empty() ? "no board is plugged in\n" : Table(rows);
}

// As a scenario's row, which people know how to read.
std::string FindingsRow(const char* name, std::string sentence,
                        const std::vector<hil::Finding>& findings) {
  const bool is_bad = std::ranges::any_of(
      findings, [](const hil::Finding& finding) { return finding.grade == hil::Grade::kBad; });
  return RowText({.name = name,
                  .sentence = std::move(sentence),
                  .outcome = is_bad ? hil::Outcome::kFail : hil::Outcome::kPass,
                  .findings = findings});
}

}  // namespace

std::string DetectedText(const hil::Detected& detected) {
  std::string text = BoardTable(detected.boards);
  for (const hil::HubLook& hub : detected.hubs) {
    text += fmt::format("hub {}: {}\n", hub.hub.port.ToString(), Printable(Sentence(hub)));
  }
  for (const std::string& console : detected.consoles) {
    text += fmt::format("console {}: whose it is, a boot tells\n", Printable(console));
  }
  return text +
         FindingsRow("cluster", "The rig is as cluster.toml describes it.", detected.findings);
}

std::string PlugText(const spec::ClusterSpec& spec, const hil::PlugTold& told) {
  if (told.port) return fmt::format("{}: its board is at {}\n", told.node, told.port->ToString());
  const auto& node = *std::ranges::find(spec.nodes, told.node, &spec::Node::name);
  return fmt::format("{}: plug its board in now{} (Ctrl-C: that was all)\n", told.node,
                     node.usb ? ", at " + node.usb->ToString() + " by cluster.toml" : "");
}

std::string DetectedFileText(const DetectedFile& file) {
  const std::string name = Printable(file.name);
  switch (file.what) {
    case DetectedFile::What::kWritten:
      return name + " is written: read it, and say in it how power is switched\n";
    case DetectedFile::What::kSame:
      return name + " says all that was found: it stays as it is\n";
    case DetectedFile::What::kNoneFound:
      return name + " is not written: no board that was found is a node's\n";
    case DetectedFile::What::kDiffers:
      break;
  }
  return FindingsRow("rig.toml", name + " says what was found.", file.differences) + name +
         " stays as it is: do what the cures say, or write another and compare: zprov --hil "
         "--detect --rig ./found.toml\n";
}

}  // namespace zprov::cli
