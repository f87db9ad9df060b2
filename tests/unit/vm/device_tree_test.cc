// What start.elf adds to a board's device tree.
#include "vm/cable/device_tree.h"

#include <gtest/gtest.h>
#include <libfdt.h>

namespace zprov::vm {
namespace {

constexpr const char* kSerial = "00000000abcdef12";

// One with a model, packed.
std::string SmallTree() {
  std::string tree(512, '\0');
  EXPECT_EQ(fdt_create_empty_tree(tree.data(), static_cast<int>(tree.size())), 0);
  constexpr char kModel[] = "Raspberry Pi Zero";
  EXPECT_EQ(fdt_setprop(tree.data(), 0, "model", kModel, sizeof kModel), 0);
  EXPECT_EQ(fdt_pack(tree.data()), 0);
  tree.resize(fdt_totalsize(tree.data()));
  return tree;
}

std::string PropertyOf(const std::string& tree, const char* name) {
  if (fdt_check_full(tree.data(), tree.size()) != 0) return "no device tree";
  const void* const value = fdt_getprop(tree.data(), 0, name, nullptr);
  return value == nullptr ? "none" : static_cast<const char*>(value);
}

TEST(ADeviceTree, HasTheBoardsSerialAndAllThatItHadBefore) {
  const std::string tree = WithSerial(SmallTree(), kSerial);
  EXPECT_EQ(PropertyOf(tree, "serial-number"), kSerial);
  EXPECT_EQ(PropertyOf(tree, "model"), "Raspberry Pi Zero");
}

TEST(ADeviceTree, HasOneSerialOnly) {
  const std::string tree = WithSerial(WithSerial(SmallTree(), "0000000000000001"), kSerial);
  EXPECT_EQ(PropertyOf(tree, "serial-number"), kSerial);
  EXPECT_EQ(tree, WithSerial(SmallTree(), kSerial));
}

TEST(ADeviceTree, IsLeftAsItIsWhereItIsNone) {
  const std::string cut = SmallTree().substr(0, 60);
  EXPECT_EQ(WithSerial("", kSerial), "");
  EXPECT_EQ(WithSerial("the tree", kSerial), "the tree");
  EXPECT_EQ(WithSerial(cut, kSerial), cut);
}

}  // namespace
}  // namespace zprov::vm
