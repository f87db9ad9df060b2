#include "core/bootset/boot_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/boards/boards.h"
#include "core/bootset/versions.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::bootset {
namespace {

constexpr const char* kFirstStage = "bootcode.bin";
constexpr std::array kFirmware = {kFirstStage, "start.elf", "fixup.dat"};

// Where the files that go with a kernel may be: not in another kernel's package.
std::vector<Place> PlacesOf(const Available& available, const Kernel& kernel) {
  std::vector<Place> places;
  const std::string packages = PackagePlace("");
  for (const Place& place : available.places) {
    const bool is_package = place.path.starts_with(packages) && place.path != available.from;
    if (!is_package || place.path == PackagePlace(kernel.version)) places.push_back(place);
  }
  return places;
}

std::string Looked(const std::vector<Place>& places) {
  std::vector<std::string> paths;
  for (const Place& place : places) paths.push_back(place.path);
  return paths.empty() ? "/boot" : Join(paths, ", ");
}

Result<void> AddFirmware(const std::vector<Place>& places, std::vector<ServedFile>& files) {
  const auto place = std::ranges::find_if(
      places, [](const Place& each) { return each.files.contains(kFirstStage); });
  if (place == places.end()) {
    return Fail(ErrorKind::kRefused,
                fmt::format("no {} in {} of the source: install the firmware there (apt install "
                            "raspi-firmware), or name its directory in boot.from",
                            kFirstStage, Looked(places)));
  }
  for (const char* name : kFirmware) {
    if (!place->files.contains(name)) {
      return Fail(ErrorKind::kRefused,
                  fmt::format("no {0} (or an empty one) in {1}, where {2} is: install the firmware "
                              "again (apt install --reinstall raspi-firmware)",
                              name, place->path, kFirstStage));
    }
    files.push_back({JoinPath(place->path, name), name});
  }
  return {};
}

// Under both names, since it depends on config.txt which one the firmware asks for.
Result<void> AddDeviceTree(const std::vector<Place>& places, const boards::Board& board,
                           std::vector<ServedFile>& files) {
  const std::array names = {std::string(board.device_tree),
                            std::string(board.upstream_device_tree)};
  const auto has = [](const Place& place, const std::string& name) {
    return place.files.contains(name);
  };
  const auto place = std::ranges::find_if(
      places, [&](const Place& each) { return has(each, names[0]) || has(each, names[1]); });
  if (place == places.end()) {
    return Fail(ErrorKind::kRefused,
                fmt::format("no device tree for board \"{}\", {} or {}, in {} of the source: put "
                            "one there, or name its directory in boot.from",
                            board.name, names[0], names[1], Looked(places)));
  }
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string& found = has(*place, names[i]) ? names[i] : names[1 - i];
    files.push_back({JoinPath(place->path, found), names[i]});
  }
  return {};
}

Result<void> AddDeviceTrees(const std::vector<Place>& places, const spec::ClusterSpec& spec,
                            std::vector<ServedFile>& files) {
  for (const boards::Board& board : boards::All()) {
    const bool is_used =
        std::ranges::find(spec.nodes, board.name, &spec::Node::board) != spec.nodes.end();
    if (is_used) ZPROV_TRY(AddDeviceTree(places, board, files));
  }
  return {};
}

void AddOverlays(const std::vector<Place>& places, Choice& choice) {
  const auto place =
      std::ranges::find_if(places, [](const Place& each) { return !each.overlays.empty(); });
  if (place == places.end()) {
    choice.warnings.push_back(fmt::format(
        "no overlays/ in {} of the source: the nodes boot with what their device tree says, and "
        "dtoverlay= in config.txt does nothing",
        Looked(places)));
    return;
  }
  for (const std::string& name : place->overlays) {
    const std::string relative = "overlays/" + name;
    choice.files.push_back({place->path + "/" + relative, relative});
  }
}

std::string WithoutModules(const Kernel& kernel) {
  if (kernel.version.empty()) {
    return fmt::format(
        "{0} goes with no modules in lib/modules of the root, where a version that ends in \"+\" "
        "or in \"-rpi-v6\" was looked for: install the kernel's package in the source again",
        kernel.path);
  }
  return fmt::format(
      "kernel {0} ({1}) has no lib/modules/{0} in the root, and no driver would load: install its "
      "package in the source again, or remove {1}",
      kernel.version, kernel.path);
}

std::string WrongImage(const Rejected& rejected) {
  return fmt::format("kernel {} ({}) is {}", rejected.kernel.version, rejected.kernel.path,
                     Describe(rejected.image));
}

constexpr const char* kGetOne =
    "install a 32-bit kernel for ARMv6 in the source (linux-image-rpi of Debian armel, "
    "linux-image-rpi-v6 or raspberrypi-kernel of Raspberry Pi OS), or name the directory of one in "
    "boot.from";

}  // namespace

Result<Choice> Choose(const Available& available, const spec::ClusterSpec& spec,
                      const Kernel& kernel) {
  const std::vector<Place> places = PlacesOf(available, kernel);
  Choice choice;
  choice.version = kernel.version;
  ZPROV_TRY(AddFirmware(places, choice.files));
  choice.files.push_back({kernel.path, kKernelName});
  ZPROV_TRY(AddDeviceTrees(places, spec, choice.files));
  AddOverlays(places, choice);
  return choice;
}

Error NoKernel(const Available& available, const Kernels& kernels,
               const std::vector<Rejected>& rejected) {
  std::string message;
  if (!rejected.empty()) {
    message = fmt::format("{}, which the nodes' boards cannot run: {}",
                          WrongImage(rejected.front()), kGetOne);
  } else if (!kernels.without_modules.empty()) {
    message = WithoutModules(kernels.without_modules.front());
  } else if (!kernels.other_boards.empty()) {
    message = fmt::format("kernel {} ({}) is for later boards than the nodes': {}",
                          kernels.other_boards.front().version, kernels.other_boards.front().path,
                          kGetOne);
  } else {
    message = fmt::format("no kernel, vmlinuz-VERSION or kernel.img, in {} of the source: {}",
                          Looked(available.places), kGetOne);
  }
  return {ErrorKind::kRefused, message};
}

std::vector<std::string> PassedOver(const Kernels& kernels, const std::vector<Rejected>& rejected,
                                    const Kernel& chosen) {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& why) {
    lines.push_back(fmt::format("{}; until then kernel {} is used", why, chosen.version));
  };
  for (const Kernel& kernel : kernels.without_modules) {
    if (IsOlder(chosen.version, kernel.version)) add(WithoutModules(kernel));
  }
  for (const Rejected& each : rejected) {
    if (IsOlder(chosen.version, each.kernel.version)) add(WrongImage(each));
  }
  return lines;
}

}  // namespace zprov::bootset
