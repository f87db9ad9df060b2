// Addresses, port paths, numbers and paths, as text from files, sysfs and command lines: what is
// read says itself again in the same characters, and what cuts a text loses none of it.
#include <algorithm>
#include <cctype>

#include "fuzz/property.h"
#include "util/net.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::fuzz {
namespace {

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lowered;
}

void CheckAddresses(std::string_view text) {
  if (const auto mac = Mac::Parse(text)) {
    ZPROV_HOLDS(mac->ToString() == Lowered(text));
    ZPROV_HOLDS(Mac::FromNumber(mac->Number()) == mac);
  }
  if (const auto address = Ipv4::Parse(text)) ZPROV_HOLDS(address->ToString() == text);
  if (const auto address = InterfaceAddress::Parse(text)) {
    ZPROV_HOLDS(address->ToString() == text);
    ZPROV_HOLDS(address->prefix >= 1 && address->prefix <= 30);
    ZPROV_HOLDS(address->Contains(address->address));
    ZPROV_HOLDS(address->NetworkAddress() < address->Broadcast());
  }
  if (const auto port = PortPath::Parse(text)) {
    ZPROV_HOLDS(port->ToString() == text);
    ZPROV_HOLDS(!port->ports.empty() && port->ports.size() <= 7);
  }
  if (IsLinkName(text)) {
    ZPROV_HOLDS(text.size() < 16 && text.find('/') == std::string_view::npos);
    ZPROV_HOLDS(text.find('\0') == std::string_view::npos);
  }
}

void CheckNumber(std::string_view text) {
  constexpr unsigned long kMax = 999999;
  const auto number = ParseNumber(text, kMax);
  if (!number) return;
  ZPROV_HOLDS(*number <= kMax);
  const std::string_view digits = text.substr(std::min(text.find_first_not_of('0'), text.size()));
  ZPROV_HOLDS(std::to_string(*number) == (digits.empty() ? "0" : digits));
}

void CheckCuts(std::string_view text) {
  std::string lines;
  for (const std::string_view line : LinesWithEndings(text)) lines += line;
  ZPROV_HOLDS(lines == text);
  const auto parts = Split(text, '/');
  ZPROV_HOLDS(Join(std::vector<std::string>(parts.begin(), parts.end()), "/") == text);
  for (const std::string_view word : Words(text)) ZPROV_HOLDS(!word.empty() && Trim(word) == word);
}

// Where the symlink at `link` leads when it says `target`, by the text alone.
std::string Followed(std::string_view link, std::string_view target) {
  std::string at = ParentOf(link);
  for (const std::string_view part : Split(target, '/')) {
    if (part == ".") continue;
    at = part == ".." ? ParentOf(at) : JoinPath(at, part);
  }
  return at;
}

void CheckPaths(std::string_view link, std::string_view target) {
  if (!IsNormalPath(link) || !IsNormalPath(target) || link == "/") return;
  ZPROV_HOLDS(JoinPath(ParentOf(link), NameOf(link)) == link);
  ZPROV_HOLDS(IsBelow(link, ParentOf(link)) && IsBelow(link, link));
  ZPROV_HOLDS(IsBelow(link, target) ==
              (link.substr(0, target.size()) == target &&
               (target == "/" || link.size() == target.size() || link[target.size()] == '/')));
  const std::string relative = RelativeTarget(link, target);
  ZPROV_HOLDS(!relative.starts_with('/'));
  ZPROV_HOLDS(Followed(link, relative) == target);
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov::fuzz;
  const std::string_view text = TextOf(data, size);
  CheckAddresses(text);
  CheckNumber(text);
  CheckCuts(text);
  const size_t newline = text.find('\n');
  if (newline != std::string_view::npos) {
    CheckPaths(text.substr(0, newline), text.substr(newline + 1));
  }
  return 0;
}
