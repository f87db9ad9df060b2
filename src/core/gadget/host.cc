#include "core/gadget/host.h"

#include <charconv>

namespace zprov::gadget {
namespace {

// c7159e960f14, of which the stable series 6.1 is the one whose first version is known
// (fixtures/kernels/README.md, MTU).
constexpr KernelVersion kCappedFrom = {6, 1, 162};
constexpr KernelVersion kSeries = {6, 1, 0};
constexpr KernelVersion kNextSeries = {6, 2, 0};
constexpr KernelVersion kNoLongerMaintained = {5, 0, 0};  // stable 4.x never got it

constexpr KernelVersion kSmallGadgetFrom = {4, 12, 0};
constexpr KernelVersion kSmallGadgetBefore = {4, 18, 0};

constexpr std::string_view kDebian = "Debian ";
constexpr std::string_view kRelease = "version ";

std::optional<KernelVersion> VersionBehind(std::string_view text, std::string_view word) {
  const size_t at = text.rfind(word);
  if (at == std::string_view::npos) return std::nullopt;
  return ParseKernelVersion(text.substr(at + word.size()));
}

}  // namespace

std::optional<KernelVersion> ParseKernelVersion(std::string_view text) {
  KernelVersion version = {};
  size_t parts = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (unsigned& part : version) {
    const auto [stop, error] = std::from_chars(at, end, part);
    if (error != std::errc()) break;
    ++parts;
    at = stop;
    if (at == end || *at != '.') break;
    ++at;
  }
  if (parts < 2) return std::nullopt;
  return version;
}

std::optional<KernelVersion> UpstreamVersion(std::string_view proc_version) {
  const auto debian = VersionBehind(proc_version, kDebian);
  if (debian) return debian;
  const size_t at = proc_version.find(kRelease);
  if (at == std::string_view::npos) return std::nullopt;
  return ParseKernelVersion(proc_version.substr(at + kRelease.size()));
}

Jumbo JumbosThroughUsbnet(const KernelVersion& host) {
  if (host < kNoLongerMaintained) return Jumbo::kCarried;
  if (host < kSeries || host >= kNextSeries) return Jumbo::kUnknown;
  return host >= kCappedFrom ? Jumbo::kCapped : Jumbo::kCarried;
}

bool HasSmallGadget(const KernelVersion& node) {
  return node >= kSmallGadgetFrom && node < kSmallGadgetBefore;
}

}  // namespace zprov::gadget
