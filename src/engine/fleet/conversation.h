// One session with one board over an open device: does each act of the session on the bus, keeps a
// few chunks of a file in flight, and says what the session needs next.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <variant>

#include "core/usbboot/file_session.h"
#include "core/usbboot/rom_session.h"
#include "os/events.h"
#include "os/usb_bus.h"

namespace zprov::engine {

// Where to send to.
struct UsbLine {
  os::UsbHandle handle = 0;
  uint8_t endpoint = 0;
};

// Transfers are under way; their UsbCompleted goes on.
struct Waiting {
  bool operator==(const Waiting&) const = default;
};
using Need = std::variant<Waiting, usbboot::LookUp, usbboot::Ended>;

class Conversation {
 public:
  // So many chunks of os::kMaxBulk keep the wire busy while the engine serves others, and leave
  // room in the kernel's pool of 16 MB for two hundred boards.
  static constexpr size_t kMostInFlight = 4;

  Conversation(os::UsbBus& bus, const UsbLine& line);  // with a file server's board
  // With a boot ROM; `first_stage` as RomSession wants it.
  Conversation(os::UsbBus& bus, const UsbLine& line, std::string_view first_stage);

  Need Begin();
  // Transfers that are not of this conversation change nothing.
  Need On(const os::UsbCompleted& completed);
  Need Answer(std::optional<std::string_view> content);
  // Something of the kernel's pool may be free again.
  Need Resume();
  // The pool is empty and nothing of ours is under way: no event of ours will come.
  bool IsStarved() const { return is_starved_; }

  // What is under way, by transfer, and the bytes that each is to send.
  const std::map<os::UsbTransferId, uint64_t>& in_flight() const { return in_flight_; }

  // A file server's board was answered in full and is to ask next.
  bool IsAsked() const { return is_asked_; }
  const usbboot::Request* request() const;  // nothing with a boot ROM
  uint64_t sent() const { return sent_; }   // bytes of files, chunks that are done

 private:
  // The transfers of one act.
  struct Doing {
    usbboot::Act act;
    size_t submitted = 0;  // bytes of a SendBytes
    uint64_t done = 0;     // likewise
    usbboot::TransferEnd end = usbboot::TransferEnd::kDone;
    bool is_over = false;  // nothing more is submitted
  };

  usbboot::Act Tell(const usbboot::Transferred& transferred);
  Need Follow(usbboot::Act act);
  void Submit();
  bool SubmitNext();
  os::UsbTransfer Next() const;
  void Stop(usbboot::TransferEnd end);

  os::UsbBus& bus_;
  UsbLine line_;
  std::variant<usbboot::FileSession, usbboot::RomSession> session_;
  Doing doing_;
  std::map<os::UsbTransferId, uint64_t> in_flight_;
  bool is_starved_ = false;
  bool is_asked_ = false;
  uint64_t sent_ = 0;
};

}  // namespace zprov::engine
