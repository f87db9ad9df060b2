// rc.local as a shell reads it: who takes which branch.
#include <gmock/gmock.h>

#include "tests/unit/core/render/clusters.h"
#include "tests/unit/core/render/programs.h"

namespace zprov::render {
namespace {

using ::testing::HasSubstr;

// Without rpiboot, so that running it starts nothing.
spec::ClusterSpec ClusterOf(const std::string& host, const std::vector<std::string>& names) {
  spec::ClusterSpec spec = CompatibleCluster(static_cast<int>(names.size()));
  spec.boot_server = spec::BootServer::kZprov;
  spec.host = host;
  for (size_t i = 0; i < names.size(); ++i) spec.nodes[i].name = names[i];
  return spec;
}

// What the script does on a machine of that name; `ip` only says what it was told.
std::string RunAs(const std::string& hostname, const spec::ClusterSpec& spec) {
  const Outcome outcome = RunOn(Content(spec, "rc.local"), "hostname() { echo " + hostname +
                                                               "; }; ip() { echo ip \"$@\"; }; "
                                                               ". $FILE");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  return outcome.output;
}

constexpr char kOnTheHost[] =
    "Loading san bridge device...\nip link add name san type bridge\nip link set san up\n";
constexpr char kOnANode[] = "Setting usb0 mtu to 7418\nip link set usb0 mtu 7418\n";

TEST(RcLocal, MakesTheBridgeOnTheHostAndSetsTheMtuOnEachNode) {
  const std::vector<std::vector<std::string>> clusters = {{"s0"},
                                                          {"s0", "s1", "s2", "s3", "s4"},
                                                          {"s8", "s9", "s10"},
                                                          {"s1", "s0"},
                                                          {"s0", "s2"},
                                                          {"left", "right-2"},
                                                          {"0", "1"},
                                                          {"a9", "b0"},
                                                          {"s5", "s6", "s7"}};
  for (const auto& names : clusters) {
    const spec::ClusterSpec spec = ClusterOf("snail", names);
    EXPECT_EQ(RunAs("snail", spec), kOnTheHost);
    EXPECT_EQ(RunAs("snail.example", spec), kOnTheHost);
    for (const std::string& name : names) EXPECT_EQ(RunAs(name, spec), kOnANode) << name;
    EXPECT_EQ(RunAs("stranger", spec), "");
    EXPECT_EQ(RunAs("s99", spec), "");
  }
}

TEST(RcLocal, DoesNotTakeANodeForTheHostWhoseNameItsOwnBeginsWith) {
  const spec::ClusterSpec spec = ClusterOf("s", {"s0", "s1"});
  EXPECT_EQ(RunAs("s", spec), kOnTheHost);
  EXPECT_EQ(RunAs("s.example", spec), kOnTheHost);
  EXPECT_EQ(RunAs("s1", spec), kOnANode);
}

TEST(RcLocal, NamesARangeOnlyForConsecutiveDigits) {
  EXPECT_THAT(Content(ClusterOf("snail", {"s3", "s4"}), "rc.local"), HasSubstr("\ns[3-4])\n"));
  EXPECT_THAT(Content(ClusterOf("snail", {"s3", "s5"}), "rc.local"), HasSubstr("\ns3|s5)\n"));
  EXPECT_THAT(Content(ClusterOf("snail", {"s9", "s10"}), "rc.local"), HasSubstr("\ns9|s10)\n"));
}

TEST(RcLocal, OfTheProcedureIsASoundScript) {
  const spec::ClusterSpec spec = CompatibleCluster(12);
  const auto body = std::get<BlockFile>(FileNamed(spec, "rc.local").body);
  const Outcome outcome = RunOn(body.new_file + Content(spec, "rc.local"), "sh -n $FILE");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
}

}  // namespace
}  // namespace zprov::render
