// One node on its way from the boot ROM to Linux: a state machine that is told what happens at the
// node's port, talks to what is there, and climbs the ladder when a stage fails. It knows nothing
// of other nodes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "core/usbboot/stage.h"
#include "engine/boots/boot_log.h"
#include "engine/fleet/boot_files.h"
#include "engine/fleet/boot_mark.h"
#include "engine/fleet/conversation.h"
#include "engine/fleet/node_view.h"
#include "engine/fleet/starts.h"
#include "engine/links/links.h"
#include "engine/links/probes.h"
#include "os/system.h"

namespace zprov::engine {

// At whose port a transfer is under way: nobody else is asked when it completes.
using TransferPorts = std::map<os::UsbTransferId, PortPath>;

// What all nodes of a fleet share; lives longer than they.
struct FleetParts {
  os::System& system;  // with live
  spec::ClusterSpec& spec;
  BootSets& boot_sets;
  Starts& starts;
  std::vector<NodeNotice>& notices;
  TransferPorts& transfers;
};

class NodeBoot {
 public:
  NodeBoot(const FleetParts& parts, spec::Node node);  // node.usb is set
  NodeBoot(const NodeBoot&) = delete;
  NodeBoot& operator=(const NodeBoot&) = delete;
  ~NodeBoot();

  void Arrived(const os::UsbDevice& device);
  // The same of what was there already when the fleet came: it may be a board that was halted.
  void Found(const os::UsbDevice& device);
  // Nothing was there, because a serve before us ended between cutting its power and giving it.
  bool IsLeftWithoutPower() const;
  void GivePower();
  void Left();
  void On(const os::UsbCompleted& completed);  // one of its own
  void On(const os::ProcessEnded& ended);
  void On(const os::BackgroundEnded& ended) { log_.On(ended); }
  // Its link, as it is now.
  void Saw(const LinkView& link, Pulse pulse);
  // The place that it asked Starts for.
  void Start();
  // Its boot ROM is left alone until it is released.
  enum class Grip { kReleased, kHeld };
  void Hold(Grip grip);
  // As if it had been plugged in again: what failed before counts no more, one that was quarantined
  // gets another chance, one that was halted boots.
  void TryAgain();
  // kRefused: it cannot take that order now; the message says what to do.
  Result<void> MayTake(Order order) const;
  // Which it may take. What comes of it is in its view.
  void Give(Order order);
  // Nobody follows its boot any more. What there is of it is kept: whoever finds the node running
  // later must not take it for the boot before.
  void LeaveAlone() { EndRecord(BootLog::kLeftAlone); }
  // Whatever was to happen by now.
  void Tick(os::Moment now);
  os::Moment NextDeadline() const;

  // Its entry in the spec says something else now, but for name and port: from its next boot on.
  void Follow(const spec::Node& node) { node_ = node; }

  NodeState state() const { return state_; }
  const std::optional<os::UsbDevice>& device() const { return device_; }
  const PortPath& port() const { return *node_.usb; }
  const std::string& name() const { return node_.name; }
  const BootLog& log() const { return log_; }
  NodeView View() const;
  NodeView Summary() const;  // without timeline and nonce

 private:
  enum class Rung { kRetry, kReset, kPowerOff, kPowerOn, kAwait };

  // ---- stages (node_boot.cc), and what was asked for (node_record.cc)
  void Enter(NodeState state, os::Moment within);
  void OnRom();
  void OnFileServer();
  void OnGadget();
  bool BeginBoot(Result<std::string> nonce);
  Result<std::string> NewNonce();
  Result<std::string> NonceOfMetBoot();
  bool OpenDevice();
  void Converse(std::unique_ptr<Conversation> conversation);
  void Meet(Need need);
  void OwnTransfers();
  void AfterFirstStage(const usbboot::Ended& ended);
  void AfterFiles(const usbboot::Ended& ended);
  void Close();
  std::optional<std::string_view> LookUp(const std::string& name);
  void NoteOdd();
  void NoteAnswered();
  void Note(FileRecord record);
  void NoteArrival();
  void EndRecord(std::string_view ending);
  os::Moment Now() const { return parts_.system.clock.Now(); }

  // ---- orders (node_orders.cc)
  bool HasOrder(Order order) const;  // under way
  bool IsFound() const;
  bool HearsOrders() const;  // its root has zprov-node, and we know its nonce
  bool IsDown() const;
  bool IsUnheard() const;  // the node has not taken it yet
  void LookWhetherHeard();
  void EndOrder(OrderView::State state, const std::string& why = "");
  void FailUnheardOrder();
  void FailOrder(const std::string& why);
  bool StaysHalted();
  void LeftAsTold();
  void LeftUnheard();
  void StayDown();
  void DisprovesOrder();

  // ---- Linux (node_linux.cc)
  void FollowRoot();
  void WaitForReports();
  void LookForReports();
  bool SaysThatItIsUp();
  void BeWell(NodeState state);

  // ---- the ladder (node_ladder.cc)
  void FailBoot(const std::string& cause);
  void FailHere(const std::string& cause);
  void Climb();
  bool HasOwnPower() const;
  void Step(Rung rung, os::Moment within);
  void TakeStep();
  void Retry();
  void ResetDevice();
  void SwitchPower(os::UsbBus::PortPower power);
  void PowerIsSwitched();
  void FailPower(const std::string& why);
  void Quarantine();
  void OnDeadline();
  std::string StepName() const;

  FleetParts parts_;
  spec::Node node_;

  NodeState state_ = NodeState::kAbsent;
  os::Moment since_{0};
  os::Moment deadline_ = os::Moment::max();
  std::optional<os::UsbDevice> device_;
  std::optional<usbboot::Speaker> speaker_;
  UsbLine line_;  // handle 0: nothing is open
  std::unique_ptr<Conversation> conversation_;

  std::optional<BootFiles> files_;   // of this boot
  std::optional<os::Moment> began_;  // of this boot
  std::optional<BootMark> mark_;     // of this boot, or of the one that we found running
  bool is_found_ = false;            // Linux ran already when we met it
  int session_ = 0;
  std::string file_;
  std::string miss_;
  uint64_t bytes_ = 0;  // of the sessions before this one
  std::vector<FileRecord> timeline_;
  uint64_t records_left_out_ = 0;
  BootLog log_;
  bool is_record_open_ = false;          // its answer is under way
  bool is_size_known_ = false;           // the last request was for the size of file_
  os::Moment poke_ = os::Moment::max();  // a starved conversation tries again then

  bool reports_ = false;                 // what it reports would tell that it is up
  os::Moment look_ = os::Moment::max();  // for its reports, or whether it took its order
  std::string refusal_;                  // why its link stays out of the bridge
  uint32_t mtu_ = 0;                     // of its link, when that is in the bridge
  Pulse pulse_ = Pulse::kUnknown;
  bool is_held_ = false;
  std::optional<OrderView> order_;    // the last
  std::optional<os::Moment> halted_;  // it left the bus as it was told, and is to stay down
  std::string cause_;
  int failures_ = 0;
  bool was_powered_ = false;  // since it was well
  Rung rung_ = Rung::kRetry;
  std::optional<os::ProcessId> power_command_;
};

}  // namespace zprov::engine
