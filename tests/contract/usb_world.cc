#include "contract/usb_world.h"

#include <fmt/format.h>
#include <umockdev.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string_view>

#include "adapters/libusb.h"
#include "sim/usb.h"

namespace zprov::tests {
namespace {

class SimUsbWorld final : public UsbWorld {
 public:
  explicit SimUsbWorld(sim::UsbBus::Kernel kernel) : bus_(kernel) {}
  os::UsbBus& bus() override { return bus_; }
  void Plug(const os::UsbDevice& device) override { bus_.Plug(device); }
  void Unplug(const PortPath& port) override { bus_.Unplug(port); }

 private:
  sim::UsbBus bus_;
};

// Linux's view of one device, as umockdev reads it: sysfs attributes and the descriptors.
std::string Record(const os::UsbDevice& device, const std::string& sysfs_path, int number) {
  const auto swapped = [](uint16_t value) { return (value & 0xff) << 8 | value >> 8; };
  const std::string descriptors =
      fmt::format("12010002{:02x}000040{:04x}{:04x}00010000{:02x}01", device.device_class,
                  swapped(device.vendor), swapped(device.product), device.serial_index) +
      "090209000001008032";  // one configuration with no interface
  const std::string node = fmt::format("bus/usb/{:03}/{:03}", device.port.bus, number);
  return fmt::format(
      "P: {0}\nN: {1}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DEVNAME=/dev/{1}\n"
      "E: BUSNUM={2:03}\nE: DEVNUM={3:03}\nA: busnum={2}\\n\nA: devnum={3}\\n\n"
      "A: bConfigurationValue=1\\n\nA: speed=480\\n\nH: descriptors={4}\n\n",
      sysfs_path, node, device.port.bus, number, descriptors);
}

class MockedUsbWorld final : public UsbWorld {
 public:
  MockedUsbWorld() : testbed_(umockdev_testbed_new()) {}
  ~MockedUsbWorld() override { g_object_unref(testbed_); }
  MockedUsbWorld(const MockedUsbWorld&) = delete;
  MockedUsbWorld& operator=(const MockedUsbWorld&) = delete;

  os::UsbBus& bus() override { return *bus_; }

  void AddRootHub(uint8_t bus_number) {
    os::UsbDevice hub{{bus_number, {}}, 0x1d6b, 2, 1, 9};
    Add(Record(hub, PathOf(hub.port), ++last_number_));
  }
  void Plug(const os::UsbDevice& device) override {
    Unplug(device.port);
    Add(Record(device, PathOf(device.port), ++last_number_));
    plugged_[device.port] = "/sys" + PathOf(device.port);
  }
  void Unplug(const PortPath& port) override {
    const auto found = plugged_.find(port);
    if (found == plugged_.end()) return;
    umockdev_testbed_remove_device(testbed_, found->second.c_str());
    plugged_.erase(found);
  }

 private:
  void Add(const std::string& record) {
    if (umockdev_testbed_add_from_string(testbed_, record.c_str(), nullptr) == 0) std::abort();
  }
  // 1-1.3 → /devices/usb1/1-1/1-1.3
  static std::string PathOf(const PortPath& port) {
    std::string path = fmt::format("/devices/usb{}", port.bus);
    for (size_t depth = 1; depth <= port.ports.size(); ++depth) {
      const PortPath above{port.bus,
                           {port.ports.begin(), port.ports.begin() + static_cast<long>(depth)}};
      path += "/" + above.ToString();
    }
    return path;
  }

  UMockdevTestbed* testbed_;
  std::map<PortPath, std::string> plugged_;
  int last_number_ = 0;
  std::unique_ptr<os::UsbBus> bus_ = adapters::MakeLibusb();
};

bool IsPreloaded() {
  const char* preload = std::getenv("LD_PRELOAD");
  return preload != nullptr &&
         std::string_view(preload).find("umockdev-preload") != std::string_view::npos;
}

std::unique_ptr<UsbWorld> MakeMocked() {
  auto world = std::make_unique<MockedUsbWorld>();
  world->AddRootHub(1);
  world->AddRootHub(2);
  return world;
}

}  // namespace

std::vector<UsbWorldRow> UsbWorlds() {
  using Kernel = sim::UsbBus::Kernel;
  return {{"Sim", "", [] { return true; },
           []() -> std::unique_ptr<UsbWorld> {
             return std::make_unique<SimUsbWorld>(Kernel::kWithUsb);
           },
           []() -> std::unique_ptr<UsbWorld> {
             return std::make_unique<SimUsbWorld>(Kernel::kWithoutUsb);
           }},
          {"Real", "umockdev's preload library (ctest sets it)", IsPreloaded, MakeMocked,
           []() -> std::unique_ptr<UsbWorld> { return std::make_unique<MockedUsbWorld>(); }}};
}

}  // namespace zprov::tests
