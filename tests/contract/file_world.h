// A world of files for the contract suites: the interfaces under test, and the hands of everybody
// else (who makes FIFOs, mounts things, fills the disk, cuts the power). One per test, "/" is an
// empty btrfs.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "os/btrfs.h"
#include "os/events.h"
#include "os/files.h"
#include "os/locks.h"
#include "os/processes.h"
#include "os/roots.h"
#include "os/trees.h"
#include "support/capability.h"
#include "util/result.h"

namespace zprov::tests {

// What os:: has no verb to make or to read back.
struct Entry {
  os::FileType type = os::FileType::kRegular;  // any but kBlockDevice
  uint32_t mode = 0644;
  uint32_t uid = 0;
  uint32_t gid = 0;
  int64_t modified_ns = 1'000'000'000'123'456'789;  // since 1970
  std::string content = {};                         // of a regular file; the text of a symlink
  // ACLs as the kernel stores them: "system.posix_acl_access". Symlinks and special files take
  // only "trusted." and "security." ones.
  std::map<std::string, std::string> xattrs = {};

  bool operator==(const Entry&) const = default;
};

// A character device made by Put has this number: /dev/null's.
constexpr unsigned kDeviceMajor = 1;
constexpr unsigned kDeviceMinor = 3;

// An ACL for mode 0674: user::rw-, user:1000:rwx, group::r--, mask::rwx, other::r-- (version 2 of
// linux/posix_acl_xattr.h).
extern const std::string kSomeAcl;

struct MountOptions {
  bool read_only = false;
  bool nosuid = false;
  bool nodev = false;
};

class FileWorld {
 public:
  virtual ~FileWorld() = default;

  virtual os::Files& files() = 0;
  virtual os::Trees& trees() = 0;
  virtual os::Locks& locks() = 0;
  virtual os::Btrfs& btrfs() = 0;
  virtual os::Roots& roots() = 0;
  virtual os::Processes& processes() = 0;
  virtual os::Events& events() = 0;
  virtual os::Clock& clock() = 0;

  // Makes `entry` at `path`, where nothing is. A directory is empty.
  virtual Result<void> Put(std::string_view path, const Entry& entry) = 0;
  // What is at `path` itself, with everything.
  virtual Result<Entry> Look(std::string_view path) = 0;
  // A second name for the file at `existing`.
  virtual Result<void> Link(std::string_view existing, std::string_view name) = 0;
  // An empty tmpfs on the directory at `path`.
  virtual Result<void> Mount(std::string_view path, const MountOptions& options) = 0;
  // Another process holds a record lock on the file at `path` while the result lives.
  virtual std::shared_ptr<void> HoldRecordLock(std::string_view path) = 0;
  // In the directory at `path`, which is there: /usr/bin/note, a program that writes its second
  // argument into the file that its first one names, prints both, and exits with 0, or with 3 when
  // it cannot; and /usr/bin/plain, which nobody may run.
  virtual Result<void> PutPrograms(std::string_view path) = 0;
  // From now on programs that PutPrograms makes are of an architecture this machine does not run.
  virtual void MakeProgramsForeign() = 0;
  // Takes all free space of the btrfs: neither 64 KiB nor one more directory or subvolume fit.
  virtual Result<void> FillUp() = 0;
  // The world that a power cut right now would leave; this one goes on.
  virtual Result<std::unique_ptr<FileWorld>> AfterPowerCut() = 0;
};

// The worlds there are. kNotSupported: this machine lacks a capability, and the message is its
// name.
Result<std::unique_ptr<FileWorld>> MakeKernelFileWorld();  // kernel_file_world.cc
Result<std::unique_ptr<FileWorld>> MakeSimFileWorld();     // sim_file_world.cc

struct FileWorldKind {
  std::string name;  // "Kernel" needs root, "Sim" does not
  std::function<Result<std::unique_ptr<FileWorld>>()> make;
};

inline void PrintTo(const FileWorldKind& kind, std::ostream* out) { *out << kind.name; }

// Every kind; a new one is a row here.
std::vector<FileWorldKind> FileWorldKinds();

// Makes the world of one test.
class FileContract : public testing::TestWithParam<FileWorldKind> {
 protected:
  void SetUp() override;

  os::Files& files() { return world_->files(); }
  os::Trees& trees() { return world_->trees(); }
  os::Locks& locks() { return world_->locks(); }
  os::Btrfs& btrfs() { return world_->btrfs(); }
  os::Roots& roots() { return world_->roots(); }

  // Entry of that type with the defaults above.
  void Put(std::string_view path, const Entry& entry = {});
  void PutFile(std::string_view path, std::string_view content);
  void PutDirectory(std::string_view path);
  void PutSymlink(std::string_view path, std::string_view target);
  void PutSubvolume(std::string_view path);
  void Mount(std::string_view path, const MountOptions& options = {});
  std::string Content(std::string_view path);  // of the file at `path`; "(why not)" without one
  std::vector<std::string> Names(std::string_view path);
  bool IsThere(std::string_view path);

  std::unique_ptr<FileWorld> world_;
};

// EXPECT_THAT(outcome, Succeeds()) and EXPECT_THAT(outcome, FailsWith(ErrorKind::kNotFound)).
MATCHER(Succeeds, negation ? "fails" : "succeeds") {
  if (arg.has_value()) return true;
  *result_listener << Name(arg.error().kind) << ": " << arg.error().message;
  return false;
}

MATCHER_P(FailsWith, kind, std::string("fails with ") + std::string(Name(kind))) {
  if (arg.has_value()) {
    *result_listener << "which succeeded";
    return false;
  }
  *result_listener << Name(arg.error().kind) << ": " << arg.error().message;
  return arg.error().kind == kind && !arg.error().message.empty();
}

}  // namespace zprov::tests

// Runs the tests of that fixture in every world.
#define ZPROV_FILE_CONTRACT(fixture)                                                            \
  INSTANTIATE_TEST_SUITE_P(World, fixture, testing::ValuesIn(::zprov::tests::FileWorldKinds()), \
                           [](const auto& test) { return test.param.name; })
