// A configuration descriptor as a board may send it: what is chosen is an endpoint that can be sent
// to, it is described in the bytes or rpiboot's, and no byte behind the end is read.
#include <algorithm>
#include <memory>

#include "core/usbboot/descriptors.h"
#include "fuzz/property.h"

namespace zprov::fuzz {
namespace {

bool Holds(std::string_view bytes, const usbboot::BulkTarget& target) {
  bool has_interface = false;
  bool has_endpoint = false;
  for (size_t i = 0; i + 1 < bytes.size(); ++i) {
    has_interface |=
        bytes[i] == '\x04' && static_cast<uint8_t>(bytes[i + 1]) == target.interface_number;
    has_endpoint |= bytes[i] == '\x05' && (bytes[i + 1] & 0x8f) == target.endpoint;
  }
  return has_interface && has_endpoint;
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov;
  // In a buffer that ends where the bytes do, so that the sanitizer sees a read past it.
  const auto buffer = std::make_unique<char[]>(size);
  std::copy_n(data, size, buffer.get());
  const std::string_view bytes(buffer.get(), size);
  const auto target = usbboot::ChooseBulkOut(bytes);
  ZPROV_HOLDS(target == usbboot::ChooseBulkOut(bytes));
  if (!target) return 0;
  ZPROV_HOLDS(size >= 9 && data[1] == 2);
  ZPROV_HOLDS(target->endpoint >= 1 && target->endpoint <= 15);
  const bool one = data[4] == 1;
  const bool is_rpiboots = *target == (one ? usbboot::BulkTarget{0, 1} : usbboot::BulkTarget{1, 3});
  ZPROV_HOLDS(is_rpiboots || fuzz::Holds(bytes, *target));
  return 0;
}
