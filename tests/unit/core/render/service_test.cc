// zprov.service as systemd reads it, and how far it is shut off from the machine.
#include <gmock/gmock.h>

#include <iostream>
#include <regex>

#include "support/capability.h"
#include "tests/unit/core/render/clusters.h"
#include "tests/unit/core/render/programs.h"

namespace zprov::render {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// systemd-analyze wants the name of a unit, and programs that are there.
Outcome Analyze(const std::string& words) {
  std::string unit = Content(NativeCluster(), "service");
  const std::string program = "ExecStart=/usr/bin/zprov ";
  const size_t at = unit.find(program);
  EXPECT_NE(at, std::string::npos);
  unit.replace(at, program.size(), "ExecStart=/bin/true ");
  return RunOn(unit, "cp $FILE $FILE.service && systemd-analyze --no-pager " + words +
                         " $FILE.service; status=$?; rm -f $FILE.service; exit $status");
}

TEST(ServiceUnit, IsFineWithSystemd) {
  ZPROV_NEEDS(HasProgram("systemd-analyze"), "systemd-analyze (systemd)");
  const Outcome outcome = Analyze("verify --man=no --recursive-errors=no");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_THAT(outcome.output, IsEmpty());
}

// From 0, shut off from everything, to 10. What is left are the things that it is there for: root,
// the network, netlink, USB devices.
TEST(ServiceUnit, IsExposedNoMoreThanItsWorkNeeds) {
  ZPROV_NEEDS(HasProgram("systemd-analyze"), "systemd-analyze (systemd)");
  const Outcome outcome = Analyze("security --offline=true");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(outcome.output, found,
                                std::regex("Overall exposure level for [^:]*: ([0-9.]+)")))
      << outcome.output;
  std::cout << "exposure " << found[1] << " of 10\n";
  EXPECT_LE(std::stod(found[1]), 2.7) << outcome.output;
}

TEST(ServiceUnit, MayWriteTheStoreAndNoOtherPlaceButConfigurationOfExports) {
  spec::ClusterSpec spec = NativeCluster();
  spec.storage.store = "/srv/cluster";
  const std::string unit = Content(spec, "service");
  EXPECT_THAT(unit, HasSubstr("\nRequiresMountsFor=/srv/cluster\n"));
  EXPECT_THAT(unit, HasSubstr("\nProtectSystem=strict\n"));
  EXPECT_THAT(unit, HasSubstr("\nReadWritePaths=/srv/cluster -/etc -/var/lib/nfs\n"));
}

TEST(ServiceUnit, IsThereWhereZprovBootsTheNodes) {
  EXPECT_TRUE(HasFile(NativeCluster(), "service"));
  spec::ClusterSpec compatible = SeedCluster();
  EXPECT_FALSE(HasFile(compatible, "service"));
  compatible.boot_server = spec::BootServer::kZprov;
  EXPECT_TRUE(HasFile(compatible, "service"));
}

}  // namespace
}  // namespace zprov::render
