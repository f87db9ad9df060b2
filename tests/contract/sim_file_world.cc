// The simulated world: sim:: on its disk, and the disk's own verbs for what others do there.
#include "contract/file_world.h"
#include "sim/clock.h"
#include "sim/events.h"
#include "sim/os/btrfs.h"
#include "sim/os/files.h"
#include "sim/os/locks.h"
#include "sim/os/roots.h"
#include "sim/os/trees.h"
#include "sim/processes.h"
#include "sim/scene.h"

namespace zprov::tests {
namespace {

constexpr uint64_t kSimulatedBytes = 16 << 20;  // the filler is really made

class SimWorld : public FileWorld {
 public:
  SimWorld(std::shared_ptr<sim::VirtualClock> clock, std::unique_ptr<sim::Disk> disk)
      : clock_(std::move(clock)), disk_(std::move(disk)) {}

  os::Files& files() override { return files_; }
  os::Trees& trees() override { return trees_; }
  os::Locks& locks() override { return locks_; }
  os::Btrfs& btrfs() override { return btrfs_; }
  os::Roots& roots() override { return roots_; }
  os::Processes& processes() override { return processes_; }
  os::Events& events() override { return events_; }
  os::Clock& clock() override { return *clock_; }

  Result<void> Put(std::string_view path, const Entry& entry) override {
    ZPROV_ASSIGN(const sim::Found found, view_.Walk(path, sim::Last::kKeep));
    sim::Inode inode;
    inode.type = entry.type;
    inode.mode = entry.mode;
    inode.uid = entry.uid;
    inode.gid = entry.gid;
    inode.modified_ns = entry.modified_ns;
    inode.xattrs = entry.xattrs;
    if (entry.type == os::FileType::kCharDevice) inode.device = kDeviceMajor << 8 | kDeviceMinor;
    if (entry.type == os::FileType::kRegular || entry.type == os::FileType::kSymlink)
      inode.content = std::make_shared<const std::string>(entry.content);
    ZPROV_TRY(disk_->Make(found.spot, std::move(inode)));
    return {};
  }

  Result<Entry> Look(std::string_view path) override {
    ZPROV_ASSIGN(const sim::Found found, view_.Existing(path, sim::Last::kKeep));
    const sim::Inode& inode = disk_->Get(*found.node);
    Entry entry;
    entry.type = inode.type;
    entry.mode = inode.mode;
    entry.uid = inode.uid;
    entry.gid = inode.gid;
    entry.modified_ns = inode.modified_ns;
    entry.xattrs = inode.xattrs;
    if (inode.content != nullptr) entry.content = *inode.content;
    return entry;
  }

  Result<void> Link(std::string_view existing, std::string_view name) override {
    ZPROV_ASSIGN(const sim::Found file, view_.Existing(existing, sim::Last::kKeep));
    ZPROV_ASSIGN(const sim::Found found, view_.Walk(name, sim::Last::kKeep));
    return disk_->Link(found.spot, *file.node);
  }

  Result<void> Mount(std::string_view path, const MountOptions& options) override {
    ZPROV_ASSIGN(const sim::Found found, view_.Existing(path, sim::Last::kKeep));
    sim::Mount mount;
    mount.type = "tmpfs";
    mount.at = *found.node;
    mount.path = found.path;
    mount.root = disk_->MakeFilesystem(mount.type);
    mount.access = options.read_only ? os::Access::kReadOnly : os::Access::kReadWrite;
    mount.nosuid = options.nosuid;
    mount.nodev = options.nodev;
    disk_->AddMount(std::move(mount));
    return {};
  }

  std::shared_ptr<void> HoldRecordLock(std::string_view path) override {
    sim::Scene(*disk_).HoldRecordLock(path);
    return {nullptr,
            [this, file = std::string(path)](void*) { sim::Scene(*disk_).EndRecordLock(file); }};
  }

  Result<void> PutPrograms(std::string_view path) override {
    sim::Scene scene(*disk_);
    scene.Put(std::string(path) + "/usr/bin/note", "a program\n", 0755);
    scene.Put(std::string(path) + "/usr/bin/plain", "a text\n", 0644);
    processes_.InstallInside("note", [](const auto& argv, os::InsideRoot& root) {
      if (!root.files().Write(argv.at(1), argv.at(2), 0644)) return sim::ProgramRun{.exit_code = 3};
      return sim::ProgramRun{.out = argv.at(1) + " " + argv.at(2) + "\n"};
    });
    return {};
  }

  void MakeProgramsForeign() override { processes_.RefuseForeignRoots(); }

  Result<void> FillUp() override {
    const os::Space space = disk_->Usage();
    const uint64_t used = space.data_used + space.metadata_used + sim::kInodeBytes;
    return Put("/filler", {.mode = 0600, .content = std::string(kSimulatedBytes - used, 'x')});
  }

  Result<std::unique_ptr<FileWorld>> AfterPowerCut() override {
    return std::make_unique<SimWorld>(clock_, disk_->AfterPowerCut());
  }

 private:
  std::shared_ptr<sim::VirtualClock> clock_;
  std::unique_ptr<sim::Disk> disk_;
  sim::View view_{*disk_};
  sim::Files files_{view_};
  sim::Trees trees_{view_};
  sim::Locks locks_{view_};
  sim::Btrfs btrfs_{view_};
  sim::Roots roots_{view_};
  sim::EventQueue queue_{*clock_};
  sim::Events events_{queue_};
  sim::Processes processes_{queue_, view_};
};

}  // namespace

Result<std::unique_ptr<FileWorld>> MakeSimFileWorld() {
  auto clock = std::make_shared<sim::VirtualClock>();
  auto disk = std::make_unique<sim::Disk>(*clock, sim::DiskOptions{.capacity = kSimulatedBytes});
  return std::make_unique<SimWorld>(std::move(clock), std::move(disk));
}

}  // namespace zprov::tests
