#include "core/gadget/host.h"

#include <gtest/gtest.h>

namespace zprov::gadget {
namespace {

constexpr char kDebianVersion[] =
    "Linux version 6.1.0-44-rpi (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0)"
    " #1 Debian 6.1.164-1 (2026-03-09)\n";
constexpr char kPiVersion[] =
    "Linux version 6.1.21+ (dom@buildbot) (arm-linux-gnueabihf-gcc-8) #1642 Mon Apr  3 17:19:14\n";

TEST(HostKernel, IsTheUpstreamVersionThatDebianNamesAtTheEnd) {
  EXPECT_EQ(UpstreamVersion(kDebianVersion), (KernelVersion{6, 1, 164}));
}

TEST(HostKernel, IsTheReleaseWhereNobodySaysMore) {
  EXPECT_EQ(UpstreamVersion(kPiVersion), (KernelVersion{6, 1, 21}));
  EXPECT_EQ(UpstreamVersion("Linux version six\n"), std::nullopt);
  EXPECT_EQ(UpstreamVersion(""), std::nullopt);
}

TEST(HostKernel, VersionsBeginWithTwoOrThreeNumbers) {
  EXPECT_EQ(ParseKernelVersion("6.1.177-rpi"), (KernelVersion{6, 1, 177}));
  EXPECT_EQ(ParseKernelVersion("6.1"), (KernelVersion{6, 1, 0}));
  EXPECT_EQ(ParseKernelVersion("6"), std::nullopt);
  EXPECT_EQ(ParseKernelVersion("6.99999999999"), std::nullopt);
  EXPECT_EQ(ParseKernelVersion("-6.1"), std::nullopt);
}

TEST(HostKernel, HoldsUsbnetTo1500From61162On) {
  EXPECT_EQ(JumbosThroughUsbnet({4, 19, 300}), Jumbo::kCarried);
  EXPECT_EQ(JumbosThroughUsbnet({6, 1, 161}), Jumbo::kCarried);
  EXPECT_EQ(JumbosThroughUsbnet({6, 1, 162}), Jumbo::kCapped);
  EXPECT_EQ(JumbosThroughUsbnet({6, 1, 177}), Jumbo::kCapped);
}

TEST(HostKernel, OfAnotherSeriesIsNotGuessed) {
  EXPECT_EQ(JumbosThroughUsbnet({5, 10, 200}), Jumbo::kUnknown);
  EXPECT_EQ(JumbosThroughUsbnet({6, 12, 1}), Jumbo::kUnknown);
}

TEST(NodeKernel, HasASmallGadgetFrom412To417) {
  EXPECT_FALSE(HasSmallGadget({4, 11, 9}));
  EXPECT_TRUE(HasSmallGadget({4, 12, 0}));
  EXPECT_TRUE(HasSmallGadget({4, 17, 9}));
  EXPECT_FALSE(HasSmallGadget({4, 18, 0}));
}

}  // namespace
}  // namespace zprov::gadget
