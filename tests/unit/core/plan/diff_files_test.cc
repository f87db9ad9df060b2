// What Diff says about managed files.
#include <gmock/gmock.h>

#include "core/plan/describe.h"
#include "unit/core/plan/hosts.h"

namespace zprov::plan::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Observed With(const std::string& path, const std::string& content) {
  Observed host = BareHost();
  host.paths[path] = {PathType::kFile, content, "", ""};
  return host;
}

std::string ReasonFor(const Plan& plan, const std::string& path) {
  for (const Step& step : plan.steps) {
    const auto* write = std::get_if<WriteFile>(&step.action);
    if (write != nullptr && write->path == path) return step.reason;
  }
  return "not written";
}

TEST(DiffFiles, KeepsWhatOthersWroteIntoASharedFile) {
  const Plan plan =
      Diff(Wanted(spec::Mode::kNative), With("/etc/hosts", "127.0.0.1 localhost\n"), {});
  const auto hosts = Writing(plan, "/etc/hosts");
  ASSERT_NE(hosts, std::nullopt);
  EXPECT_EQ(hosts->before, "127.0.0.1 localhost\n");
  EXPECT_TRUE(hosts->after.starts_with("127.0.0.1 localhost\n"));
  EXPECT_THAT(hosts->after, HasSubstr("192.168.7.49 s4\n"));
}

TEST(DiffFiles, TellsAnEditedBlockFromAMissingOneAndFromTheProceduresLines) {
  const Desired wanted = Wanted(spec::Mode::kNative);
  const Plan missing = Diff(wanted, With("/etc/hosts", "127.0.0.1 localhost\n"), {});
  EXPECT_THAT(ReasonFor(missing, "/etc/hosts"), HasSubstr("not there yet"));

  const Plan by_hand = Diff(wanted, With("/etc/hosts", "192.168.7.2   snail\n"), {});
  EXPECT_THAT(ReasonFor(by_hand, "/etc/hosts"), HasSubstr("the procedure's own lines"));

  std::string edited = Writing(missing, "/etc/hosts")->after;
  edited.replace(edited.find("192.168.7.49"), 12, "192.168.7.99");
  const Plan drift = Diff(wanted, With("/etc/hosts", edited), {});
  EXPECT_THAT(ReasonFor(drift, "/etc/hosts"), HasSubstr("somebody edited"));
  EXPECT_EQ(Writing(drift, "/etc/hosts")->after, Writing(missing, "/etc/hosts")->after);
}

TEST(DiffFiles, RefusesHalfABlockAndNamesTheFile) {
  const Desired wanted = Wanted(spec::Mode::kNative);
  std::string half = Writing(Diff(wanted, With("/etc/hosts", "a\n"), {}), "/etc/hosts")->after;
  half.erase(half.rfind("# zprov end"));
  EXPECT_THAT(Diff(wanted, With("/etc/hosts", half), {}).refusals,
              ElementsAre(HasSubstr("/etc/hosts: ")));
}

TEST(DiffFiles, KeepsACopyOfAWholeFileThatItReplaces) {
  const std::string path = "/etc/udev/rules.d/70-gadget.rules";
  const Plan plan = Diff(Wanted(spec::Mode::kCompatible), With(path, "# mine\n"), {});
  EXPECT_EQ(Writing(plan, path)->keep_below, "/x/.zprov/retired");
}

TEST(DiffFiles, NeverReplacesAnOperatorsOwnBootFile) {
  spec::ClusterSpec spec = Cluster(spec::Mode::kCompatible);
  spec.nodes[0].usb = PortPath{1, {1, 2}};
  const Desired wanted = DesiredState(spec, render::HostFacts::Everything());
  const std::string path = "/x/sboot/1-1.2/cmdline.txt";
  EXPECT_NE(Writing(Diff(wanted, BareHost(), {}), path), std::nullopt);
  EXPECT_EQ(Writing(Diff(wanted, With(path, "my own\n"), {}), path), std::nullopt);
}

TEST(DiffFiles, RefusesToStartRpibootTwice) {
  const Observed host = With("/etc/rc.local",
                             "#!/bin/sh -e\n# rpiboot boots the nodes\n"
                             "/usr/bin/rpiboot -l -d /x/other &\nexit 0\n");
  EXPECT_THAT(
      Diff(Wanted(spec::Mode::kCompatible), host, {}).refusals,
      ElementsAre(HasSubstr("/etc/rc.local starts rpiboot outside zprov's block (line 3)")));
}

TEST(DiffFiles, RefusesADirectoryInAFilesPlace) {
  Observed host = BareHost();
  host.paths["/etc/hosts"].type = PathType::kDirectory;
  EXPECT_THAT(Diff(Wanted(spec::Mode::kNative), host, {}).refusals,
              ElementsAre(HasSubstr("/etc/hosts is not a regular file")));
}

TEST(DiffFiles, RetiresTheProceduresFilesNativelyAndOnlyIfThere) {
  const std::string path = "/etc/network/interfaces.d/zeros";
  EXPECT_EQ(Find<RetireFile>(Diff(Wanted(spec::Mode::kNative), BareHost(), {})), std::nullopt);
  const Plan plan = Diff(Wanted(spec::Mode::kNative), With(path, "iface s0 inet manual\n"), {});
  ASSERT_NE(Find<RetireFile>(plan), std::nullopt);
  EXPECT_EQ(*Find<RetireFile>(plan), (RetireFile{path, "/x/.zprov/retired"}));
}

TEST(DiffFiles, ShowsAChangeAsAUnifiedDiffWithoutTerminalTricks) {
  const WriteFile write{.path = "/etc/hosts",
                        .before = "a\nb\x1b[2J\n",
                        .after = "a\nc\n",
                        .mode = 0644,
                        .keep_below = ""};
  const std::string detail = Detail(Action(write));
  EXPECT_THAT(detail, HasSubstr("-b\\x1b[2J\n"));
  EXPECT_THAT(detail, HasSubstr("+c\n"));
  EXPECT_THAT(detail, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace zprov::plan::tests
