// bare_server DIRECTORY: what serving boards costs at the least: a thread for each, no waiting, no
// proof, no record; files by name and nothing else. What zprov is compared with (bench_cables), and
// never part of it. The protocol: src/core/usbboot/README.md.
#include <libusb.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <syncstream>
#include <thread>

namespace {

constexpr uint16_t kVendor = 0x0a5c;
constexpr uint8_t kVendorOut = 0x40;  // bmRequestType
constexpr uint8_t kVendorIn = 0xc0;
constexpr unsigned kControlTimeout = 5000;  // ms
constexpr unsigned kBulkTimeout = 5000;
constexpr unsigned kReadTimeout = 20000;
// libusb submits what one call has at once: 15 boards stay within usbfs's pool of 16 MB.
constexpr size_t kInFlight = 256 * 1024;  // bytes

std::map<std::string, std::string> files;

void ReadFiles(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream content;
    content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files[entry.path().lexically_relative(directory)] = content.str();
  }
}

class Board {
 public:
  explicit Board(libusb_device_handle* handle) : handle_(handle) {
    libusb_config_descriptor* configuration = Configuration(libusb_get_device(handle));
    const bool is_single = configuration == nullptr || configuration->bNumInterfaces == 1;
    libusb_free_config_descriptor(configuration);
    endpoint_ = is_single ? 1 : 3;
    is_open_ = libusb_claim_interface(handle, is_single ? 0 : 1) == 0;
  }
  ~Board() { libusb_close(handle_); }
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  void Serve() {
    libusb_device_descriptor descriptor{};
    libusb_get_device_descriptor(libusb_get_device(handle_), &descriptor);
    if (!is_open_) return Say("cannot be claimed");
    descriptor.iSerialNumber == 0 ? SendFirstStage() : SendFiles();
  }

 private:
  void Say(const std::string& what) {
    libusb_device* device = libusb_get_device(handle_);
    std::osyncstream(std::cerr) << "device " << int{libusb_get_device_address(device)}
                                << " on port " << int{libusb_get_port_number(device)} << " " << what
                                << "\n";
  }
  // The kernel says that a device is there before it has configured it.
  static libusb_config_descriptor* Configuration(libusb_device* device) {
    libusb_config_descriptor* configuration = nullptr;
    for (int looks = 0; looks < 600; ++looks) {
      const int error = libusb_get_active_config_descriptor(device, &configuration);
      if (error != LIBUSB_ERROR_NOT_FOUND) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return configuration;
  }
  bool Announce(size_t size) {
    return libusb_control_transfer(handle_, kVendorOut, 0, static_cast<uint16_t>(size),
                                   static_cast<uint16_t>(size >> 16), nullptr, 0,
                                   kControlTimeout) >= 0;
  }
  bool Write(std::string_view bytes) {
    if (!Announce(bytes.size())) return false;
    while (!bytes.empty()) {
      std::string part(bytes.substr(0, kInFlight));
      int sent = 0;
      const int error =
          libusb_bulk_transfer(handle_, endpoint_, reinterpret_cast<unsigned char*>(part.data()),
                               static_cast<int>(part.size()), &sent, kBulkTimeout);
      if (error != 0 || sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  template <size_t kSize>
  bool Read(std::array<char, kSize>& bytes) {
    return libusb_control_transfer(handle_, kVendorIn, 0, kSize, 0,
                                   reinterpret_cast<unsigned char*>(bytes.data()), kSize,
                                   kReadTimeout) == kSize;
  }

  void SendFirstStage() {
    const std::string& first_stage = files["bootcode.bin"];
    std::string message(24, '\0');
    const auto size = static_cast<uint32_t>(first_stage.size());
    std::memcpy(message.data(), &size, sizeof size);
    std::array<char, 4> status{};
    if (!Write(message) || !Write(first_stage)) return Say("did not take its first stage");
    Read(status);
  }

  void SendFiles() {
    std::array<char, 260> request{};
    while (Read(request)) {
      int32_t command = 0;
      std::memcpy(&command, request.data(), sizeof command);
      const std::string_view all(request.data() + 4, request.size() - 4);
      const std::string name(all.substr(0, all.find('\0')));
      if (command == 2 || name.empty()) {
        Announce(0);
        return;
      }
      const auto found = files.find(name);
      const std::string_view content = found == files.end() ? "" : std::string_view(found->second);
      if (!(command == 0 ? Announce(content.size()) : Write(content))) {
        return Say("did not take " + name);
      }
    }
    Say("asks for nothing more, and has not said that it has all");
  }

  libusb_device_handle* handle_;
  unsigned char endpoint_ = 0;
  bool is_open_ = false;
};

int OnArrival(libusb_context*, libusb_device* device, libusb_hotplug_event, void*) {
  libusb_ref_device(device);
  std::thread([device] {
    libusb_device_handle* handle = nullptr;
    if (libusb_open(device, &handle) == 0) Board(handle).Serve();
    libusb_unref_device(device);
  }).detach();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "Usage: bare_server DIRECTORY\n";
    return 2;
  }
  ReadFiles(argv[1]);
  libusb_context* context = nullptr;
  if (libusb_init(&context) != 0 ||
      libusb_hotplug_register_callback(
          context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED, LIBUSB_HOTPLUG_ENUMERATE, kVendor,
          LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, OnArrival, nullptr, nullptr) != 0) {
    std::cerr << "bare_server: no USB\n";
    return 1;
  }
  while (libusb_handle_events(context) == 0) {
  }
  return 1;
}
