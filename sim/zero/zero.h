// One Zero on one port of the simulated host: its board (board.h) on the simulated bus and in
// virtual time, and then a node that mounts its root, reports and obeys (node.h), its times drawn
// from the world's seed and its port.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sim/world.h"
#include "sim/zero/board.h"
#include "sim/zero/node.h"

namespace zprov::sim::zero {

class Zero {
 public:
  Zero(World& world, Options options);
  Zero(const Zero&) = delete;
  Zero& operator=(const Zero&) = delete;

  Stage stage() const { return board_.stage(); }
  // Of the boot that is under way.
  const Served& served() const { return board_.served(); }
  const std::string& first_stage() const { return board_.first_stage(); }
  const std::string& serial() const { return serial_; }
  int boots() const { return board_.boots(); }

  // Linux on it, while that runs and its link is there.
  const std::optional<Node>& node() const { return node_; }

  // It has power, and nothing else yet. Nothing when it has it already.
  void Start() { board_.Start(); }
  // Its plug is pulled, or put back: the board starts anew.
  void Unplug() { board_.Follow(os::UsbBus::PortPower::kOff); }
  void PlugIn() { board_.Follow(os::UsbBus::PortPower::kOn); }
  // The same of one that a supply of its own keeps running meanwhile. Only under Linux: what a
  // board without power from its port does before that is not simulated (std::logic_error).
  void UnplugAlive();
  void PlugInAlive();

  void Suffer(Fault fault, int boots) { board_.Suffer(fault, boots); }
  void Mend() { board_.Mend(); }
  // Each is in the other's port from here on; both must be unplugged.
  void ChangePlacesWith(Zero& other) { std::swap(serial_, other.serial_); }

 private:
  Board::Surroundings AtPort();
  const PortPath& port() const { return board_.options().port; }
  void LeavePort();
  void LeaveBus();
  // ---- Linux (zero_linux.cc)
  void StartLinux();
  void StartNode();
  void ShowGadget();
  UsbLink OwnLink();
  Mac RandomMac();
  void LookForHost();
  void TryToMount();
  void BeHealthy();
  void LookForOrder();
  // Whether what it wants of its root has to wait; `then` is called again.
  bool MustWait(void (Zero::*then)());
  void ShutDown(Node::Order order);

  World& world_;
  Board board_;
  std::string serial_;
  os::Moment linux_since_{0};
  os::Moment asks_again_after_{0};  // a server that does not answer
  std::optional<Node> node_;
};

// Plugged in and under power now, and again whenever the host boots. It lives as long as the world.
std::shared_ptr<Zero> PlugZero(World& world, Options options);

}  // namespace zprov::sim::zero
