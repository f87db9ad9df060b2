// The real libusb in front of a mocked bus: umockdev shows sysfs and sends the hotplug notices,
// ServedUsbfs answers what libusb asks of usbfs.
#include "contract/usb_world_real.h"

#include <fmt/format.h>
#include <umockdev.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <string_view>

#include "adapters/event_loop.h"
#include "adapters/libusb.h"
#include "adapters/system_clock.h"
#include "contract/served_usbfs.h"

namespace zprov::tests {
namespace {

std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return text;
}

struct Place {
  std::string sysfs_path;  // below /sys
  std::string node;        // below /dev
  int number = 0;
  bool is_configured = false;
};

// Linux's view of one device, as umockdev reads it: sysfs attributes and the descriptors.
std::string Record(const os::UsbDevice& device, const Place& place,
                   std::string_view configuration) {
  const auto swapped = [](uint16_t value) { return (value & 0xff) << 8 | value >> 8; };
  const std::string descriptor =
      fmt::format("12010002{:02x}000040{:04x}{:04x}00010000{:02x}01", device.device_class,
                  swapped(device.vendor), swapped(device.product), device.serial_index);
  return fmt::format(
      "P: {0}\nN: {1}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DEVNAME=/dev/{1}\n"
      "E: BUSNUM={2:03}\nE: DEVNUM={3:03}\nA: busnum={2}\\n\nA: devnum={3}\\n\n"
      "A: bConfigurationValue=1\\n\nA: speed=480\\n\nH: descriptors={4}\n\n",
      place.sysfs_path, place.node, device.port.bus, place.number, descriptor + Hex(configuration));
}

// Its one interface, which the kernel shows when the device is configured. Who looks for
// configured devices asks no more of it.
std::string InterfacePathOf(const PortPath& port, const Place& place) {
  return fmt::format("{}/{}:1.0", place.sysfs_path, port.ToString());
}
std::string InterfaceRecord(const std::string& sysfs_path) {
  return "P: " + sysfs_path + "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n\n";
}

// A hub that is asked for its ports' power, and what it can do about it (USB 2.0, 11.24.2).
class SwitchingHub final : public sim::UsbFunction {
 public:
  explicit SwitchingHub(std::map<uint16_t, std::atomic<int>>& cuts) : cuts_(cuts) {}
  std::string Configuration() const override { return std::string(kPlainConfiguration); }
  sim::UsbReply OnControlOut(const os::ControlOut& asked) override {
    constexpr uint8_t kClassOther = 0x23, kClear = 1, kSet = 3;
    constexpr uint16_t kPortPower = 8;
    const bool is_power = asked.request_type == kClassOther && asked.value == kPortPower;
    if (!is_power || (asked.request != kClear && asked.request != kSet)) {
      return sim::UsbReply::Stall();
    }
    if (asked.request == kClear) ++cuts_[asked.index];
    return sim::UsbReply::Taken();
  }
  sim::UsbReply OnControlIn(const os::ControlIn& asked) override {
    if (asked.request_type != 0xa0 || asked.request != 6 || asked.value != 0x2900) {
      return sim::UsbReply::Stall();
    }
    const std::string descriptor("\x09\x29\x0f\x09\0\x32\x64\0\xff", 9);
    return sim::UsbReply::Taken(descriptor.substr(0, asked.length));
  }

 private:
  std::map<uint16_t, std::atomic<int>>& cuts_;
};

class MockedUsbWorld final : public MockedUsb {
 public:
  MockedUsbWorld() = default;
  ~MockedUsbWorld() override { bus_.reset(); }
  MockedUsbWorld(const MockedUsbWorld&) = delete;
  MockedUsbWorld& operator=(const MockedUsbWorld&) = delete;

  os::UsbBus& bus() override { return *bus_; }
  os::Clock& clock() override { return *clock_; }
  os::Events& events() override { return *loop_; }

  void AddRootHub(uint8_t bus_number) {
    Plug(os::UsbDevice{{bus_number, {}}, 0x1d6b, 2, 1, 9}, nullptr);
  }
  void Plug(const os::UsbDevice& device, std::shared_ptr<sim::UsbFunction> function) override {
    PlugUnconfigured(device, std::move(function));
    Configure(device);
    // Again: the first came before all of sysfs was there, and whoever knows it already ignores it.
    Say("add", plugged_.at(device.port));
  }
  void PlugUnconfigured(const os::UsbDevice& device,
                        std::shared_ptr<sim::UsbFunction> function) override {
    Unplug(device.port);
    LetHotplugFinish();
    const int number = ++last_number_;
    const Place place{PathOf(device.port),
                      fmt::format("bus/usb/{:03}/{:03}", device.port.bus, number), number};
    const std::string configuration =
        function == nullptr ? std::string(kPlainConfiguration) : function->Configuration();
    usbfs_.Serve("/dev/" + place.node, std::move(function));
    Add(Record(device, place, configuration));
    usbfs_.MakePollable("/dev/" + place.node);
    plugged_[device.port] = place;
    Say("add", place);
  }
  void Configure(const os::UsbDevice& device) override {
    LetHotplugFinish();
    Place& place = plugged_.at(device.port);
    Add(InterfaceRecord(InterfacePathOf(device.port, place)));
    place.is_configured = true;
  }
  void Unplug(const PortPath& port) override {
    const auto found = plugged_.find(port);
    if (found == plugged_.end()) return;
    LetHotplugFinish();
    usbfs_.Disconnect("/dev/" + found->second.node);
    const Place& place = found->second;
    Say("remove", place);
    if (place.is_configured) Remove(InterfacePathOf(port, place));
    Remove(place.sysfs_path);
    plugged_.erase(found);
  }
  void HoldInterface(const PortPath& port, uint8_t interface_number) override {
    usbfs_.Hold("/dev/" + plugged_.at(port).node, interface_number);
  }
  void SetHubPower(const PortPath& hub, sim::HubPower power) override {
    const std::string node = "/dev/" + plugged_.at(hub).node;
    if (power == sim::HubPower::kNone) return usbfs_.SetFunction(node, nullptr);
    if (power != sim::HubPower::kPerPort) std::abort();
    auto& cuts = cuts_[hub];
    for (uint16_t port = 1; port < 16; ++port) cuts[port] = 0;
    usbfs_.SetFunction(node, std::make_shared<SwitchingHub>(cuts));
  }
  int PowerCuts(const PortPath& port) override { return cuts_[port.Hub()][port.Number()]; }

 private:
  // 1-1.3 → /devices/usb1/1-1/1-1.3
  static std::string PathOf(const PortPath& port) {
    if (port.IsRootHub()) return fmt::format("/devices/usb{}", port.bus);
    return PathOf(port.Hub()) + "/" + port.ToString();
  }

  void Add(const std::string& record) {
    if (umockdev_testbed_add_from_string(testbed_.get(), record.c_str(), nullptr) == 0)
      std::abort();
  }
  void Remove(const std::string& sysfs_path) {
    umockdev_testbed_remove_device(testbed_.get(), ("/sys" + sysfs_path).c_str());
  }
  void Say(const char* action, const Place& place) {
    umockdev_testbed_uevent(testbed_.get(), ("/sys" + place.sysfs_path).c_str(), action);
  }

  // umockdev uses libudev, which is not for two threads at once, and libusb's thread uses it for
  // each notice under a lock that every look at the bus takes, too.
  void LetHotplugFinish() { (void)bus_->Devices(); }

  struct Unref {
    void operator()(UMockdevTestbed* testbed) const { g_object_unref(testbed); }
  };
  std::unique_ptr<UMockdevTestbed, Unref> testbed_{umockdev_testbed_new()};
  ServedUsbfs usbfs_{testbed_.get()};
  std::map<PortPath, Place> plugged_;
  std::map<PortPath, std::map<uint16_t, std::atomic<int>>> cuts_;
  int last_number_ = 0;
  std::unique_ptr<os::Clock> clock_ = adapters::MakeSystemClock();
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*clock_);
  std::unique_ptr<os::UsbBus> bus_ = adapters::MakeLibusb(*loop_);
};

bool IsPreloaded() {
  const char* preload = std::getenv("LD_PRELOAD");
  return preload != nullptr &&
         std::string_view(preload).find("umockdev-preload") != std::string_view::npos;
}

std::unique_ptr<UsbWorld> MakeWorld() { return MakeMockedUsb(); }

}  // namespace

std::unique_ptr<MockedUsb> MakeMockedUsb() {
  auto world = std::make_unique<MockedUsbWorld>();
  world->AddRootHub(1);
  world->AddRootHub(3);
  return world;
}

UsbWorldRow RealUsbWorlds() {
  return {"Real", "umockdev's preload library (ctest sets it)", IsPreloaded, MakeWorld,
          []() -> std::unique_ptr<UsbWorld> { return std::make_unique<MockedUsbWorld>(); }};
}

}  // namespace zprov::tests
