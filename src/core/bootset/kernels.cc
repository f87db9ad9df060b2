#include "core/bootset/kernels.h"

#include <algorithm>
#include <array>

#include "core/bootset/versions.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::bootset {
namespace {

constexpr std::string_view kNumbered = "vmlinuz-";  // Debian's name, with the version behind it
constexpr std::string_view kPlain = "kernel.img";   // Raspberry Pi OS's, without

// A version starts with a digit: what does not would be an option to mkinitramfs, or is none.
bool IsVersion(std::string_view text) {
  constexpr std::array kLeftOver = {".old", ".bak", ".dpkg-new", ".dpkg-tmp", ".dpkg-old", "~"};
  return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
         std::ranges::none_of(kLeftOver, [&](const char* end) { return text.ends_with(end); });
}

// 32-bit ARM kernels for ARMv7 (Raspberry Pi OS's and Debian's names) or ARMv5: their zImages look
// like any other, and a Zero (ARMv6) stops dead in them.
bool IsForOtherBoards(std::string_view version) {
  constexpr std::array<std::string_view, 7> kFlavours = {"v7",    "v7l",   "v8",     "2712",
                                                         "armmp", "arm64", "marvell"};
  while (version.ends_with('+')) version.remove_suffix(1);
  return std::ranges::any_of(Split(version, '-'), [&](std::string_view part) {
    return std::ranges::find(kFlavours, part) != kFlavours.end();
  });
}

// kernel.img does not say its version. It is Raspberry Pi OS's ARMv6 kernel, whose modules are in
// "6.1.21+" or, since Debian 12, "6.6.31+rpt-rpi-v6".
std::string VersionOfPlain(const std::set<std::string>& modules) {
  std::string newest;
  for (const std::string& version : modules) {
    const bool fits = version.ends_with('+') || version.ends_with("-rpi-v6");
    if (!fits || IsForOtherBoards(version) || !IsVersion(version)) continue;
    if (newest.empty() || IsOlder(newest, version)) newest = version;
  }
  return newest;
}

bool IsNewer(const Kernel& a, const Kernel& b) { return IsOlder(b.version, a.version); }

// The first place that has a version gives it.
void Add(std::vector<Kernel>& kernels, Kernel kernel) {
  const auto same = std::ranges::find(kernels, kernel.version, &Kernel::version);
  if (same == kernels.end()) kernels.push_back(std::move(kernel));
}

std::vector<Kernel> Numbered(const std::vector<Place>& places) {
  std::vector<Kernel> kernels;
  for (const Place& place : places) {
    for (const std::string& file : place.files) {
      if (!file.starts_with(kNumbered)) continue;
      const std::string version = file.substr(kNumbered.size());
      if (IsVersion(version)) Add(kernels, {version, JoinPath(place.path, file)});
    }
  }
  return kernels;
}

bool HasKernel(const Place& place) {
  return place.files.contains(std::string(kPlain)) || !Numbered({place}).empty();
}

// A boot.from with kernels in it is the operator's choice: no others count.
std::vector<Place> KernelPlaces(const Available& available) {
  const auto named = std::ranges::find(available.places, available.from, &Place::path);
  if (named != available.places.end() && HasKernel(*named)) return {*named};
  return available.places;
}

std::vector<Kernel> All(const Available& available) {
  const std::vector<Place> places = KernelPlaces(available);
  std::vector<Kernel> kernels = Numbered(places);
  const auto plain = std::ranges::find_if(
      places, [](const Place& place) { return place.files.contains(std::string(kPlain)); });
  const std::string version = VersionOfPlain(available.modules);
  // Beside numbered kernels one of unknown version is a copy of one of them.
  if (plain != places.end() && (!version.empty() || kernels.empty()))
    Add(kernels, {version, JoinPath(plain->path, kPlain)});
  std::ranges::sort(kernels, IsNewer);
  return kernels;
}

}  // namespace

std::vector<std::string> PlacesFor(const std::string& from, const std::set<std::string>& modules) {
  std::vector<std::string> places;
  const auto add = [&](const std::string& path) {
    if (std::ranges::find(places, path) == places.end()) places.push_back(path);
  };
  if (!from.empty()) add(from);
  for (const std::string& version : modules) add(PackagePlace(version));
  for (const char* path : {"/boot/firmware", "/boot", "/usr/lib/raspi-firmware"}) add(path);
  return places;
}

std::string PackagePlace(const std::string& version) { return "/usr/lib/linux-image-" + version; }

Kernels KernelsIn(const Available& available, spec::BootArch arch) {
  Kernels kernels;
  for (const Kernel& kernel : All(available)) {
    if (arch == spec::BootArch::kArm && IsForOtherBoards(kernel.version)) {
      kernels.other_boards.push_back(kernel);
    } else if (available.modules.contains(kernel.version)) {
      kernels.usable.push_back(kernel);
    } else {
      kernels.without_modules.push_back(kernel);
    }
  }
  return kernels;
}

}  // namespace zprov::bootset
