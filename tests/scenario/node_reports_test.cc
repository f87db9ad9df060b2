// What host and node say to each other in the node's root, which the node can fill with anything.
#include "engine/node_reports.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/world.h"

namespace zprov::scenario {
namespace {

using engine::Order;
using ::testing::AnyOf;
using ::testing::HasSubstr;

const char kRoot[] = "/x/.zprov/gen/8/s0/root";
const char kNonce[] = "0123456789abcdef0123456789abcdef";
const char kEarlier[] = "ffffffffffffffffffffffffffffffff";

// As zprov-node writes it.
std::string Report(std::string_view nonce) {
  return fmt::format(
      R"({{"nonce":"{}","generation":8,"boot_id":"5f3a1d6e-0000-4000-8000-123456789abc",)"
      R"("serial":"00000000a1b2c3d4","kernel":"6.1.0-32-rpi","mtu":7418,"uptime_s":31}})"
      "\n",
      nonce);
}

class NodeReports : public ::testing::Test {
 protected:
  NodeReports() {
    world_.scene().MakeDirectory(Path("/var/lib/zprov"));
    world_.Put("/etc/shadow", "the host's");
  }

  static std::string Path(std::string_view inside) { return kRoot + std::string(inside); }
  void Mounted(std::string_view content) { world_.Put(Path("/var/lib/zprov/mounted"), content); }
  void Reported(std::string_view content) { world_.Put(Path("/var/lib/zprov/boot.json"), content); }
  Result<std::optional<std::string>> MountedNonce() {
    return engine::MountedNonce(world_.system(), kRoot);
  }
  Result<std::optional<engine::BootReport>> Read() {
    return engine::ReadBootReport(world_.system(), kRoot, kNonce);
  }
  Result<void> Ask(Order order) { return engine::Ask(world_.system(), kRoot, kNonce, order); }

  sim::World world_;
};

TEST_F(NodeReports, TheMountedRootNamesTheBootThatMountedIt) {
  EXPECT_EQ(MountedNonce().value(), std::optional<std::string>());
  Mounted(std::string(kNonce) + "\n");
  EXPECT_EQ(MountedNonce().value(), std::optional<std::string>(kNonce));
}

TEST_F(NodeReports, HalfANonceIsNoneYetAndAnythingElseIsNone) {
  for (const std::string half : {"", "0123", kNonce}) {
    Mounted(half);
    EXPECT_EQ(MountedNonce().value(), std::optional<std::string>()) << half;
  }
  std::string shouted = kNonce;
  shouted[10] = 'A';
  for (const std::string& odd : {std::string(kNonce) + " ", shouted + "\n", std::string(33, '\n'),
                                 std::string(kNonce) + "\n\n", std::string(4096, 'a')}) {
    Mounted(odd);
    const auto nonce = MountedNonce();
    ASSERT_FALSE(nonce) << odd;
    EXPECT_EQ(nonce.error().kind, ErrorKind::kInvalid) << odd;
    EXPECT_THAT(nonce.error().message, Not(HasSubstr("\n")));
  }
}

TEST_F(NodeReports, AReportOfThisBootSaysAllThatTheNodeKnows) {
  EXPECT_EQ(Read().value(), std::optional<engine::BootReport>());
  Reported(Report(kNonce));
  const auto report = Read();
  ASSERT_TRUE(report && *report) << report.error().message;
  EXPECT_EQ(**report, (engine::BootReport{.nonce = kNonce,
                                          .generation = 8,
                                          .boot_id = "5f3a1d6e-0000-4000-8000-123456789abc",
                                          .serial = "00000000a1b2c3d4",
                                          .kernel = "6.1.0-32-rpi",
                                          .mtu = 7418,
                                          .uptime_s = 31}));
}

TEST_F(NodeReports, AReportOfAnotherBootIsNone) {
  for (const char* nonce : {kEarlier, "", "0123"}) {
    Reported(Report(nonce));
    EXPECT_EQ(Read().value(), std::optional<engine::BootReport>()) << nonce;
  }
}

TEST_F(NodeReports, FurtherFieldsOfALaterZprovNodeAreIgnored) {
  std::string later = Report(kNonce);
  later.insert(1, R"("throttled":true,"load":0.5,"hostname":"s0","none":null,)");
  Reported(later);
  EXPECT_TRUE(Read()->has_value());
}

TEST_F(NodeReports, WhatIsNoReportIsAnErrorThatSaysWhere) {
  const std::string right = Report(kNonce);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = right;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& bad : {
           std::string("{"),
           std::string("[]"),
           std::string("null"),
           std::string("{}"),
           std::string(4096, '['),
           right + right,
           right + std::string("\0", 1),
           with("\"mtu\":7418", "\"mtu\":-1"),
           with("\"mtu\":7418", "\"mtu\":65536"),
           with("\"mtu\":7418", "\"mtu\":\"7418\""),
           with("\"mtu\":7418", "\"mtu\":7418.5"),
           with("\"mtu\":7418", "\"mtu\":1e3"),
           with("\"mtu\":7418,", ""),
           with("\"generation\":8", "\"generation\":99999999999999999999"),
           with("\"generation\":8", "\"generation\":[8]"),
           with("\"generation\":8", "\"generation\":4294967304"),
           with("\"uptime_s\":31", "\"uptime_s\":{\"s\":31}"),
           with("\"uptime_s\":31", "\"uptime_s\":null"),
           with("00000000a1b2c3d4", "\\u001b[2J"),
           with("00000000a1b2c3d4", "\xff\xfe"),
           with("00000000a1b2c3d4", "\xc3\xa4"),
           with("00000000a1b2c3d4", std::string(65, '0')),
           with("\"00000000a1b2c3d4\"", "12"),
           with("6.1.0-32-rpi", "6.1\\n"),
       }) {
    Reported(bad);
    const auto report = Read();
    ASSERT_FALSE(report) << bad;
    EXPECT_EQ(report.error().kind, ErrorKind::kInvalid) << bad;
    EXPECT_THAT(report.error().message, HasSubstr("/var/lib/zprov/boot.json: it is no boot report"))
        << bad;
  }
}

TEST_F(NodeReports, NothingOutsideTheRootIsReadForIt) {
  const std::string state = Path("/var/lib/zprov");
  world_.Put("/outside/boot.json", Report(kNonce));
  world_.Put("/outside/mounted", std::string(kNonce) + "\n");
  world_.scene().Symlink(state + "/boot.json", "/outside/boot.json");
  world_.scene().Symlink(state + "/mounted", "../../../../../../../../../outside/mounted");
  EXPECT_EQ(Read().error().kind, ErrorKind::kEscapes);
  EXPECT_EQ(MountedNonce().error().kind, ErrorKind::kEscapes);
  world_.scene().Remove(state);
  world_.scene().Symlink(state, "/outside");
  EXPECT_EQ(Read().error().kind, ErrorKind::kEscapes);
  EXPECT_EQ(MountedNonce().error().kind, ErrorKind::kEscapes);
}

TEST_F(NodeReports, WhatCouldBlockOrIsTooMuchIsNotRead) {
  const std::string path = Path("/var/lib/zprov/boot.json");
  for (const auto type : {os::FileType::kFifo, os::FileType::kSocket, os::FileType::kCharDevice}) {
    world_.scene().Special(path, type);
    EXPECT_EQ(Read().error().kind, ErrorKind::kInvalid);
    world_.scene().Remove(path);
  }
  Reported(Report(kNonce) + std::string(4096, ' '));
  EXPECT_EQ(Read().error().kind, ErrorKind::kTooLarge);
}

TEST_F(NodeReports, AnOrderNamesTheBootAndReplacesAnEarlierOne) {
  ASSERT_TRUE(Ask(Order::kHalt));
  EXPECT_EQ(world_.scene().Content(Path("/var/lib/zprov/ask")), fmt::format("halt {}\n", kNonce));
  ASSERT_TRUE(Ask(Order::kReboot));
  EXPECT_EQ(world_.scene().Content(Path("/var/lib/zprov/ask")), fmt::format("reboot {}\n", kNonce));
}

TEST_F(NodeReports, AKnockIsNoOrderAndIsHeardOnceItIsTakenAway) {
  ASSERT_TRUE(engine::Knock(world_.system(), kRoot));
  const std::string text = world_.scene().Content(Path("/var/lib/zprov/ask"));
  EXPECT_THAT(text, Not(AnyOf(HasSubstr("halt"), HasSubstr("reboot"))));
  EXPECT_FALSE(engine::IsTaken(world_.system(), kRoot).value());
  world_.scene().Remove(Path("/var/lib/zprov/ask"));
  EXPECT_TRUE(engine::IsTaken(world_.system(), kRoot).value());
}

TEST_F(NodeReports, AnOrderThatIsWithdrawnIsGoneAndMayHaveBeenTakenBefore) {
  ASSERT_TRUE(Ask(Order::kHalt));
  EXPECT_TRUE(engine::Withdraw(world_.system(), kRoot).value());
  EXPECT_TRUE(engine::IsTaken(world_.system(), kRoot).value());
  EXPECT_FALSE(engine::Withdraw(world_.system(), kRoot).value()) << "it was taken before";
}

TEST_F(NodeReports, AnOrderIsWrittenThroughNoSymlinkAndIntoNothingThatIsThere) {
  const std::string ask = Path("/var/lib/zprov/ask");
  const std::string order = fmt::format("halt {}\n", kNonce);
  world_.Put(Path("/etc/passwd"), "the node's");
  world_.scene().Symlink(ask, "/etc/passwd");
  ASSERT_TRUE(Ask(Order::kHalt));
  EXPECT_EQ(world_.scene().Content(ask), order);
  EXPECT_EQ(world_.scene().Content(Path("/etc/passwd")), "the node's");
  world_.scene().Remove(ask);
  world_.scene().HardLink(Path("/etc/passwd"), ask);
  ASSERT_TRUE(Ask(Order::kHalt));
  EXPECT_EQ(world_.scene().Content(Path("/etc/passwd")), "the node's");
  world_.scene().Remove(ask);
  world_.scene().Special(ask, os::FileType::kFifo);
  ASSERT_TRUE(Ask(Order::kHalt));
  EXPECT_EQ(world_.scene().Content(ask), order);
}

TEST_F(NodeReports, AnOrderNeverLeavesTheNodesRoot) {
  const std::string state = Path("/var/lib/zprov");
  world_.scene().MakeDirectory("/outside");
  world_.scene().Remove(state);
  world_.scene().Symlink(state, "../../../../../../../../../outside");
  EXPECT_FALSE(Ask(Order::kHalt));
  world_.scene().MakeDirectory(Path("/outside"));
  EXPECT_TRUE(Ask(Order::kHalt)) << "a place of its own, on that machine";
  EXPECT_FALSE(world_.scene().Has("/outside/ask"));
  EXPECT_TRUE(world_.scene().Has(Path("/outside/ask")));
}

TEST_F(NodeReports, ARootWhoseNodeCannotHearSaysSo) {
  world_.scene().Remove(Path("/var/lib/zprov"));
  const auto asked = Ask(Order::kReboot);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(asked.error().message, HasSubstr("ask for reboot in /x/.zprov/gen/8/s0/root: "));
  EXPECT_THAT(asked.error().message, HasSubstr("zprov update"));
  EXPECT_FALSE(world_.scene().Has(Path("/var/lib/zprov")));
}

TEST_F(NodeReports, ADirectoryInTheOrdersPlaceStays) {
  world_.Put(Path("/var/lib/zprov/ask/precious"), "the node's");
  EXPECT_EQ(Ask(Order::kHalt).error().kind, ErrorKind::kIsDirectory);
  EXPECT_TRUE(world_.scene().Has(Path("/var/lib/zprov/ask/precious")));
}

}  // namespace
}  // namespace zprov::scenario
