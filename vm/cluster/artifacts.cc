#include "vm/cluster/artifacts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <vector>

#include "vm/cable/stamp.h"
#include "vm/cluster/story.h"

namespace zprov::vm {
namespace {

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::ostringstream all;
  all << std::ifstream(path, std::ios::binary).rdbuf();
  return all.str();
}

// Those of the machines' files that a person reads; what they boot from is as large as it is dull.
std::vector<fs::path> WorthKeeping(const fs::path& directory) {
  static const std::set<std::string> kKinds = {".log", ".txt", ".pcap"};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || !kKinds.contains(entry.path().extension())) continue;
    files.push_back(fs::relative(entry.path(), directory));
  }
  std::ranges::sort(files);
  return files;
}

// "zero1/cable.log" as "zero1 cable".
std::string NameOf(const fs::path& file) {
  const std::string stem = file.stem();
  return file.has_parent_path() ? file.parent_path().string() + " " + stem : stem;
}

}  // namespace

std::string WhatHappened(const std::string& directory) {
  std::vector<Log> logs;
  for (const fs::path& file : WorthKeeping(directory)) {
    if (file.extension() != ".log") continue;
    Log log{.name = NameOf(file), .text = Content(fs::path(directory) / file)};
    // The B+'s own console has no clock but its kernel's, which began with its power (bplus.cc).
    if (file == "console.log")
      log.kernel_start = StampOf(Content(fs::path(directory) / "operator.log"));
    logs.push_back(std::move(log));
  }
  return MergedByTime(logs);
}

Result<std::string> KeepArtifacts(const std::string& directory, const std::string& destination) {
  std::error_code error;
  fs::remove_all(destination, error);
  fs::create_directories(destination, error);
  for (const fs::path& file : WorthKeeping(directory)) {
    const fs::path to = fs::path(destination) / file;
    if (!error) fs::create_directories(to.parent_path(), error);
    if (!error) fs::copy_file(fs::path(directory) / file, to, error);
  }
  const std::string page = destination + "/what-happened.txt";
  std::ofstream out(page, std::ios::binary);
  out << WhatHappened(directory);
  if (!error && out.flush()) return page;
  return Fail(ErrorKind::kFailed, "cannot keep artifacts in " + destination + ": " +
                                      (error ? error.message() : "is the disk full?"));
}

}  // namespace zprov::vm
