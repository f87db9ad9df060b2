// zprov init and zprov check, and every way a spec can be missing or unreadable.
#include <gmock/gmock.h>

#include "sim/scenarios/hosts.h"
#include "unit/cli/console.h"

namespace zprov::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kSpec[] = "/etc/zprov/cluster.toml";

TEST(Init, WritesASpecThatCheckAcceptsWithAWarningAboutTheUsbPaths) {
  for (const char* mode : {"native", "compatible"}) {
    const Said init = RunWith({"init", "--nodes", "7", "--mode", mode}, WiringOf({}));
    EXPECT_EQ(init.exit, 0);
    EXPECT_THAT(init.err, IsEmpty());
    RigHost host(init.out);
    const Said check = host({"check"});
    EXPECT_EQ(check.exit, 0) << check.out << check.err;
    EXPECT_THAT(check.out, EndsWith("/etc/zprov/cluster.toml: fine: cluster snail, 7 nodes\n"));
    EXPECT_THAT(check.out, AllOf(StartsWith("/etc/zprov/cluster.toml:"), HasSubstr("usb")));
  }
}

TEST(Init, GivesFiveNodesInTheNativeModeWhenNotTold) {
  EXPECT_EQ(RunWith({"init"}, WiringOf({})).out,
            RunWith({"init", "--nodes", "5", "--mode", "native"}, WiringOf({})).out);
}

TEST(Check, OfTheRigsOwnSpecHasNothingToSayButThatItIsFine) {
  const Said check = RunOnRig({"check"});
  EXPECT_EQ(check.exit, 0);
  EXPECT_EQ(check.out, "/etc/zprov/cluster.toml: fine: cluster snail, 5 nodes\n");
  EXPECT_THAT(check.err, IsEmpty());
}

TEST(Check, ShowsEveryProblemWithFileAndLineAndCountsThem) {
  RigHost host(SourceFile("fixtures/specs/hasty_edit.toml"));
  const Said check = host({"check"});
  EXPECT_EQ(check.exit, 2);
  EXPECT_THAT(check.err, IsEmpty());
  std::string expected = SourceFile("fixtures/specs/hasty_edit.problems");
  for (size_t at = 0; (at = expected.find("hasty_edit.toml", at)) != std::string::npos;) {
    expected.replace(at, 15, kSpec);
    at += 15;
  }
  EXPECT_THAT(check.out, StartsWith(expected));
  EXPECT_THAT(check.out, EndsWith("20 problems to mend\n"));
}

TEST(Check, SeesANodeThatIsCalledLikeALinkOfThisHost) {
  std::string text = SourceFile("fixtures/specs/rig.toml");
  text.replace(text.find("[nodes]"), 7, "[nodes]\nprefix = \"eth\"");
  RigHost host(text);
  const Said check = host({"check"});
  EXPECT_EQ(check.exit, 2);
  EXPECT_THAT(check.out, HasSubstr("eth0"));
}

TEST(Check, ReadsTheFileOfThisMachineThatSpecNames) {
  sim::World bare;
  sim::BareHost(bare);
  const std::string path = ZPROV_SOURCE_DIR "/fixtures/specs/rig.toml";
  const Said check = RunOn(bare, {"--spec", path, "check"});
  EXPECT_EQ(check.exit, 0) << check.err;
  EXPECT_EQ(check.out, path + ": fine: cluster snail, 5 nodes\n");
}

class UnreadableSpec : public ::testing::TestWithParam<const char*> {};

TEST_P(UnreadableSpec, ThatIsMissingEndsWith2AndSaysHowToMakeOne) {
  sim::World bare;
  sim::BareHost(bare);
  const std::string before = bare.Dump();
  const Said said = RunOn(bare, {GetParam()});
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_EQ(said.err,
            "zprov: /etc/zprov/cluster.toml does not exist: make it with `zprov init`, or name "
            "another with --spec FILE\n");
  EXPECT_EQ(bare.Dump(), before);
}

TEST_P(UnreadableSpec, ThatSpecNamesWronglyEndsWith2) {
  RigHost host;
  const Said said = host({"--spec", "/nowhere/cluster.toml", GetParam()});
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_THAT(said.err, StartsWith("zprov: /nowhere/cluster.toml: "));
}

TEST_P(UnreadableSpec, ThatIsADirectoryEndsWith2WhereverItIs) {
  sim::World bare;
  sim::BareHost(bare);
  bare.scene().MakeDirectory(kSpec);
  const Said own = RunOn(bare, {GetParam()});
  EXPECT_EQ(own.exit, 2) << own.err;
  EXPECT_THAT(own.err, AllOf(StartsWith("zprov: "), HasSubstr(kSpec), HasSubstr("directory")));
  const Said named = RunOn(bare, {"--spec", ZPROV_SOURCE_DIR, GetParam()});
  EXPECT_EQ(named.exit, 2) << named.err;
  EXPECT_THAT(named.err, AllOf(StartsWith("zprov: " ZPROV_SOURCE_DIR), HasSubstr("directory")));
}

TEST_P(UnreadableSpec, ThatNeverEndsEndsWith2) {
  RigHost host;
  const Said said = host({"--spec", "/dev/zero", GetParam()});
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.err, StartsWith("zprov: /dev/zero: "));
}

INSTANTIATE_TEST_SUITE_P(By, UnreadableSpec,
                         ::testing::Values("check", "render", "plan", "apply", "update", "rollback",
                                           "prune", "status", "doctor"),
                         [](const auto& row) { return std::string(row.param); });

TEST(Check, TakesBinaryJunkForASyntaxErrorInOnePrintableLine) {
  std::string junk =
      "\x7f"
      "ELF\x02\x01\x01";
  for (int i = 0; i < 5000; ++i) junk += static_cast<char>(i * 167 % 256);
  RigHost host(junk);
  const Said check = host({"check"});
  EXPECT_EQ(check.exit, 2);
  EXPECT_THAT(check.out, StartsWith("/etc/zprov/cluster.toml:1: "));
  EXPECT_THAT(check.out, EndsWith("1 problem to mend\n"));
  for (const char c : check.out) EXPECT_TRUE(c == '\n' || (c >= ' ' && c != '\x7f')) << int{c};
}

TEST(Check, TakesAnEmptyFileForAnInvalidSpec) {
  RigHost host("");
  const Said check = host({"check"});
  EXPECT_EQ(check.exit, 2);
  EXPECT_THAT(check.out, HasSubstr("/etc/zprov/cluster.toml:1: "));
}

TEST(Warnings, OfTheSpecAreShownByOtherCommandsOnlyWhenAsked) {
  const std::string text = RunWith({"init"}, WiringOf({})).out;
  RigHost host(text);
  EXPECT_THAT(host({"plan"}).err, IsEmpty());
  EXPECT_THAT(host({"-v", "plan"}).err, HasSubstr("usb"));
}

TEST(Check, NamesWhatIsWrongWithTheNodesBootFilesAndEndsWithOne) {
  RigHost host;
  ASSERT_EQ(host({"apply"}).exit, 0);
  EXPECT_EQ(host({"check"}).out, "/etc/zprov/cluster.toml: fine: cluster snail, 5 nodes\n");
  host.world.Put("/x/sboot/1-1.2/config.txt", "kernel=KERNEL.IMG\ninitramfs initrd.img\n");
  const Said check = host({"check"});
  EXPECT_EQ(check.exit, 1);
  EXPECT_THAT(check.out,
              AllOf(StartsWith("error: /x/sboot/1-1.2 and /x/.zprov/gen/1/boot: "),
                    HasSubstr("is there as kernel.img"), HasSubstr("rename it to KERNEL.IMG")));
  const Said document = host({"--json", "check"});
  EXPECT_EQ(document.exit, 1);
  EXPECT_THAT(document.out, AllOf(HasSubstr("\"severity\": \"error\""), HasSubstr("\"cure\"")));
}

TEST(Check, OfASpecWhoseOwnWordsStopANodeEndsWithOne) {
  std::string text = SourceFile("fixtures/specs/rig.toml");
  text += "\n[boot]\ncmdline = \"g_ether.host_addr=02:00:00:00:00:99\"\n";
  RigHost host(text);
  const Said check = host({"check"});
  EXPECT_EQ(check.exit, 1) << check.out << check.err;
  EXPECT_THAT(check.out,
              HasSubstr("error: cmdline:s0: g_ether.host_addr=02:00:00:00:00:99 disagrees"));
}

}  // namespace
}  // namespace zprov::cli
