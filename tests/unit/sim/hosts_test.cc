// The ready-made hosts are what they say.
#include "sim/scenarios/hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/scenarios/seed_files.h"
#include "util/strings.h"

namespace zprov::sim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(SeedFile, IsTheFixtureByteForByte) {
  for (const char* name : {"hosts", "rc.local", "procedure.txt", "70-gadget.rules"}) {
    std::ifstream file(std::string(ZPROV_SOURCE_DIR "/fixtures/seed/") + name);
    std::stringstream bytes;
    bytes << file.rdbuf();
    EXPECT_EQ(SeedFile(name), bytes.str()) << name;
    EXPECT_FALSE(bytes.str().empty()) << name;
  }
}

TEST(BareHost, SurvivesAPowerCutAsItIs) {
  World world;
  BareHost(world);
  const std::string before = world.Dump();
  world.CutPower();
  EXPECT_EQ(world.Dump(), before);
  EXPECT_THAT(before, HasSubstr("/home/pi/backup 70000 bytes"));
  EXPECT_EQ(world.system().live->process_table.Named("dhcpcd").value().size(), 1U);
  EXPECT_EQ(world.system().trees.FilesystemOf("/boot/start.elf").value().type, "vfat");
}

class HandMade : public testing::Test {
 protected:
  HandMade() { HandMadeHost(world); }

  // The file's lines without their blanks, in one string.
  std::string Tokens(std::string_view path) {
    std::string tokens;
    const std::string content = world.scene().Content(path);
    for (std::string_view line : LinesWithEndings(content)) {
      for (std::string_view word : Words(Trim(line))) tokens += std::string(word) + " ";
      tokens += "\n";
    }
    return tokens;
  }

  World world;
};

TEST_F(HandMade, KeepsEveryByteOfTheHomeBehindTheLink) {
  World bare;
  BareHost(bare);
  EXPECT_EQ(world.system().files.ReadSymlink("/home").value(), "/x/snaa");
  std::string moved = world.Dump("/x/snaa/pi");
  for (size_t at = 0; (at = moved.find("/x/snaa/", at)) != std::string::npos;)
    moved.replace(at, 8, "/home/");
  EXPECT_EQ(moved, bare.Dump("/home/pi"));
}

TEST_F(HandMade, HasFiveRootsThatAreSnapshotsOfTheHost) {
  os::Btrfs& btrfs = world.system().btrfs;
  const std::string host = btrfs.Info("/").value()->uuid;
  for (const char* root : {"/x/s0", "/x/s1", "/x/s2", "/x/s3", "/x/s4"}) {
    EXPECT_EQ(btrfs.Info(root).value()->source_uuid, host) << root;
    const std::string name = std::string(root).substr(3);
    EXPECT_EQ(world.scene().Content(std::string(root) + "/etc/hostname"), name + "\n");
    EXPECT_EQ(world.scene().Content(std::string(root) + "/etc/fstab"), SeedFile("fstab"));
    EXPECT_FALSE(world.scene().Has(std::string(root) + "/etc/exports"));
  }
}

TEST_F(HandMade, HasAStubWhereverASubvolumeWasAndADirectoryForScratch) {
  const auto stub = world.system().files.Status("/x/s1/x/s0").value();
  ASSERT_TRUE(stub.has_value());
  EXPECT_EQ(stub->inode, 2U);
  EXPECT_EQ(world.system().files.Status("/x/s1/x/snaa").value()->inode, 2U);
  EXPECT_GT(world.system().files.Status("/x/s1/x/scratch").value()->inode, 256U);
}

TEST_F(HandMade, HoldsTheProceduresLinesWithAPersonsBlanks) {
  EXPECT_THAT(Tokens("/etc/rc.local"), HasSubstr("snail*) \necho Loading san bridge device... \n"));
  EXPECT_THAT(world.scene().Content("/etc/rc.local"), HasSubstr("\tip link set san up"));
  EXPECT_TRUE(world.scene().Content("/etc/rc.local").ends_with("esac\nexit 0\n"));
  EXPECT_THAT(world.scene().Content("/etc/dhcpcd.conf"), StartsWith("denyinterfaces usb0"));
  EXPECT_TRUE(world.scene().Content("/etc/dhcpcd.conf").ends_with("ip_address=192.168.7.2/24\n"));
  EXPECT_TRUE(world.scene().Content("/etc/hosts").ends_with("192.168.7.49 s4\n"));
  EXPECT_THAT(world.scene().Content("/x/supdate"), StartsWith("#!/bin/bash\nfor i in s0"));
}

TEST_F(HandMade, RunsRpibootAndTheBridgeAfterAPowerCutToo) {
  world.CutPower();
  EXPECT_EQ(world.system().live->process_table.Named("rpiboot").value().size(), 1U);
  const auto addresses = world.system().live->netlink.Addresses().value();
  EXPECT_THAT(addresses, testing::Contains(testing::Field(&os::LinkAddress::link, "san")));
}

}  // namespace
}  // namespace zprov::sim
