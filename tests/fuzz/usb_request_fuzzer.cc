// A board's request for a file, byte by byte from the board: a name that is taken is one that can
// lie only below the directory it is looked for in, and encoded again it is the same request.
#include <algorithm>
#include <string>
#include <variant>

#include "core/usbboot/lookup.h"
#include "core/usbboot/wire.h"
#include "fuzz/property.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::fuzz {
namespace {

std::string Encoded(char command, const std::string& name) {
  std::string bytes = {command, '\0', '\0', '\0'};
  bytes += name;
  bytes.resize(usbboot::kRequestBytes, '\0');
  return bytes;
}

bool IsShowable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void CheckName(const std::string& name) {
  ZPROV_HOLDS(!name.empty() && name.size() < 256 && IsShowable(name));
  for (const std::string_view part : Split(name, '/')) {
    ZPROV_HOLDS(!part.empty() && part != "." && part != "..");
  }
  for (const std::string& directory :
       usbboot::DirectoriesFor({"/boot", *PortPath::Parse("1-1.3"), "2710", "/set"}, name)) {
    const std::string path = directory + "/" + name;
    ZPROV_HOLDS(IsNormalPath(path) && IsBelow(path, directory) && path != directory);
  }
}

void Check(std::string_view bytes) {
  const usbboot::Request request = usbboot::ParseRequest(bytes);
  if (const auto* size = std::get_if<usbboot::SizeOf>(&request)) {
    CheckName(size->name);
    ZPROV_HOLDS(usbboot::ParseRequest(Encoded(0, size->name)) == request);
  }
  if (const auto* content = std::get_if<usbboot::ContentOf>(&request)) {
    CheckName(content->name);
    ZPROV_HOLDS(usbboot::ParseRequest(Encoded(1, content->name)) == request);
  }
  if (const auto* odd = std::get_if<usbboot::OddRequest>(&request)) {
    ZPROV_HOLDS(IsShowable(odd->shown) && odd->shown.size() <= 64);
    ZPROV_HOLDS((odd->why == usbboot::Oddity::kShort) == (bytes.size() < usbboot::kRequestBytes));
  }
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov::fuzz;
  const std::string_view bytes = TextOf(data, size);
  Check(bytes);
  std::string whole(bytes.substr(0, zprov::usbboot::kRequestBytes));
  whole.resize(zprov::usbboot::kRequestBytes, '\0');
  Check(whole);
  return 0;
}
