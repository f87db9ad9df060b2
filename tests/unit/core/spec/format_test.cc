#include "core/spec/format.h"

#include <gtest/gtest.h>

#include <set>

#include "core/spec/parse.h"

namespace zprov::spec {
namespace {

std::vector<std::string> Errors(const ParsedSpec& parsed) {
  std::vector<std::string> errors;
  for (const Problem& problem : parsed.problems) {
    if (problem.severity == Problem::Severity::kError) errors.push_back(Describe("f", problem));
  }
  return errors;
}

TEST(ProcedureSpec, IsTheProceduresOwnClusterForFiveNodes) {
  const auto spec = ProcedureSpec(5, Mode::kCompatible);
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->boot_server, BootServer::kRpiboot);
  EXPECT_EQ(spec->bridge.address.ToString(), "192.168.7.2/24");
  EXPECT_EQ(spec->bridge.mac.ToString(), "02:34:33:3c:50:03");
  EXPECT_EQ(spec->deny, (std::vector<std::string>{"usb0", "usb1", "usb2", "usb3", "usb4", "usb5"}));
  ASSERT_EQ(spec->nodes.size(), 5u);
  EXPECT_EQ(spec->nodes[4].name, "s4");
  EXPECT_EQ(spec->nodes[4].address.ToString(), "192.168.7.49");
  EXPECT_EQ(spec->nodes[4].host_mac.ToString(), "02:34:33:3c:50:32");
  EXPECT_EQ(spec->nodes[4].node_mac.ToString(), "02:34:33:3c:50:31");
  EXPECT_EQ(spec->nodes[4].usb, std::nullopt);
}

TEST(ProcedureSpec, BootsNativelyWithZprov) {
  EXPECT_EQ(ProcedureSpec(1, Mode::kNative)->boot_server, BootServer::kZprov);
}

TEST(ProcedureSpec, TakesTheSmallestNetworkThatHoldsTheNodes) {
  struct Row {
    int nodes;
    const char* network;
    const char* last;
    const char* last_mac;
  };
  for (const Row& row : {Row{1, "192.168.7.2/24", "192.168.7.33", "02:34:33:3c:50:22"},
                         Row{56, "192.168.7.2/24", "192.168.7.253", "02:34:33:3c:50:fe"},
                         Row{57, "192.168.7.2/20", "192.168.8.1", "02:34:33:3c:51:02"},
                         Row{568, "192.168.7.2/20", "192.168.15.253", "02:34:33:3c:58:fe"},
                         Row{569, "192.168.7.2/19", "192.168.16.1", "02:34:33:3c:59:02"},
                         Row{15928, "192.168.7.2/16", "192.168.255.253", "02:34:33:3d:48:fe"}}) {
    const auto spec = ProcedureSpec(row.nodes, Mode::kNative);
    ASSERT_TRUE(spec) << row.nodes;
    EXPECT_EQ(spec->bridge.address.ToString(), row.network) << row.nodes;
    EXPECT_EQ(spec->nodes.back().address.ToString(), row.last) << row.nodes;
    EXPECT_EQ(spec->nodes.back().host_mac.ToString(), row.last_mac) << row.nodes;
  }
}

TEST(ProcedureSpec, RefusesWhatNoNetworkHolds) {
  EXPECT_EQ(ProcedureSpec(0, Mode::kNative).error().kind, ErrorKind::kInvalid);
  const auto too_many = ProcedureSpec(15929, Mode::kNative);
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error(), (Error{ErrorKind::kInvalid,
                                     "15929 nodes, 4 addresses apart, do not fit "
                                     "192.168.0.0/16: ask for at most 15928"}));
  EXPECT_FALSE(ProcedureSpec(INT32_MAX, Mode::kNative));
}

TEST(FormatSpec, IsReadBackAsTheSameSpec) {
  for (Mode mode : {Mode::kNative, Mode::kCompatible}) {
    for (int nodes : {1, 5, 57, 5000}) {
      const auto spec = ProcedureSpec(nodes, mode);
      ASSERT_TRUE(spec);
      const ParsedSpec parsed = ParseSpec(FormatSpec(*spec));
      EXPECT_EQ(Errors(parsed), std::vector<std::string>{});
      EXPECT_TRUE(parsed.spec == *spec) << nodes;
    }
  }
}

}  // namespace
}  // namespace zprov::spec
