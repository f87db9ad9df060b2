// Which link is whose.
#include "core/links/changes.h"

#include <gmock/gmock.h>

namespace zprov::links {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<PortPath> At(std::string_view port) { return PortPath::Parse(port); }
Mac Number(uint64_t number) { return *Mac::FromNumber(number); }

// Two at one port, as while one goes and the next has come; and one of the host's own.
const std::vector<Link> kSeen = {{.index = 1, .name = "eth0", .mac = Number(9)},
                                 {.index = 2, .name = "b", .mac = Number(2), .usb = At("1-1.3")},
                                 {.index = 3, .name = "c", .mac = Number(3), .usb = At("1-1.2")},
                                 {.index = 4, .name = "d", .mac = Number(4), .usb = At("1-1.3")}};

WantedLink Wanted(const std::string& name, std::optional<PortPath> usb, uint64_t mac) {
  return {name, std::move(usb), Number(mac), Number(mac + 100), {}};
}

TEST(LinksOfNodes, AreThoseThatLinkOfNamesForEach) {
  const std::vector<WantedLink> nodes = {
      Wanted("s0", At("1-1.2"), 7), Wanted("s1", At("1-1.3"), 3), Wanted("s2", At("1-1.4"), 2),
      Wanted("s3", {}, 4),          Wanted("s4", {}, 9),          Wanted("s5", At("1-1.3"), 7)};
  const auto of_nodes = LinksOf(kSeen, nodes);
  EXPECT_THAT(of_nodes, ElementsAre(&kSeen[2], &kSeen[1], nullptr, &kSeen[3], nullptr, &kSeen[1]));
  for (size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_EQ(of_nodes[i], LinkOf(kSeen, nodes[i])) << nodes[i].name;
  }
}

TEST(LinksOfNodes, AreNoneWhereThereAreNone) {
  EXPECT_THAT(LinksOf({}, {Wanted("s0", At("1-1.2"), 7), Wanted("s1", {}, 4)}),
              ElementsAre(nullptr, nullptr));
  EXPECT_THAT(LinksOf(kSeen, {}), IsEmpty());
}

}  // namespace
}  // namespace zprov::links
