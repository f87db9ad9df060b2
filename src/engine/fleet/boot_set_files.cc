#include "engine/fleet/boot_set_files.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "util/path.h"

namespace zprov::engine {
namespace {

class Reading {
 public:
  Reading(os::InsideRoot& inside, BootSets::Nature nature) : inside_(inside), nature_(nature) {}

  Result<void> Directory(const std::string& path) {
    ZPROV_ASSIGN(const auto names, inside_.trees().List(path));
    for (const std::string& name : names) {
      const std::string at = JoinPath(path, name);
      ZPROV_ASSIGN(const auto status, inside_.files().Status(at));
      if (!status) continue;
      if (status->type == os::FileType::kDirectory) ZPROV_TRY(Directory(at));
      if (status->type == os::FileType::kRegular) ZPROV_TRY(File(at));
    }
    return {};
  }

  BootSetFiles Take() { return std::move(files_); }

 private:
  Result<void> File(const std::string& at) {
    if (files_.size() >= BootSets::kMostFiles) {
      return Fail(ErrorKind::kTooLarge,
                  fmt::format("more than {} files: no boot set", BootSets::kMostFiles));
    }
    ZPROV_ASSIGN(os::FileBytes content, Content(at, BootSets::kMostBytes - bytes_));
    bytes_ += content.bytes.size();
    files_.emplace(at.substr(1), std::move(content));
    return {};
  }

  Result<os::FileBytes> Content(const std::string& at, uint64_t limit) {
    if (nature_ == BootSets::Nature::kNeverChanges) return inside_.files().Map(at, limit);
    ZPROV_ASSIGN(std::string content, inside_.files().Read(at, limit));
    auto keeper = std::make_shared<const std::string>(std::move(content));
    const std::string_view bytes = *keeper;
    return os::FileBytes{bytes, std::move(keeper)};
  }

  os::InsideRoot& inside_;
  BootSets::Nature nature_;
  BootSetFiles files_;
  uint64_t bytes_ = 0;
};

}  // namespace

Result<std::shared_ptr<const BootSetFiles>> BootSets::Of(const std::string& path, Nature nature) {
  if (const auto found = sets_.find(path); found != sets_.end()) return found->second;
  ZPROV_ASSIGN(const auto inside, system_.roots.Open(path));
  Reading reading(*inside, nature);
  if (auto read = reading.Directory("/"); !read) {
    return While("read the boot set " + path, std::move(read).error());
  }
  std::erase_if(sets_, [](const auto& set) { return set.second.use_count() == 1; });
  return sets_[path] = std::make_shared<const BootSetFiles>(reading.Take());
}

}  // namespace zprov::engine
