// The least that serves Zeros through os::UsbBus: hand-written from src/core/usbboot/README.md,
// with its own numbers and without the product. It serves every port that shows a board, puts each
// link into the bridge, and keeps what it saw.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/world.h"

namespace zprov::tests {

class ZeroServer {
 public:
  using Files = std::map<std::string, std::string>;

  // All that a Zero asks for which boots as s0 from 192.168.7.2:/x/s0, by name.
  static Files ForS0();
  // Of the boot that ForS0 describes.
  static constexpr char kNonce[] = "0123456789abcdef0123456789abcdef";

  // `files` by name. br0 has the address 192.168.7.2/24.
  ZeroServer(sim::World& world, Files files);
  ~ZeroServer();

  // Serves until `moment`.
  void ServeUntil(os::Moment moment);
  // No answer from now on for boards at that port.
  void Ignore(const PortPath& port) { ignored_.push_back(port); }

  // From now on the file of that name has that content.
  void Change(const std::string& name, std::string content) { files_[name] = std::move(content); }

  // One line per event, with its time: what happened, for comparison between two runs.
  const std::vector<std::string>& trace() const { return trace_; }
  // How the transfers of that port ended when they did not end well, in order.
  std::vector<os::UsbOutcome> failures(const PortPath& port) const;

 private:
  struct Session;

  void On(const os::Event& event);
  void Arrived(const os::UsbDevice& device);
  void Completed(const os::UsbCompleted& completed);
  void Next(Session& session);
  void Answer(Session& session, const std::string& request);
  void Write(Session& session, const std::string& bytes);
  void Announce(Session& session, size_t size);
  void TakeUpLinks();

  sim::World& world_;
  Files files_;
  std::vector<PortPath> ignored_;
  std::map<PortPath, std::unique_ptr<Session>> sessions_;
  std::vector<std::string> trace_;
  std::map<PortPath, std::vector<os::UsbOutcome>> failures_;
};

}  // namespace zprov::tests
