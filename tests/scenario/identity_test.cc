// A node's machine-id and ssh host keys: made once, kept, never half.
#include "engine/identity.h"

#include "scenario/store_test_base.h"
#include "sim/faults/faulty_system.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Pair;
using ::testing::StartsWith;

const std::set<os::HostKeyKind> kAll = {os::HostKeyKind::kRsa, os::HostKeyKind::kEcdsa,
                                        os::HostKeyKind::kEd25519};
const std::set<os::HostKeyKind> kOne = {os::HostKeyKind::kEd25519};
constexpr char kKept[] = "/x/.zprov/identity/s0";

class IdentityTest : public StoreTest {
 protected:
  IdentityTest() { Start(sim::BareHost); }

  std::vector<engine::OwnFile> Ensure(const std::string& node,
                                      const std::set<os::HostKeyKind>& kinds) {
    auto identity = engine::EnsureIdentity(world_.system(), spec_, node, kinds);
    EXPECT_TRUE(identity) << identity.error().message;
    return identity.value_or(engine::Identity{}).files;
  }

  static std::vector<std::string> Paths(const std::vector<engine::OwnFile>& files) {
    std::vector<std::string> paths;
    for (const engine::OwnFile& file : files) paths.push_back(file.path);
    return paths;
  }

  static std::string Text(const std::vector<engine::OwnFile>& files) {
    std::string text;
    for (const engine::OwnFile& file : files) text += file.path + "\n" + file.content;
    return text;
  }
};

TEST_F(IdentityTest, IsMadeOnceAndTheSameForEver) {
  const std::string first = Text(Ensure("s0", kAll));
  EXPECT_EQ(Text(Ensure("s0", kAll)), first);
  world_.scene().SyncAll();
  world_.CutPower();
  EXPECT_EQ(Text(Ensure("s0", kAll)), first);
}

TEST_F(IdentityTest, HasKeysOfTheKindsThatTheSourceHas) {
  EXPECT_THAT(Paths(Ensure("s0", kOne)),
              ElementsAre("/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key",
                          "/etc/ssh/ssh_host_ed25519_key.pub"));
  EXPECT_FALSE(Has(std::string(kKept) + "/ssh_host_rsa_key"));
}

TEST_F(IdentityTest, IsAMachineIdAloneWithoutSshd) {
  const auto files = Ensure("s0", {});
  EXPECT_THAT(Paths(files), ElementsAre("/etc/machine-id"));
  EXPECT_THAT(files.at(0).content, MatchesRegex("[0-9a-f]{32}\n"));
}

TEST_F(IdentityTest, IsEachNodesOwn) {
  EXPECT_NE(Ensure("s0", {}).at(0).content, Ensure("s1", {}).at(0).content);
  EXPECT_NE(Ensure("s0", kOne).at(1).content, Ensure("s1", kOne).at(1).content);
}

TEST_F(IdentityTest, GetsAKeyThatTheSourceHasSinceAndKeepsTheOthers) {
  const auto before = Ensure("s0", kOne);
  const auto after = Ensure("s0", kAll);
  EXPECT_EQ(after.size(), 7u);
  EXPECT_EQ(after.front().content, before.front().content);
  EXPECT_EQ(after.back().content, before.back().content);
}

TEST_F(IdentityTest, IsKeptForRootsEyesAlone) {
  Ensure("s0", kAll);
  EXPECT_EQ(Status("/x/.zprov/identity").mode, 0700u);
  EXPECT_EQ(Status(kKept).mode, 0700u);
  EXPECT_EQ(Status(std::string(kKept) + "/machine-id").mode, 0644u);
  EXPECT_EQ(Status(std::string(kKept) + "/ssh_host_rsa_key").mode, 0600u);
  EXPECT_EQ(Status(std::string(kKept) + "/ssh_host_rsa_key.pub").mode, 0644u);
}

TEST_F(IdentityTest, NamesTheNodeInItsPublicKeys) {
  EXPECT_THAT(Ensure("s0", kOne).back().content,
              AllOf(StartsWith("ssh-ed25519 "), HasSubstr(" root@s0\n")));
}

TEST_F(IdentityTest, IsWholeAgainAfterACutBeforeAnyCall) {
  for (uint64_t call = 1;; ++call) {
    SCOPED_TRACE(::testing::Message() << "cut before call " << call);
    sim::World world;
    sim::BareHost(world);
    world.scene().MakeSubvolume("/x/.zprov", 0700);
    world.scene().SyncAll();
    faults::Seam seam;
    seam.CutAt(call);
    faults::FaultySystem cut_off(world.system(), seam);
    bool was_cut = false;
    try {
      (void)engine::EnsureIdentity(cut_off.system(), spec_, "s0", kAll);
    } catch (const faults::Cut&) {
      was_cut = true;
    }
    if (!was_cut) break;
    if (call % 2 == 0) world.CutPower();
    const auto first = engine::EnsureIdentity(world.system(), spec_, "s0", kAll);
    ASSERT_TRUE(first) << first.error().message;
    const auto second = engine::EnsureIdentity(world.system(), spec_, "s0", kAll);
    EXPECT_EQ(Text(first->files), Text(second->files));
    EXPECT_EQ(first->files.size(), 7u);
  }
}

TEST_F(IdentityTest, SaysHowToMendAKeyThatLostItsPublicHalf) {
  Ensure("s0", kOne);
  world_.scene().Remove(std::string(kKept) + "/ssh_host_ed25519_key.pub");
  const auto lost = engine::EnsureIdentity(world_.system(), spec_, "s0", kOne);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(lost.error().message,
              HasSubstr("ssh-keygen -y -f /x/.zprov/identity/s0/ssh_host_ed25519_key"));
}

TEST_F(IdentityTest, SaysWhatToDoAboutAMachineIdThatIsNone) {
  world_.Put(std::string(kKept) + "/machine-id", "uninitialized\n");
  const auto none = engine::EnsureIdentity(world_.system(), spec_, "s0", {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(none.error().message, HasSubstr("remove it, and s0 gets a new one"));
}

TEST_F(IdentityTest, GivesThePublicKeysForKnownHosts) {
  const auto files = Ensure("s1", kOne);
  const auto keys = engine::PublicHostKeys(world_.system(), spec_);
  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_THAT(*keys, ElementsAre(Pair("s1", ElementsAre(MatchesRegex("ssh-ed25519 [^ ]+")))));
  EXPECT_THAT(files.back().content, StartsWith(keys->at("s1").front()));
}

TEST_F(IdentityTest, GivesNoPublicKeyWhosePrivateHalfWasNeverMade) {
  world_.Put(std::string(kKept) + "/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAA root@s0\n");
  EXPECT_THAT(engine::PublicHostKeys(world_.system(), spec_).value(), IsEmpty());
}

}  // namespace
}  // namespace zprov::scenario
