#include "sim/programs.h"

#include <fmt/format.h>

#include "util/path.h"

namespace zprov::sim {

namespace {

ProgramRun Wrong(const std::string& sentence) {
  return {.error = "mkinitramfs: " + sentence + "\n", .exit_code = 1};
}

// FNV-1a, 64 bits: another list of modules makes another initramfs.
uint64_t Fingerprint(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string Initramfs(const std::string& version, os::Files& files) {
  constexpr uint64_t kMostBytes = uint64_t{1} << 20;
  const std::string words = "simulated initramfs of " + version;
  const auto list = files.Read("/lib/modules/" + version + "/modules.dep", kMostBytes);
  if (!list || list->empty()) return words + "\n";
  return fmt::format("{} with modules {:016x}\n", words, Fingerprint(*list));
}

}  // namespace

ProgramRun MakeInitramfs(const std::vector<std::string>& argv, os::InsideRoot& root) {
  std::string file;
  std::string version;
  for (size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-o" && i + 1 < argv.size()) {
      file = argv[++i];
    } else if (argv[i] == "-c" && i + 1 < argv.size()) {
      ++i;
    } else if (argv[i].starts_with('-')) {
      return Wrong("the simulated one does not know " + argv[i]);
    } else {
      version = argv[i];
    }
  }
  if (file.empty() || version.empty()) return Wrong("give -o FILE and a version");
  const std::string modules = JoinPath("/lib/modules", version);
  if (!root.files().Resolve(modules).has_value()) return Wrong("missing " + modules);
  if (IsBelow(file, "/tmp")) return {};  // its own there: gone when the program ends
  const auto written = root.files().WriteDraft(file, Initramfs(version, root.files()), 0644);
  if (!written.has_value()) return Wrong(written.error().message);
  return {.takes = std::chrono::seconds(20)};
}

}  // namespace zprov::sim
