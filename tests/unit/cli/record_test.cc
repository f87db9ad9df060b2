// --record and the replay of what it wrote: the same engine finds no difference, another one finds
// the first, and what is cut off or damaged says so.
#include "cli/record.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/scenarios/hosts.h"
#include "unit/cli/console.h"

namespace zprov::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPort[] = "1-1.3";  // s1's

std::string ContentOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A directory for bundles, and the rig after `zprov apply`.
class Recording : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "zprov-record-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  ~Recording() override { std::filesystem::remove_all(directory_); }

  std::string Bundle() const { return directory_ + "/bundle"; }
  std::string File() const { return Bundle() + "/" + kBundleFile; }
  std::string Text() const { return ContentOf(File()); }
  void Rewrite(const std::string& text) { std::ofstream(File(), std::ios::binary) << text; }

  Said Boot(const sim::TroublesByPort& troubles, std::vector<std::string> args) {
    sim::World world;
    sim::RigWithZeros(world, troubles);
    EXPECT_EQ(RunOn(world, {"apply"}).exit, 0);
    return RunOn(world, args);
  }
  // Of five nodes, one with a boot ROM that answers nothing.
  Said RecordABoot() {
    return Boot({{kPort, {{sim::zero::Fault::kRomDeaf}}}}, {"--record", Bundle(), "boot"});
  }

  // The number, from 1, of the nth line with that text in it.
  size_t LineWith(const std::string& part) const {
    const std::string text = Text();
    const size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return static_cast<size_t>(
               std::count(text.begin(), text.begin() + static_cast<long>(at), '\n')) +
           1;
  }
  void Replace(const std::string& part, const std::string& with) {
    std::string text = Text();
    const size_t at = text.find(part);
    ASSERT_NE(at, std::string::npos) << part;
    Rewrite(text.replace(at, part.size(), with));
  }

  std::string directory_;
};

TEST_F(Recording, OfABootChangesNothingOfItAndIsReplayedWithoutADifference) {
  const Said plain = Boot({{kPort, {{sim::zero::Fault::kRomDeaf}}}}, {"boot"});
  const Said recorded = RecordABoot();
  EXPECT_EQ(recorded.exit, 1);
  EXPECT_EQ(recorded.out, plain.out);
  EXPECT_EQ(recorded.err, plain.err);
  const auto replayed = Replay(Bundle());
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->outcome, Replayed::Outcome::kSame) << replayed->text;
  EXPECT_THAT(replayed->text, HasSubstr(": no difference, "));
  EXPECT_THAT(Text(), AllOf(StartsWith("{\"args\":[\"--record\","), EndsWith("{\"exit\":1}\n")));
}

TEST_F(Recording, HoldsUsbLinksProbesReportsAndTheClockAndNoBootFile) {
  RecordABoot();
  const std::string text = Text();
  for (const char* part :
       {"[\"act\",\"usb.submit\",", "{\"usb completed\":", "{\"usb arrived\":",
        "{\"link changed\":", "[\"act\",\"netlink.set_link\",", "[\"act\",\"netlink.probe\",",
        "{\"probe answered\":", "[\"look\",\"clock.now\",", "[\"look\",\"files.read_confined\",",
        "{\"background ended\":", "[\"look\",\"files.map\","}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, HasSubstr("\"bulk\":{\"bytes\":"));
  EXPECT_EQ(std::filesystem::status(File()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::filesystem::status(Bundle()).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(Recording, OfServeIsReplayedToItsEnd) {
  sim::World world;
  sim::RigWithZeros(world, {});
  ASSERT_EQ(RunOn(world, {"apply"}).exit, 0);
  world.queue().After(std::chrono::minutes(2),
                      [&] { world.queue().Post(os::SignalCame{SIGTERM}); });
  const Said serve = RunOn(world, {"--record", Bundle(), "serve"});
  EXPECT_EQ(serve.exit, 0) << serve.err;
  const auto replayed = Replay(Bundle());
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->outcome, Replayed::Outcome::kSame) << replayed->text;
}

TEST_F(Recording, OfTheWholeAcceptanceSuiteHasNoPrivateKeyAndIsReplayedToItsEnd) {
  const Said hil = RunOnRig({"--hil", "--level", "full", "--yes", "--record", Bundle()});
  EXPECT_EQ(hil.exit, 0) << hil.out;
  EXPECT_THAT(Text(), AllOf(HasSubstr("(a private key was here)"), Not(HasSubstr("PRIVATE KEY"))));
  const auto replayed = Replay(Bundle());
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->outcome, Replayed::Outcome::kSame) << replayed->text;
}

TEST_F(Recording, WithASpecFromThisMachineNeedsThatFileNoMoreWhenReplayed) {
  const std::string spec = directory_ + "/cluster.toml";
  std::filesystem::copy_file(ZPROV_SOURCE_DIR "/fixtures/specs/rig.toml", spec);
  Boot({}, {"--spec", spec, "--record", Bundle(), "boot", "s0"});
  std::filesystem::remove(spec);
  const auto replayed = Replay(Bundle());
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->outcome, Replayed::Outcome::kSame) << replayed->text;
}

TEST_F(Recording, WithAnActThatIsAskedNoMoreNamesItsLineAndBothSides) {
  RecordABoot();
  const size_t line = LineWith("[\"act\",\"usb.open\",[\"1-1.4\"]");
  Replace("[\"act\",\"usb.open\",[\"1-1.4\"]", "[\"act\",\"usb.open\",[\"1-1.7\"]");
  const auto replayed = Replay(Bundle());
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->outcome, Replayed::Outcome::kDifferent);
  EXPECT_THAT(
      replayed->text,
      AllOf(StartsWith(File() + ":" + std::to_string(line) + ": the first difference, after "),
            HasSubstr("\n  then: usb.open [\"1-1.7\"]\n  now:  usb.open [\"1-1.4\"]\n")));
}

// Another answer of the rig: the engine does another thing, and that is the difference.
TEST_F(Recording, WithAnotherAnswerIsDifferentWhereTheEngineActsOnIt) {
  RecordABoot();
  const size_t line = LineWith("[\"act\",\"usb.open\",[\"1-1.4\"]");
  const std::string text = Text();
  const size_t from = text.find("{\"ok\":", text.find("[\"act\",\"usb.open\",[\"1-1.4\"]"));
  const size_t end = text.find('\n', from);
  Replace(text.substr(from, end - from), R"({"error":{"kind":"busy","message":"x"}}])");
  const auto replayed = Replay(Bundle());
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->outcome, Replayed::Outcome::kDifferent) << replayed->text;
  const size_t found = std::stoul(replayed->text.substr(File().size() + 1));
  EXPECT_GT(found, line);
}

TEST_F(Recording, WithAnotherExitCodeIsDifferentAtItsEnd) {
  RecordABoot();
  Replace("{\"exit\":1}", "{\"exit\":0}");
  const auto replayed = Replay(Bundle());
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_THAT(replayed->text,
              HasSubstr("then: the end, with exit code 0\n  now:  the end, with exit code 1\n"));
}

TEST_F(Recording, CutOffAnywhereIsReplayedUpToThere) {
  RecordABoot();
  const std::string text = Text();
  constexpr size_t kCuts = 12;
  for (size_t i = 1; i < kCuts; ++i) {
    const size_t at = text.find('\n') + 2 + (text.size() - text.find('\n') - 20) * i / kCuts;
    Rewrite(text.substr(0, at));
    const auto replayed = Replay(Bundle());
    ASSERT_TRUE(replayed) << at << ": " << replayed.error().message;
    EXPECT_EQ(replayed->outcome, Replayed::Outcome::kSameSoFar) << at << ": " << replayed->text;
    EXPECT_THAT(replayed->text, HasSubstr("goes no further: it ends there"));
  }
}

TEST_F(Recording, ThatIsNoneNamesFileLineAndWhatToDo) {
  RecordABoot();
  const std::string text = Text();
  const std::string first = text.substr(0, text.find('\n') + 1);
  for (const auto& [broken, says] : std::vector<std::pair<std::string, std::string>>{
           {"", ":1: there is none: nothing was recorded"},
           {"hello\n", ":1: it is not the first line of a bundle"},
           {"{\"zprov bundle\":99}\n", ":1: its form is 99"},
           {first + "[\"look\"\n", ":2: it is no JSON"},
           {first + std::string(1'000'000, '[') + "\n", ":2: it is no JSON"},
           {first + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "\n",
            ":2: it is not [\"look\" or \"act\""},
           {first + "[\"guess\",\"clock.now\",[],1]\n", ":2: it begins with neither look nor act"},
           {first + "[\"look\",\"clock.now\",[],\"\u20ac\"]\n", ":2: it has a character beyond"},
           {first + "{\"exit\":0}\n{\"exit\":0}\n", ":3: it stands behind the line that says"}}) {
    Rewrite(broken);
    const auto replayed = Replay(Bundle());
    ASSERT_FALSE(replayed) << broken;
    EXPECT_THAT(replayed.error().message, HasSubstr(File() + says));
    EXPECT_THAT(replayed.error().message, HasSubstr("ecord again"));
  }
}

TEST_F(Recording, WithAnAnswerThatIsNoneNamesItsLine) {
  RecordABoot();
  const size_t line = LineWith("[\"look\",\"netlink.links\",[],{\"ok\":");
  Replace("[\"look\",\"netlink.links\",[],{\"ok\":", "[\"look\",\"netlink.links\",[],{\"no\":");
  const auto replayed = Replay(Bundle());
  ASSERT_FALSE(replayed);
  EXPECT_THAT(replayed.error().message,
              StartsWith(File() + ":" + std::to_string(line) + ": its answer is none: "));
}

TEST_F(Recording, IsNotWrittenOverAnother) {
  RecordABoot();
  const std::string before = Text();
  const Said again = RecordABoot();
  EXPECT_EQ(again.exit, 2);
  EXPECT_THAT(again.err, HasSubstr("holds a bundle already: name another directory"));
  EXPECT_EQ(Text(), before);
}

// A host whose journalctl says that, and so much more that it comes in many pieces.
struct WithJournal {
  explicit WithJournal(sim::ProgramRun journal) {
    sim::RigWithZeros(world);
    EXPECT_EQ(RunOn(world, {"apply"}).exit, 0);
    wiring = WiringOf({.host = &world.system()});
    world.processes().Install("journalctl", [this, journal](const auto& argv) {
      asked = argv;
      return journal;
    });
  }

  sim::World world;
  Wiring wiring;
  std::vector<std::string> asked;
};

TEST_F(Recording, HasTheHostsJournalOfItsTimeForItsOwnerAlone) {
  const std::string rest(100'000, 'x');  // much more than an error's message keeps
  WithJournal rig(
      {.out = "[0.000001] snail kernel: before\n[999999999.0] snail kernel: usb 1-1.3: " + rest +
              "\n"});
  EXPECT_THAT(RunWith({"--record", Bundle(), "boot"}, rig.wiring).err, Not(HasSubstr("journal")));
  const std::string file = Bundle() + "/" + kJournalFile;
  EXPECT_EQ(ContentOf(file), "[999999999.0] snail kernel: usb 1-1.3: " + rest + "\n");
  EXPECT_THAT(rig.asked, testing::Contains("--output=short-monotonic"));
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(Replay(Bundle())->outcome, Replayed::Outcome::kSame);
}

TEST_F(Recording, SaysWhenThereIsNoJournalAndIsWholeWithoutIt) {
  WithJournal rig({.out = "half of it", .error = "No journal files were found.\n", .exit_code = 1});
  const Said said = RunWith({"--record", Bundle(), "boot"}, rig.wiring);
  EXPECT_EQ(said.exit, 0);
  EXPECT_THAT(said.err,
              EndsWith("zprov: --record " + Bundle() +
                       ": without the host's journal: journalctl ended with 1: half of itNo "
                       "journal files were found.\n"));
  EXPECT_EQ(Replay(Bundle())->outcome, Replayed::Outcome::kSame);
}

TEST_F(Recording, OfASimulatedRigLeavesTheHostsJournalAlone) {
  WithJournal rig({.error = "nobody may ask", .exit_code = 1});
  const Said said = RunWith({"--rig", "sim", "--record", Bundle(), "boot"}, rig.wiring);
  EXPECT_THAT(said.err, Not(HasSubstr("journal")));
  EXPECT_FALSE(std::filesystem::exists(Bundle() + "/" + kJournalFile));
}

TEST_F(Recording, IsForServeBootAndTheAcceptanceSuite) {
  const Said plan = RunOnRig({"--record", Bundle(), "plan"});
  EXPECT_EQ(plan.exit, 2);
  EXPECT_EQ(plan.err, "--record goes with serve, boot and --hil\n");
  EXPECT_FALSE(std::filesystem::exists(Bundle()));
}

TEST_F(Recording, IsKeptOnceUnderAName) {
  RecordABoot();
  const std::string to = directory_ + "/kept/here";
  ASSERT_TRUE(KeepBundle(Bundle(), to));
  EXPECT_EQ(ContentOf(to + "/" + kBundleFile), Text());
  const auto again = KeepBundle(Bundle(), to);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::kExists);
}

// Each bundle that was kept (zprov-sim replay --keep).
TEST(Bundles, OfTheFixturesAreReplayedWithoutADifference) {
  size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(ZPROV_SOURCE_DIR "/fixtures/bundles")) {
    if (!entry.is_directory()) continue;
    ++count;
    const auto replayed = Replay(entry.path().string());
    ASSERT_TRUE(replayed) << replayed.error().message;
    EXPECT_NE(replayed->outcome, Replayed::Outcome::kDifferent) << replayed->text;
  }
  EXPECT_GT(count, 0U);
}

}  // namespace
}  // namespace zprov::cli
