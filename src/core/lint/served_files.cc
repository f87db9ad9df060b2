// Whether every file that the firmware asks for is there, under that very name.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/boards/boards.h"
#include "core/lint/checks.h"

namespace zprov::lint {
namespace {

constexpr const char* kFirstStage = "bootcode.bin";

std::string Lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// A name that the firmware asks for.
struct Asked {
  std::string name;
  std::string why;  // for a person: "the first stage"
  Finding::Severity severity = Finding::Severity::kError;
  std::string cure = {};
};

std::string BoardsTree(const Subject& subject) {
  if (!subject.config.device_tree.empty()) return subject.config.device_tree;
  const boards::Board* board = boards::Find(subject.node.board);
  if (board == nullptr) return "";
  return std::string(subject.config.upstream ? board->upstream_device_tree : board->device_tree);
}

bool IsThere(const Subject& subject, const std::string& name) {
  const auto found = subject.boot.files->find(name);
  return found != subject.boot.files->end() && found->second.bytes > 0;
}

// The same name in other letters; empty: none.
std::string OtherCase(const Subject& subject, const std::string& name) {
  for (const auto& [other, served] : *subject.boot.files) {
    if (other != name && Lowered(other) == Lowered(name)) return other;
  }
  return "";
}

Finding Missing(const Subject& subject, const Asked& asked) {
  const std::string other = OtherCase(subject, asked.name);
  if (!other.empty()) {
    return {asked.severity, subject.boot.place,
            fmt::format("{} is there as {}, and the firmware asks for {}, letter by letter",
                        asked.why, other, asked.name),
            fmt::format("rename it to {}", asked.name)};
  }
  const bool is_empty = subject.boot.files->contains(asked.name);
  return {asked.severity, subject.boot.place,
          fmt::format("{}, {}, is {}", asked.why, asked.name,
                      is_empty ? "empty, which a board takes for missing" : "missing"),
          asked.cure};
}

void Expect(const Subject& subject, const Asked& asked, Findings& findings) {
  if (asked.name.empty() || IsThere(subject, asked.name)) return;
  findings.push_back(Missing(subject, asked));
}

void ExpectOverlay(const Subject& subject, const std::string& name, Findings& findings) {
  // In the order in which the firmware asks (src/core/usbboot/README.md, A Zero on the wire).
  for (const char* ending : {".dtbo", "-overlay.dtb", ".dtb"}) {
    if (IsThere(subject, "overlays/" + name + ending)) return;
  }
  findings.push_back(Missing(
      subject,
      {"overlays/" + name + ".dtbo",
       fmt::format("the overlay that dtoverlay={} of {} names", name, subject.boot.config.where),
       Finding::Severity::kWarning,
       "put it there, or take the line out of config.txt when the device tree does "
       "without it (Debian's has the gadget's controller switched on)"}));
}

}  // namespace

void CheckServedFiles(const Subject& subject, Findings& findings) {
  const auto stand_in = UnlessStandIn(subject.spec);
  const std::string& config = subject.boot.config.where;
  const std::string firmware =
      "install the firmware in the source (apt install raspi-firmware), then zprov update";
  const std::string named = fmt::format("put it there, or correct its name in {}", config);
  Expect(subject, {kFirstStage, "the first stage", stand_in, firmware}, findings);
  Expect(subject, {subject.config.start, "the firmware", stand_in, firmware}, findings);
  Expect(subject, {subject.config.fixup, "the firmware's other half", stand_in, firmware},
         findings);
  const auto error = Finding::Severity::kError;
  Expect(subject, {subject.config.kernel, "the kernel that " + config + " names", error, named},
         findings);
  for (const std::string& name : subject.config.initramfs) {
    Expect(subject, {name, "the initramfs that " + config + " names", error, named}, findings);
  }
  Expect(
      subject,
      {BoardsTree(subject), fmt::format("the device tree of board \"{}\"", subject.node.board),
       stand_in, "install the kernel's or the firmware's package in the source, then zprov update"},
      findings);
  if (subject.config.cmdline != "cmdline.txt") {
    Expect(subject,
           {subject.config.cmdline, "the command line that " + config + " names", error,
            "take the line cmdline= out of it"},
           findings);
  }
  for (const std::string& overlay : subject.config.overlays) {
    ExpectOverlay(subject, overlay, findings);
  }
}

}  // namespace zprov::lint
