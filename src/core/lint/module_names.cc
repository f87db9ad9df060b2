#include "core/lint/module_names.h"

#include <algorithm>

#include "util/strings.h"

namespace zprov::lint {
namespace {

constexpr std::string_view kModules = "lib/modules/";

// What is behind lib/modules/ at the top or in usr; empty: the name is elsewhere.
std::string_view BehindModules(std::string_view name) {
  for (const std::string_view prefix : {"./", "/", "usr/"}) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  }
  return name.starts_with(kModules) ? name.substr(kModules.size()) : std::string_view{};
}

}  // namespace

std::string ModuleName(std::string_view path) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  const size_t ending = file.find(".ko");
  if (ending == std::string_view::npos) return "";
  const std::string_view rest = file.substr(ending + 3);
  if (!rest.empty() && rest != ".xz" && rest != ".gz" && rest != ".zst") return "";
  std::string name(file.substr(0, ending));
  std::ranges::replace(name, '-', '_');
  return name;
}

std::set<std::string> ModulesListed(std::string_view text) {
  std::set<std::string> modules;
  for (const std::string_view line : LinesWithEndings(text)) {
    std::string name = ModuleName(Trim(line.substr(0, line.find(':'))));
    if (!name.empty()) modules.insert(std::move(name));
  }
  return modules;
}

std::map<std::string, std::set<std::string>> ModulesByVersion(const std::set<std::string>& names) {
  std::map<std::string, std::set<std::string>> versions;
  for (const std::string& name : names) {
    const std::string_view behind = BehindModules(name);
    const size_t slash = behind.find('/');
    if (slash == std::string_view::npos) continue;
    std::string module = ModuleName(behind.substr(slash + 1));
    if (!module.empty()) versions[std::string(behind.substr(0, slash))].insert(std::move(module));
  }
  return versions;
}

std::vector<const Initramfs*> InitramfsOf(const Subject& subject) {
  std::vector<const Initramfs*> found;
  for (const std::string& name : subject.config.initramfs) {
    const auto served = subject.boot.files->find(name);
    if (served == subject.boot.files->end()) continue;
    const auto listing = subject.facts.initramfs.find(served->second.path);
    if (listing == subject.facts.initramfs.end() || !listing->second.unreadable.empty()) continue;
    found.push_back(&listing->second);
  }
  return found;
}

std::set<std::string> ModulesInInitramfs(const Subject& subject) {
  std::set<std::string> modules;
  for (const Initramfs* each : InitramfsOf(subject)) {
    for (const auto& [version, names] : ModulesByVersion(each->names)) {
      if (!subject.facts.kernel.empty() && version != subject.facts.kernel) continue;
      modules.insert(names.begin(), names.end());
    }
  }
  return modules;
}

}  // namespace zprov::lint
