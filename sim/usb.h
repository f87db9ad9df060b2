// The USB tree of the simulated host: devices that a test, or a simulated board, plugs in, and the
// transfers between them and the host. All share one wire, as everything behind one root port does.
// Not simulated: what is faster than one transfer (packets), isochronous and interrupt transfers,
// and which driver of the kernel holds an interface.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "os/usb_bus.h"
#include "sim/events.h"
#include "sim/late_notices.h"
#include "sim/usb_function.h"

namespace zprov::sim {

inline constexpr uint8_t kHubClass = 9;  // USB 2.0, 11.23.1

// What a hub can do about its ports' power.
enum class HubPower { kNone, kGanged, kPerPort };

class UsbBus final : public os::UsbBus {
 public:
  enum class Kernel { kWithUsb, kWithoutUsb };

  explicit UsbBus(EventQueue& queue, Kernel kernel = Kernel::kWithUsb)
      : queue_(queue), kernel_(kernel) {}

  // What sat on that port before is gone, a hub with all below it: a board shows itself anew at
  // each stage. Without a function it stalls whatever is asked. On a port without power, or below a
  // hub that is jammed, it arrives when it can. A hub without a function of its own answers what it
  // is asked of its ports' power.
  // The kernel gives all ports of a hub power when the hub comes (drivers/usb/core/hub.c,
  // hub_power_on).
  void Plug(const os::UsbDevice& device, std::shared_ptr<UsbFunction> function = nullptr);
  void Unplug(const PortPath& port);

  // Whoever sits on that port is told when its power goes and comes, instead of arriving again by
  // itself.
  void WirePower(const PortPath& port, std::function<void(PortPower)> told);
  // kGanged unless said otherwise; root hubs (their port path has no port): kNone.
  void SetHubPower(const PortPath& hub, HubPower power) { hubs_[hub] = power; }
  // What the hub says that it can do; the truth unless said otherwise.
  void SetHubClaim(const PortPath& hub, HubPower claim) { claims_[hub] = claim; }
  bool Shows(const PortPath& port) const;  // whether a device is there, as the host sees it
  // How often that port's power was cut, whoever was meant.
  int PowerCuts(const PortPath& port) const;

  // What is on that port answers nothing while the kernel enumerates it (-110), so that nothing
  // arrives at the other ports of its hub until the kernel gives up or the port's power goes.
  void Jam(const PortPath& port);

  // Noise on its line: the next so many transfers with what is on that port fail (-EPROTO,
  // -EOVERFLOW).
  void Babble(const PortPath& port, int transfers) { babbles_[port] = transfers; }
  void EndBabble() { babbles_.clear(); }
  // Who watches is told once more of what is there already.
  void TellAgain(const PortPath& port);
  // Until then nobody is told who arrives and leaves; then all of it, in order.
  void HoldNotices(os::Moment until) { notices_.HoldUntil(until); }

  // Another program has that interface of the device, for as long as the device stays.
  void HoldInterface(const PortPath& port, uint8_t interface_number);

  // From here on nobody may read it.
  void DropRights() { may_read_ = false; }

  // The kernel starts all hubs anew: every port has power.
  void GiveAllPower();
  // The host starts: nothing is open, nobody watches, every port has power. Who is wired was told
  // that the power had gone, and starts by itself.
  void HostBoots();

  Result<std::vector<os::UsbDevice>> Devices() override;
  Result<void> Watch() override;
  Result<os::UsbOpened> Open(const PortPath& port) override;
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override;
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override;
  void Cancel(os::UsbTransferId transfer) override;
  Result<void> Reset(os::UsbHandle handle) override;
  void Close(os::UsbHandle handle) override;
  Result<void> SetPortPower(const PortPath& port, PortPower power) override;

 private:
  struct Device {
    os::UsbDevice shown;
    std::shared_ptr<UsbFunction> function;  // null: stalls
    uint64_t stay = 0;  // of this arrival; 0: it did not arrive (no power, jam, reset)
    std::set<uint8_t> held = {};
  };
  struct Opened {
    PortPath port;
    uint64_t stay = 0;
    std::vector<os::UsbTransferId> transfers = {};  // all that it ever had, in order
  };
  using Endpoint = std::pair<os::UsbHandle, uint8_t>;  // number 0: control
  struct Flight {
    Endpoint endpoint;
    os::UsbTransfer transfer;
    os::Moment submitted{0};
  };

  Result<void> NeedRights() const;
  // ---- the tree (usb.cc)
  bool CanArrive(const PortPath& port) const;
  void Tell(os::Event notice);
  void Arrive(Device& device);
  void Leave(Device& device);
  void Unplugged(const PortPath& port);
  void CutPower(const PortPath& port);
  void GivePower(const PortPath& port);
  void EndJam(const PortPath& port);
  void ArriveWhoCan();
  std::vector<PortPath> PortsOf(const PortPath& hub) const;
  HubPower PowerOf(const PortPath& hub) const;
  // ---- transfers (usb_transfers.cc)
  Device* Behind(const Opened& opened);
  Result<std::pair<Opened*, Device*>> Need(os::UsbHandle handle);
  Result<void> NeedSpace(const os::UsbTransfer& transfer) const;
  os::Moment Cross(const Flight& flight, size_t bytes);
  void Start(os::UsbTransferId id);
  void Deliver(os::UsbTransferId id);
  bool IsLost(const Flight& flight);
  UsbReply Ask(const Flight& flight);
  UsbReply AnswerOfHub(const PortPath& hub, const os::ControlIn& asked) const;
  void Answer(os::UsbTransferId id, UsbReply reply);
  void Complete(const os::UsbCompleted& completed);
  void CompleteAll(uint64_t stay);
  void Remove(os::UsbTransferId id);

  EventQueue& queue_;
  Kernel kernel_;
  bool may_read_ = true;
  bool watched_ = false;
  std::map<PortPath, Device> devices_;
  std::map<PortPath, HubPower> hubs_;
  std::map<PortPath, HubPower> claims_;
  std::map<PortPath, std::function<void(PortPower)>> wired_;
  std::set<PortPath> without_power_;
  std::map<PortPath, int> babbles_;  // transfers that will fail
  LateNotices notices_{queue_};
  std::map<PortPath, uint64_t> jammed_;  // and which jam it is
  std::map<PortPath, int> cuts_;
  std::map<os::UsbHandle, Opened> opened_;
  std::map<uint64_t, os::UsbHandle> by_stay_;  // the same, by the stay of its device
  std::map<os::UsbTransferId, Flight> flights_;
  size_t pooled_ = 0;  // bytes that they take of the kernel's memory for transfers
  std::map<Endpoint, std::vector<os::UsbTransferId>> endpoints_;  // in order
  os::Moment wire_free_{0};
  uint64_t last_stay_ = 0;
  uint64_t last_jam_ = 0;
  os::UsbHandle last_handle_ = 0;
  os::UsbTransferId last_transfer_ = 0;
};

}  // namespace zprov::sim
