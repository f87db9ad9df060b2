// zprov --hil: what it prints, what it writes, how it ends.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cli/hil_report.h"
#include "cli/hil_text.h"
#include "sim/scenarios/hosts.h"
#include "unit/cli/console.h"
#include "unit/cli/schemas.h"

namespace zprov::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

hil::Row Failed() {
  return {.name = "mtu",
          .sentence = "Every link carries the same.",
          .outcome = hil::Outcome::kFail,
          .findings = {{hil::Grade::kBad, "s2", "has an MTU of <1500>", "zprov reboot s2"},
                       {hil::Grade::kWarning, "s3", "named \"\x1b[2J\"", ""}},
          .took = std::chrono::milliseconds(1500)};
}

hil::Report Sample() {
  hil::Report report{.cluster = "snail", .began_ns = 1'700'000'000'000'000'000};
  report.rows = {{.name = "host", .sentence = "The host is well.", .summary = "11 looked at"},
                 Failed(),
                 {.name = "boards",
                  .sentence = "The boards are right.",
                  .outcome = hil::Outcome::kSkip,
                  .reason = "no serials"},
                 {.name = "disk",
                  .sentence = "There is room.",
                  .outcome = hil::Outcome::kInfra,
                  .reason = "cannot be read",
                  .first_try = "cannot be read either"},
                 {.name = "reboot",
                  .sentence = "It comes back.",
                  .outcome = hil::Outcome::kQuarantined,
                  .reason = "the hub resets",
                  .until = "2026-12-31"}};
  engine::BootTimeline boot{.node = "s0", .nonce = std::string(32, 'a')};
  boot.took = std::chrono::seconds(40);
  boot.ending = "healthy";
  boot.steps = {{.after = std::chrono::seconds(0), .text = "first stage sent"},
                {.after = std::chrono::seconds(10), .text = "healthy"}};
  report.nodes = {{.node = "s0",
                   .port = "1-1.2",
                   .address = "192.168.7.33",
                   .mac = "02:34:33:3c:50:21",
                   .life = "up: its link s0 answers",
                   .generation = 1,
                   .serial = "00000000abcdef12",
                   .boot = boot}};
  return report;
}

TEST(Hil, IsGreenOnTheSimulatedRigWhichItSetsUpFirst) {
  const Said said = RunOnRig({"--hil"});
  EXPECT_EQ(said.exit, 0) << said.out << said.err;
  EXPECT_THAT(said.err, HasSubstr("set up and booted first"));
  EXPECT_THAT(said.out, AllOf(StartsWith("pass    host          The host has what zprov needs.\n"),
                              HasSubstr("\npass    nodes "), HasSubstr("\nskip    boards "),
                              EndsWith("snail, level observe: 18 scenarios: 13 pass, 5 skip\n")));
}

TEST(Hil, IsOneDocumentWithJsonThatItsSchemaAccepts) {
  const Said said = RunOnRig({"--hil", "--json", "--level", "observe"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(Faults("hil", said.out), "");
  const json document = json::parse(said.out);
  EXPECT_EQ(document["outcome"], "pass");
  EXPECT_EQ(document["nodes"].size(), 5u);
  EXPECT_EQ(document["nodes"][0]["boot"]["ending"], "healthy");
  EXPECT_EQ(Faults("hil", HilJson(Sample())), "");
}

TEST(Hil, IsADocumentOfTheSameSchemaWhenItDisturbsTheRig) {
  const Said said = RunOnRig({"--hil", "--json", "--level", "cycle", "--yes"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(Faults("hil", said.out), "");
  EXPECT_EQ(json::parse(said.out)["level"], "cycle");
}

TEST(Hil, SaysOnStderrWhatItTriesNow) {
  const Said said = RunOnRig({"--hil", "--level", "cycle", "--yes"});
  EXPECT_THAT(
      said.err,
      AllOf(HasSubstr("\nmtu: Every link carries packets of the same size, at both ends …\n"),
            HasSubstr("\nreboot: reboots each node, one after another …\n"),
            Not(HasSubstr("\nconsoles: "))));
  EXPECT_THAT(RunOnRig({"--hil", "--json"}).err, Not(HasSubstr("mtu: ")));
}

TEST(Hil, TakesWhatItTriesAwayOnATerminalWhenTheRowComes) {
  std::ostringstream both;
  Streams streams{both, both};
  streams.err_terminal = TerminalSize{.columns = 30, .rows = 24};
  EXPECT_EQ(cli::Run({"--rig", "sim", "--hil"}, WiringOf({}), streams), 0);
  EXPECT_THAT(both.str(), HasSubstr("\nmtu: Every link carries packe\r\x1b[Kpass    mtu "));
}

Said AskedOnRig(const std::string& answer) {
  std::istringstream in(answer);
  std::ostringstream out;
  std::ostringstream err;
  Streams streams{out, err};
  streams.in = &in;
  const int exit = Run({"--rig", "sim", "--hil", "--level", "cycle"}, WiringOf({}), streams);
  return {exit, out.str(), err.str()};
}

TEST(Hil, AsksAPersonBeforeItDisturbsTheRig) {
  EXPECT_EQ(AskedOnRig("n\n").exit, 3);
  EXPECT_EQ(AskedOnRig("").exit, 3);
  EXPECT_THAT(AskedOnRig("n\n").err, HasSubstr("Go on? [y/N] nothing was done\n"));
  EXPECT_EQ(AskedOnRig("y\n").exit, 0);
}

TEST(Hil, EndsWith1AndNamesWhatIsWrongOnAHostThatWasNeverSetUp) {
  RigHost host;
  const Said said = host({"--hil"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_THAT(said.out, AllOf(HasSubstr("fail    description"), HasSubstr("cure: ")));
}

TEST(Hil, GoesWithNoCommandAndNoTree) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--hil", "plan"},
                                                {"--root", "/tmp", "--hil"},
                                                {"--level", "observe", "plan"},
                                                {"--report", "x.xml", "plan"},
                                                {"--hil", "--level", "everything"},
                                                {"--rig", "rig.toml", "plan"},
                                                {"--hil", "--report", "x.pdf"}}) {
    const Said said = RunWith(words, WiringOf({}));
    EXPECT_EQ(said.exit, 2) << said.out << said.err;
    EXPECT_THAT(said.err, Not(IsEmpty()));
    EXPECT_THAT(said.out, IsEmpty());
  }
}

std::string Written(const std::string& ending) {
  const std::string file = ::testing::TempDir() + "hil_report" + ending;
  const Said said = RunOnRig({"--hil", "--report", file});
  EXPECT_EQ(said.exit, 0) << said.err;
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::filesystem::remove(file);
  return text;
}

TEST(Hil, WritesItsReportAsTheEndingSays) {
  EXPECT_THAT(Written(".xml"), StartsWith("<?xml"));
  EXPECT_EQ(Faults("hil", Written(".json")), "");
  EXPECT_THAT(Written(".html"), StartsWith("<!DOCTYPE html>"));
}

TEST(Hil, TakesTheRigsDescriptionFromItsPlace) {
  RigHost host;
  host.world.Put("/etc/zprov/rig.toml", "[power]\nby = \"none\"\n");
  EXPECT_THAT(host({"--hil"}).out, HasSubstr("\npass    rig "));
  host.world.Put("/etc/zprov/rig.toml", "[power]\nbye = \"none\"\n");
  const Said said = host({"--hil"});
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.err, HasSubstr("/etc/zprov/rig.toml:2: unknown key \"bye\" in power: did you"));
  EXPECT_THAT(said.out, IsEmpty());
}

TEST(Hil, TakesTheRigsDescriptionFromTheFileThatIsNamed) {
  const std::string file = ::testing::TempDir() + "hil_test_rig.toml";
  std::ofstream(file) << "[[node]]\nname = \"s9\"\n";
  const Said wrong = RunOnRig({"--hil", "--rig", file});
  EXPECT_EQ(wrong.exit, 2);
  EXPECT_THAT(wrong.err, HasSubstr(file + ":2: cluster.toml has no node \"s9\""));
  std::ofstream(file) << "[[node]]\nname = \"s1\"\n";
  const Said said = RunOnRig({"--hil", "--rig", file, "--json"});
  EXPECT_EQ(said.exit, 0) << said.out << said.err;
  EXPECT_EQ(json::parse(said.out)["nodes"].size(), 1u);
  std::filesystem::remove(file);
  EXPECT_EQ(RunOnRig({"--hil", "--rig", file}).exit, 2) << "it is not there";
}

// A file of this machine that is gone with the test; others run beside it.
class FoundRig : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string directory = ::testing::TempDir() + "zprov-found-XXXXXX";
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    directory_ = directory;
    file_ = directory + "/rig.toml";
  }
  ~FoundRig() override { std::filesystem::remove_all(directory_); }
  Said Detect(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--hil", "--detect", "--rig", file_};
    words.insert(words.end(), more.begin(), more.end());
    return RunOnRig(words);
  }
  std::string Content() const {
    std::ifstream stream(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void Put(const std::string& text) { std::ofstream(file_, std::ios::binary) << text; }

  std::string directory_;
  std::string file_;
};

TEST_F(FoundRig, IsWrittenToTheFileThatIsNamed) {
  const Said said = Detect();
  EXPECT_EQ(said.exit, 0) << said.out << said.err;
  EXPECT_THAT(said.err, HasSubstr("set up and booted first"));
  EXPECT_THAT(said.out, HasSubstr("\n" + file_ + " is written: "));
  EXPECT_THAT(Content(), HasSubstr("\n[[node]]\nname = \"s0\"\nusb = \"1-1.2\"  # up\n"));
  EXPECT_EQ(RunOnRig({"--hil", "--rig", file_}).exit, 0);
}

TEST_F(FoundRig, IsComparedWithTheFileThatIsThere) {
  Detect();
  const std::string found = Content();
  EXPECT_EQ(Detect().exit, 0);
  EXPECT_EQ(Content(), found);
  std::string other = found;
  other.replace(other.find("1-1.2\""), 5, "1-1.7");
  Put(other);
  const Said said = Detect();
  EXPECT_EQ(said.exit, 3);
  EXPECT_THAT(said.out, HasSubstr("s0: its usb is 1-1.2, and 1-1.7 in rig.toml"));
  EXPECT_EQ(Content(), other);
}

TEST_F(FoundRig, IsADocumentWithJson) {
  for (const char* outcome : {"written", "same"}) {
    const Said said = Detect({"--json"});
    EXPECT_EQ(Faults("detect", said.out), "") << said.out;
    const json document = json::parse(said.out);
    EXPECT_EQ(document["file"]["outcome"], outcome);
    EXPECT_EQ(document["boards"].size(), 5u);
    EXPECT_EQ(document["hubs"][0]["does"], "together");
  }
  Put("[[node]]\nname = \"s1\"\nusb = \"1-1.7\"\n");
  const Said said = Detect({"--json"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_EQ(Faults("detect", said.out), "") << said.out;
  EXPECT_EQ(json::parse(said.out)["file"]["outcome"], "differs");
}

TEST(Hil, SaysWhatCameOfTryingThePowerInTheDocumentOfWhatWasFound) {
  sim::World world;
  sim::RigWithRelay(world);
  ASSERT_EQ(RunOn(world, {"apply"}).exit, 0);
  ASSERT_EQ(RunOn(world, {"boot"}).exit, 0);
  const Said said = RunOn(world, {"--hil", "--detect", "--yes", "--json"});
  EXPECT_EQ(said.exit, 0) << said.out << said.err;
  EXPECT_EQ(Faults("detect", said.out), "");
  const json document = json::parse(said.out);
  EXPECT_EQ(document["tried"][0]["name"], "power");
  EXPECT_EQ(document["tried"][0]["outcome"], "pass");
  EXPECT_EQ(document["file"]["outcome"], "same");
}

TEST_F(FoundRig, IsNotWrittenWhereNoFileCanBe) {
  const Said said = RunOnRig({"--hil", "--detect", "--rig", "/nowhere/at/all/rig.toml"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_THAT(said.err, HasSubstr("/nowhere/at/all"));
}

TEST(Hil, SaysBeforeTheRunThatAReportCannotBeWritten) {
  const Said said = RunOnRig({"--hil", "--report", "/nowhere/at/all/report.html"});
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.err, HasSubstr("cannot be written"));
  EXPECT_THAT(said.out, IsEmpty());
}

TEST(HilText, HasEachFindingWithItsCureAndNothingThatSteersATerminal) {
  EXPECT_EQ(RowText(Failed()),
            "fail    mtu           Every link carries the same.\n"
            "                      s2: has an MTU of <1500>\n"
            "                      cure: zprov reboot s2\n"
            "                      warning: s3: named \"\\x1b[2J\"\n");
  EXPECT_THAT(RowText(Sample().rows[3]), HasSubstr("tried twice; the first time: cannot be"));
  EXPECT_EQ(RunText(Sample()),
            "snail, level observe: 5 scenarios: 1 pass, 1 fail, 1 infra, 1 skip, 1 quarantined\n");
}

TEST(HilJunit, HasACasePerScenarioWithItsOutcome) {
  const std::string xml = HilJunit(Sample());
  EXPECT_THAT(xml, HasSubstr("tests=\"5\" failures=\"1\" errors=\"1\" skipped=\"2\""));
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"hil.observe\" name=\"host\" time=\"0.000\">"
                             "</testcase>"));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"s2: has an MTU of &lt;1500&gt;\">"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"no serials\">"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"quarantined until 2026-12-31: the hub resets\">"));
  EXPECT_THAT(xml, HasSubstr("<error message=\"cannot be read\">"));
  EXPECT_THAT(xml, Not(HasSubstr("\x1b")));
}

TEST(HilHtml, HasTheRowsThePlanAndTheTimelineAndNeedsNothingElse) {
  const std::string page = HilHtml(Sample());
  EXPECT_THAT(page, HasSubstr("<tr data-scenario=\"mtu\"><td class=\"fail\">fail</td>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"cure\">cure: zprov reboot s2</div>"));
  EXPECT_THAT(page, HasSubstr("<td>s0</td>\n<td>1-1.2</td>\n<td>192.168.7.33</td>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"line\" data-node=\"s0\">"));
  EXPECT_THAT(page, HasSubstr("style=\"left:0.00%;width:25.00%\">first stage sent 10.0 s</div>"));
  EXPECT_THAT(page, HasSubstr("style=\"left:25.00%;width:75.00%\">healthy 30.0 s</div>"));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace zprov::cli
