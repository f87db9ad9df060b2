// The zone and the dnsmasq file, read by the programs they are for.
#include <gmock/gmock.h>

#include "support/capability.h"
#include "tests/unit/core/render/clusters.h"
#include "tests/unit/core/render/programs.h"

namespace zprov::render {
namespace {

using ::testing::HasSubstr;

TEST(NameServerFiles, AreThereFromFiftyNodesOn) {
  for (const char* name : {"zone", "dnsmasq"}) {
    EXPECT_FALSE(HasFile(CompatibleCluster(49), name));
    EXPECT_TRUE(HasFile(CompatibleCluster(50), name));
  }
  EXPECT_EQ(FileNamed(CompatibleCluster(50), "zone").path, "/etc/zprov/db.snail");
}

TEST(Zone, IsReadByNamedCheckzone) {
  ZPROV_NEEDS(HasProgram("named-checkzone"), "named-checkzone (bind9-utils)");
  const std::string zone = Content(CompatibleCluster(50), "zone");
  const Outcome outcome = RunOn(zone, "named-checkzone -D -o - snail $FILE");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("OK"));
  EXPECT_THAT(outcome.output, ::testing::ContainsRegex("snail.snail.[^\n]*192.168.7.2\n"));
  EXPECT_THAT(outcome.output, ::testing::ContainsRegex("s49.snail.[^\n]*192.168.7.229\n"));

  EXPECT_NE(RunOn(zone + "s0 IN A 192.168.7.256\n", "named-checkzone snail $FILE").status, 0);
}

TEST(Dnsmasq, TakesTheHostFile) {
  ZPROV_NEEDS(HasProgram("dnsmasq"), "dnsmasq (dnsmasq-base)");
  const std::string records = Content(CompatibleCluster(50), "dnsmasq");
  EXPECT_THAT(records, HasSubstr("host-record=s49,s49.snail,192.168.7.229\n"));
  const Outcome outcome = RunOn(records, "dnsmasq --test --conf-file=$FILE");
  EXPECT_EQ(outcome.status, 0) << outcome.output;

  EXPECT_NE(RunOn(records + "host-record=\n", "dnsmasq --test --conf-file=$FILE").status, 0);
}

}  // namespace
}  // namespace zprov::render
