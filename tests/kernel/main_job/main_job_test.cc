// The main job, with the real program on a real Debian tree: init, check, plan, apply, plan, on a
// fresh host and on one where somebody followed the procedure by hand.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>

#include "kernel/hosts/debian_test.h"
#include "kernel/hosts/listing.h"
#include "sim/scenarios/seed_files.h"
#include "util/strings.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Parts {
  std::string ours;    // what is in zprov's blocks, without their marks
  std::string others;  // what is not
};

Parts PartsOf(const std::string& content) {
  Parts parts;
  bool is_inside = false;
  for (std::string_view line : LinesWithEndings(content)) {
    const bool is_mark = line.starts_with("# zprov begin") || line.starts_with("# zprov end");
    if (is_mark) is_inside = line.starts_with("# zprov begin");
    if (!is_mark) (is_inside ? parts.ours : parts.others) += line;
  }
  return parts;
}

class MainJob : public DebianTest {
 protected:
  // Every managed file, or zprov's blocks in it, is what `render` prints.
  void ExpectRendered() {
    std::istringstream list(Zprov("render").out);
    std::string name;
    std::string path;
    int files = 0;
    while (list >> name && std::getline(list >> std::ws, path)) {
      const bool is_nobodys = name == "networkmanager" || name == "exports";
      if (!path.starts_with('/') || (is_nobodys && !HasPartnerOf(name))) continue;
      ++files;
      const std::string content = ContentOf(root_ + path);
      const std::string ours = PartsOf(content).ours;
      const std::string rendered = Zprov("render " + name).out;
      EXPECT_EQ(ours.empty() ? content : ours,
                name == "exports" ? WithRealRoots(rendered) : rendered)
          << path;
    }
    EXPECT_GE(files, 6);
  }

  // What `render` exports by its fixed name is exported natively by its real path: NFS version 4
  // does not follow the symlink on the server.
  std::string WithRealRoots(const std::string& rendered) const {
    std::istringstream lines(rendered);
    std::string real;
    std::string path;
    std::string rest;
    while (lines >> path && std::getline(lines, rest)) {
      const fs::path name = root_ + path;
      if (fs::is_symlink(name))
        path = fs::canonical(name).string().substr(fs::canonical(root_).string().size());
      real += path + rest + "\n";
    }
    return real;
  }

  // A tree without NetworkManager or roots gets no file for it; `render` prints it all the same.
  bool HasPartnerOf(const std::string& name) const {
    return fs::exists(root_ + (name == "exports" ? "/x/s0" : "/etc/NetworkManager"));
  }

  void ExpectNothingToDo() {
    const Ran plan = Zprov("plan");
    EXPECT_EQ(plan.exit_code, 0) << plan.out;
    EXPECT_THAT(plan.out, HasSubstr("nothing to do"));
    const std::string before = Listing(root_ + "/etc") + Listing(root_ + "/x/snaa");
    const Ran again = Zprov("apply");
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_THAT(again.out, HasSubstr("nothing to do"));
    EXPECT_EQ(Listing(root_ + "/etc") + Listing(root_ + "/x/snaa"), before);
  }

  // Their ids and paths, but for zprov's own: what was moved or made anew has another line.
  std::string Subvolumes() {
    return RunShell(
               fmt::format("btrfs subvolume list {} | sed 's/gen [0-9]* //' | grep -v /x/.zprov",
                           disk_->path()))
        .out;
  }
};

TEST_F(MainJob, OnAFreshDebianTree) {
  FillHome(root_ + "/home");
  const std::string home = Listing(root_ + "/home", Times::kOfFiles);
  const std::string dhcpcd = ContentOf(root_ + "/etc/dhcpcd.conf");
  const std::string hosts = ContentOf(root_ + "/etc/hosts");
  // Leads out of the tree for everybody who follows it from here, and stays inside for the host.
  fs::create_directory(root_ + "/outside");
  fs::rename(root_ + "/etc/dhcpcd.conf", root_ + "/outside/dhcpcd.conf");
  fs::create_symlink("../../outside/dhcpcd.conf", root_ + "/etc/dhcpcd.conf");
  WriteFile(disk_->path() + "/outside/dhcpcd.conf", "somebody else's\n");
  const std::string outside = Listing(disk_->path() + "/outside", Times::kOfFiles);

  WriteFile(root_ + kSpec, NativeSpec());
  EXPECT_EQ(Zprov("check").exit_code, 0);
  const Ran plan = Zprov("plan");
  EXPECT_EQ(plan.exit_code, 4) << plan.out;
  EXPECT_THAT(plan.out,
              AllOf(HasSubstr("on the host itself (not counted here):\n     set up bridge"),
                    HasSubstr("move /home into subvolume /x/snaa")));
  const Ran applied = Zprov("apply");
  ASSERT_EQ(applied.exit_code, 0) << applied.out;

  EXPECT_EQ(fs::read_symlink(root_ + "/home"), "x/snaa");
  EXPECT_EQ(Listing(root_ + "/x/snaa", Times::kOfFiles), home);
  EXPECT_EQ(Listing(root_ + "/.home.before-zprov", Times::kOfFiles), home);
  EXPECT_EQ(PartsOf(ContentOf(root_ + "/etc/hosts")).others, hosts);
  const std::string managed = ContentOf(root_ + "/outside/dhcpcd.conf");
  EXPECT_THAT(managed, HasSubstr("denyinterfaces"));
  EXPECT_EQ(PartsOf(managed).others, dhcpcd);
  EXPECT_TRUE(fs::is_symlink(root_ + "/etc/dhcpcd.conf"));
  EXPECT_EQ(Listing(disk_->path() + "/outside", Times::kOfFiles), outside);
  fs::remove(root_ + "/etc/dhcpcd.conf");
  fs::rename(root_ + "/outside/dhcpcd.conf", root_ + "/etc/dhcpcd.conf");
  ExpectRendered();
  ExpectNothingToDo();

  EXPECT_EQ(Zprov("apply --drop-old-home").exit_code, 0);
  EXPECT_FALSE(fs::exists(root_ + "/.home.before-zprov"));
  EXPECT_EQ(Listing(root_ + "/x/snaa", Times::kOfFiles), home);
}

TEST_F(MainJob, AdoptsADebianTreeMadeByHandInTheProceduresOwnMode) {
  FollowProcedure(root_);
  WriteFile(root_ + kSpec, AnyKernel(std::string(sim::SeedFile("cluster.toml"))));
  const std::string home = Listing(root_ + "/x/snaa", Times::kOfFiles);
  const std::string root_of_s3 = Listing(root_ + "/x/s3");
  const std::string subvolumes = Subvolumes();
  ASSERT_THAT(subvolumes, HasSubstr("path host/x/s3\n"));
  EXPECT_EQ(Zprov("check").exit_code, 0);
  EXPECT_EQ(Zprov("plan").exit_code, 4);
  const Ran applied = Zprov("apply");
  ASSERT_EQ(applied.exit_code, 0) << applied.out;

  EXPECT_EQ(fs::read_symlink(root_ + "/x/.zprov/current/s0"), "../gen/0/s0");
  EXPECT_EQ(Subvolumes(), subvolumes);
  EXPECT_EQ(Listing(root_ + "/x/s3"), root_of_s3);
  EXPECT_EQ(Listing(root_ + "/x/snaa", Times::kOfFiles), home);
  const std::string rc_local = ContentOf(root_ + "/etc/rc.local");
  EXPECT_THAT(rc_local, HasSubstr("/usr/bin/rpiboot -m"));
  EXPECT_EQ(rc_local.find("rpiboot -m"), rc_local.rfind("rpiboot -m")) << "rpiboot starts twice";
  const std::string hosts = ContentOf(root_ + "/etc/hosts");
  EXPECT_EQ(hosts.find("192.168.7.33 "), hosts.rfind("192.168.7.33 ")) << "the line stands twice";
  ExpectRendered();
  ExpectNothingToDo();
}

TEST_F(MainJob, AdoptsADebianTreeMadeByHandNatively) {
  FollowProcedure(root_);
  WriteFile(root_ + kSpec, NativeSpec());
  const std::string home = Listing(root_ + "/x/snaa", Times::kOfFiles);
  const std::string subvolumes = Subvolumes();
  std::string rc_local = ContentOf(root_ + "/etc/rc.local");
  const size_t begin = rc_local.find("case `hostname`");
  ASSERT_NE(begin, std::string::npos);
  rc_local.erase(begin, rc_local.find("esac\n", begin) + 5 - begin);
  EXPECT_EQ(Zprov("plan").exit_code, 4);
  const Ran applied = Zprov("apply");
  ASSERT_EQ(applied.exit_code, 0) << applied.out;

  EXPECT_EQ(fs::read_symlink(root_ + "/x/.zprov/current/s4"), "../gen/0/s4");
  EXPECT_EQ(Subvolumes(), subvolumes);
  EXPECT_EQ(Listing(root_ + "/x/snaa", Times::kOfFiles), home);
  EXPECT_EQ(ContentOf(root_ + "/etc/rc.local"), rc_local) << "zprov.service boots the nodes";
  EXPECT_FALSE(fs::exists(root_ + "/etc/udev/rules.d/70-gadget.rules"));
  EXPECT_EQ(ContentOf(root_ + "/x/.zprov/retired/etc/udev/rules.d/70-gadget.rules"),
            sim::SeedFile("70-gadget.rules"));
  EXPECT_FALSE(fs::exists(root_ + "/etc/network/interfaces.d/zeros"));
  EXPECT_EQ(ContentOf(root_ + "/x/.zprov/retired/etc/network/interfaces.d/zeros"),
            sim::SeedFile("zeros"));
  ExpectRendered();
  ExpectNothingToDo();
}

}  // namespace
}  // namespace zprov::tests
