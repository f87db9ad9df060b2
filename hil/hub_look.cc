#include "hil/hub_look.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace zprov::hil {
namespace {

// USB 2.0, 11.24.2.5: GetHubDescriptor.
constexpr uint8_t kGetDescriptor = 6;
constexpr uint8_t kHubDescriptor = 0x29;
constexpr os::ControlIn kAskHub = {.request_type = 0xa0,  // in, class, device
                                   .request = kGetDescriptor,
                                   .value = kHubDescriptor << 8,
                                   .index = 0,
                                   .length = 7};  // all that has the same length in every hub
constexpr size_t kTypeAt = 1;
constexpr size_t kCharacteristicsAt = 3;  // two bytes, the lower first
constexpr std::chrono::seconds kAnswersWithin{1};

// The B+'s own hub says that it switches each port, and its sockets have one switch together
// (fixtures/kernels/README.md, "Power").
bool SwitchesTogetherAnyway(const os::UsbDevice& hub) {
  constexpr uint16_t kSmsc = 0x0424;
  constexpr uint16_t kLan9514 = 0x9514;
  return hub.vendor == kSmsc && hub.product == kLan9514;
}

// What came of it, or why nothing did.
Result<std::string> AnswerOf(os::System& system, os::UsbTransferId asked) {
  const os::Moment late = system.clock.Now() + 2 * kAnswersWithin;
  while (true) {
    ZPROV_ASSIGN(const os::Event event, system.events.Next(late));
    const auto* completed = std::get_if<os::UsbCompleted>(&event);
    if (completed != nullptr && completed->transfer == asked) {
      if (completed->outcome == os::UsbOutcome::kDone) return completed->bytes;
      return Fail(ErrorKind::kFailed, "it does not answer when it is asked");
    }
    if (std::holds_alternative<os::DeadlinePassed>(event)) {
      return Fail(ErrorKind::kTimedOut, "it does not answer when it is asked");
    }
  }
}

Result<std::string> AskHub(os::System& system, const PortPath& port) {
  os::UsbBus& bus = system.live->usb;
  ZPROV_ASSIGN(const os::UsbOpened opened, bus.Open(port));
  auto asked = bus.Submit(opened.handle, {kAskHub, kAnswersWithin});
  Result<std::string> answer =
      asked ? AnswerOf(system, *asked) : Result<std::string>(tl::make_unexpected(asked.error()));
  bus.Close(opened.handle);
  return answer;
}

}  // namespace

std::string_view Name(Switching switching) {
  switch (switching) {
    case Switching::kUnknown:
      return "unknown";
    case Switching::kNone:
      return "none";
    case Switching::kTogether:
      return "together";
    case Switching::kEach:
      return "each";
  }
  return "unknown";
}

Switching SwitchingIn(std::string_view descriptor) {
  if (descriptor.size() < kAskHub.length ||
      static_cast<uint8_t>(descriptor[kTypeAt]) != kHubDescriptor) {
    return Switching::kUnknown;
  }
  switch (static_cast<uint8_t>(descriptor[kCharacteristicsAt]) & 3) {
    case 0:
      return Switching::kTogether;
    case 1:
      return Switching::kEach;
    default:  // 1.0 hubs that cannot
      return Switching::kNone;
  }
}

std::string Sentence(const HubLook& look) {
  const bool is_wrong = look.does != look.says;
  const std::string anyway = is_wrong ? ", and is known to switch all at once" : "";
  switch (look.says) {
    case Switching::kUnknown:
      return "did not say whether it switches its ports: " + look.trouble + anyway;
    case Switching::kNone:
      return "says that it switches none of its ports" + anyway;
    case Switching::kTogether:
      return "says that it switches all its ports at once" + anyway;
    case Switching::kEach:
      return "says that it switches each port alone" + anyway;
  }
  return "";
}

const HubLook* HubAbove(const std::vector<HubLook>& hubs, const PortPath& port) {
  const auto found =
      std::ranges::find_if(hubs, [&](const HubLook& look) { return look.hub.port == port.Hub(); });
  return found == hubs.end() ? nullptr : &*found;
}

HubLook LookAtHub(os::System& system, const os::UsbDevice& hub) {
  HubLook look{.hub = hub};
  const auto answer = AskHub(system, hub.port);
  if (answer) {
    look.says = SwitchingIn(*answer);
    if (look.says == Switching::kUnknown) look.trouble = "it answers with no hub descriptor";
  } else {
    look.trouble = answer.error().message;
  }
  look.does = SwitchesTogetherAnyway(hub) ? Switching::kTogether : look.says;
  return look;
}

}  // namespace zprov::hil
