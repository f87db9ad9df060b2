#include "sim/programs.h"

#include <map>

#include "sim/os/archives.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::sim {

namespace {

ProgramRun Wrong(const std::string& sentence) {
  return {.error = "mkinitramfs: " + sentence + "\n", .exit_code = 1};
}

}  // namespace

std::string Initramfs(const std::string& version, os::Files& files) {
  constexpr uint64_t kLongestList = uint64_t{1} << 20;
  const std::string modules = "lib/modules/" + version + "/";
  std::map<std::string, std::string> entries;
  entries["init"] = "simulated initramfs of " + version + "\n";
  const std::string list = files.Read("/" + modules + "modules.dep", kLongestList).value_or("");
  for (const std::string_view line : LinesWithEndings(list)) {
    const std::string path = modules + std::string(line.substr(0, line.find_first_of(":\n")));
    entries[path] = files.Read("/" + path, kLongestList).value_or("");
  }
  return NewcArchive(entries);
}

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
