#include "vm/cable/device_tree.h"

#include <libfdt.h>

namespace zprov::vm {
namespace {

constexpr size_t kRoom = 256;  // for one property and its name
constexpr int kRoot = 0;

}  // namespace

std::string WithSerial(const std::string& tree, const std::string& serial) {
  if (fdt_check_full(tree.data(), tree.size()) != 0) return tree;
  std::string changed(tree.size() + kRoom, '\0');
  const bool is_changed =
      fdt_open_into(tree.data(), changed.data(), static_cast<int>(changed.size())) == 0 &&
      fdt_setprop(changed.data(), kRoot, "serial-number", serial.c_str(),
                  static_cast<int>(serial.size() + 1)) == 0 &&
      fdt_pack(changed.data()) == 0;
  if (!is_changed) return tree;
  changed.resize(fdt_totalsize(changed.data()));
  return changed;
}

}  // namespace zprov::vm
