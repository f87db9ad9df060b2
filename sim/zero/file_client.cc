#include "sim/zero/file_client.h"

#include <iterator>
#include <utility>

#include "sim/zero/config_txt.h"
#include "sim/zero/wire.h"

namespace zprov::sim::zero {
namespace {

constexpr uint32_t kGetFileSize = 0;
constexpr uint32_t kReadFile = 1;
constexpr size_t kNameSize = 256;
constexpr uint16_t kRequestSize = 4 + kNameSize;
constexpr uint8_t kClientBulkOut = 3;

// Mass storage, and the vendor's with OUT 0x03 and IN 0x84 of 64 bytes, though at high speed
// (src/core/usbboot/README.md, Identification). The second interface is the one that boots.
constexpr std::string_view kClientConfiguration{
    "\x09\x02\x37\x00\x02\x01\x00\xc0\x32"
    "\x09\x04\x00\x00\x02\x08\x06\x50\x00"
    "\x07\x05\x81\x02\x00\x02\x00"
    "\x07\x05\x02\x02\x00\x02\x00"
    "\x09\x04\x01\x00\x02\xff\x00\x00\x00"
    "\x07\x05\x03\x02\x40\x00\x00"
    "\x07\x05\x84\x02\x40\x00\x00",
    55};

std::string Text(const Served& served, std::string_view name) {
  const auto found = served.files.find(std::string(name));
  return found == served.files.end() ? "" : found->second;
}

std::string Request(uint32_t command, const std::string& name) {
  std::string bytes = Number(command) + name;
  bytes.resize(kRequestSize, '\0');
  return bytes;
}

// The names that are asked for an overlay while the ones before are missing.
std::vector<std::string> OverlayNames(const Served& served) {
  std::vector<std::string> names;
  for (const std::string& overlay : Config::Of(Text(served, kConfig)).overlays) {
    const std::string stem = "overlays/" + overlay;
    for (const std::string& name : {stem + ".dtbo", stem + "-overlay.dtb", stem + ".dtb"}) {
      names.push_back(name);
      if (served.HasFile(name)) break;
    }
  }
  return names;
}

}  // namespace

std::string Served::KernelName() const {
  const std::string named = Config::Of(Text(*this, kConfig)).kernel;
  return named.empty() ? std::string(kKernelName) : named;
}

std::string Served::InitramfsName() const { return Config::Of(Text(*this, kConfig)).initramfs; }

bool Served::CanStartLinux() const {
  const auto has = [this](std::string_view name) { return HasFile(std::string(name)); };
  return has(kFirmware) && has(KernelName()) && has(kDeviceTree) && has(kCommandLine) &&
         !InitramfsName().empty() && has(InitramfsName());
}

FileClient::FileClient(Served& served, Ways ways, Told told)
    : served_(served), ways_(ways), told_(std::move(told)), appeared_(ways_.clock.Now()) {
  Pause();
}

std::string FileClient::Configuration() const { return std::string(kClientConfiguration); }

std::vector<std::string> FileClient::NamesOf(const Wish& wish) const {
  switch (wish.ask) {
    case Ask::kName:
      return {std::string(wish.name)};
    case Ask::kKernel:
      return {served_.KernelName()};
    case Ask::kInitramfs: {
      const std::string name = served_.InitramfsName();
      return name.empty() ? std::vector<std::string>() : std::vector{name};
    }
    case Ask::kDeviceTree:
      return {std::string(kDeviceTree)};
    case Ask::kOverlays:
      return OverlayNames(served_);
    case Ask::kMayShowAgain:
      return {};
  }
  return {};
}

std::optional<std::string> FileClient::NextName() {
  while (served_.next < std::size(kOrder)) {
    const Wish& wish = kOrder[served_.next];
    const auto names = NamesOf(wish);
    if (served_.part < names.size()) return names[served_.part];
    ++served_.next;
    served_.part = 0;
    if (wish.ask == Ask::kMayShowAgain && told_.may_show_again()) return std::nullopt;
  }
  return "";
}

void FileClient::Pause() {
  const bool after_cmdline = !served_.asked.empty() && served_.asked.back() == kCommandLine;
  ready_ = ways_.clock.Now() + ways_.random.In(after_cmdline ? ways_.profile.after_cmdline
                                                             : ways_.profile.between_requests);
}

UsbReply FileClient::OnControlIn(const os::ControlIn& request) {
  const os::Moment now = ways_.clock.Now();
  if (!was_served_ && now - appeared_ > ways_.patience) return UsbReply::Never();
  was_served_ = true;
  const bool asks = state_ == State::kAsksSize || state_ == State::kAsksFile;
  if (!asks || !IsRead(request, kRequestSize)) return UsbReply::Stall();
  if (now < ready_) return UsbReply::Later(ready_ - now);
  if (state_ == State::kAsksFile) {
    state_ = State::kAwaitsLength;
    return UsbReply::Taken(Request(kReadFile, *name_));
  }
  if (!name_.has_value()) name_ = NextName();
  if (!name_.has_value()) return UsbReply::Never();
  state_ = State::kAwaitsSize;
  return UsbReply::Taken(Request(kGetFileSize, *name_));
}

void FileClient::GoOn() {
  served_.asked.push_back(*name_);
  name_.reset();
  ++served_.part;
  state_ = State::kAsksSize;
  Pause();
}

void FileClient::Keep() {
  if (served_.HasFile(*name_) && Text(served_, *name_) != bytes_) {
    served_.changed.push_back(*name_);
  }
  served_.files[*name_] = std::exchange(bytes_, "");
  GoOn();
}

UsbReply FileClient::OnControlOut(const os::ControlOut& request) {
  const auto length = AnnouncedLength(request);
  const bool awaits = state_ == State::kAwaitsSize || state_ == State::kAwaitsLength;
  if (!length.has_value() || !awaits) return UsbReply::Stall();
  if (name_->empty()) {
    state_ = State::kEnded;
    told_.ended();
  } else if (*length == 0) {
    GoOn();
  } else if (state_ == State::kAwaitsSize) {
    state_ = State::kAsksFile;
    Pause();
  } else {
    state_ = State::kAwaitsBytes;
    length_ = *length;
    bytes_.reserve(length_);
  }
  return UsbReply::Taken();
}

UsbReply FileClient::OnBulkOut(uint8_t endpoint, std::string_view bytes) {
  const bool fits = bytes_.size() + bytes.size() <= length_;
  if (endpoint != kClientBulkOut || state_ != State::kAwaitsBytes || !fits)
    return UsbReply::Stall();
  if (bytes_.empty() && !told_.bytes(*name_)) return UsbReply::Never();
  bytes_ += bytes;
  if (bytes_.size() == length_) Keep();
  return UsbReply::Taken();
}

// It begins again with what it was asking for.
void FileClient::OnReset() {
  bytes_.clear();
  if (state_ != State::kEnded) state_ = State::kAsksSize;
  was_served_ = false;
  appeared_ = ways_.clock.Now();
}

}  // namespace zprov::sim::zero
