// One end of the USB network between a Zero and its host: a gadget, as the host's end of the link
// sees it. Frames go in and out, the same way whatever gadget.h makes of it; what is on the other
// end is the cable's.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "vm/cable/device.h"

namespace zprov::vm {

class NetworkEnd final : public sim::UsbFunction {
 public:
  struct Told {
    // A whole frame came from the host. False: there is no room for it now.
    std::function<bool(const std::string& frame)> frame;
    // The host's driver listens: its link is up. Once for each time that it was plugged in.
    std::function<void()> listens;
  };

  NetworkEnd(sim::UsbSpeed speed, std::string configuration, Told told)
      : speed_(speed), configuration_(std::move(configuration)), told_(std::move(told)) {}

  std::string Configuration() const override { return configuration_; }
  sim::UsbSpeed Speed() const override { return speed_; }
  sim::UsbReply OnBulkOut(uint8_t endpoint, std::string_view bytes) override;
  void OnReset() override;

  sim::UsbReply BulkIn(size_t most);
  // For the host. False: it has not fetched what waits already.
  bool Send(const std::string& frame);

 private:
  sim::UsbSpeed speed_;
  std::string configuration_;
  Told told_;
  bool listens_ = false;
  std::string coming_;  // of a frame that the host is sending
  std::deque<std::string> waiting_;
  size_t fetched_ = 0;  // of the first that waits
};

}  // namespace zprov::vm
