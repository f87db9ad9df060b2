#include "unit/node/sandbox.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;

constexpr char kScripts[] = ZPROV_SOURCE_DIR "/src/node/";
constexpr char kStubs[] = ZPROV_SOURCE_DIR "/tests/unit/node/stubs.sh";

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char each : text) quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return quoted + "'";
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

// `prefix` at the beginning of `text` taken away.
std::string Without(const std::string& prefix, const std::string& text) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

std::vector<Shell> Shells() { return {{"Dash", "dash"}, {"Busybox", "busybox sh"}}; }

void PrintTo(const Shell& shell, std::ostream* out) { *out << shell.command; }

std::string Listing(const std::string& directory, const std::string& root) {
  std::vector<std::string> lines;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().lexically_relative(directory).string();
    if (entry.is_symlink()) {
      lines.push_back(
          fmt::format("{} -> {}\n", name, Without(root, fs::read_symlink(entry.path()).string())));
    } else if (entry.is_regular_file()) {
      lines.push_back(fmt::format("{}: {}", name, ReadAll(entry.path())));
    }
  }
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, ""));
}

void Sandbox::SetUp() {
  std::string path = (fs::temp_directory_path() / "zprov-node-XXXXXX").string();
  ASSERT_NE(::mkdtemp(path.data()), nullptr);
  root_ = path;
  for (const char* directory :
       {"/proc", "/sys/class/net", "/sys/kernel/config", "/dev", "/root/proc"}) {
    fs::create_directories(root_ + directory);
  }
  Put("/scripts/zprov-functions", ReadAll(std::string(kScripts) + "zprov-functions"));
  Put("/usr/lib/zprov/modules", ReadAll(std::string(kScripts) + "modules"));
  Put("/calls", "");
}

void Sandbox::TearDown() { fs::remove_all(root_); }

void Sandbox::Put(const std::string& path, const std::string& content) {
  fs::create_directories(fs::path(root_ + path).parent_path());
  std::ofstream(root_ + path, std::ios::binary) << content;
}

bool Sandbox::Has(const std::string& path) const { return fs::exists(root_ + path); }

std::string Sandbox::Content(const std::string& path) const { return ReadAll(root_ + path); }

Ran Sandbox::Run(const std::string& script, const std::map<std::string, std::string>& variables,
                 const std::string& then) {
  std::string command = "env ZPROV_ROOT=" + root_;
  for (const auto& [name, value] : variables) command += " " + name + "=" + Quoted(value);
  const std::string inside = fmt::format(". {}; . {}{}; {}", kStubs, kScripts, script, then);
  return RunShell(fmt::format("{} {} -c {} 2>&1", command, GetParam().command, Quoted(inside)));
}

}  // namespace zprov::tests
