// All nodes of a cluster, booted at once by one thread: it is handed every event of the loop, acts,
// and never waits. Which node is which, the port decides.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/agenda.h"
#include "engine/fleet/boot_set_files.h"
#include "engine/fleet/node_boot.h"
#include "engine/fleet/node_view.h"
#include "engine/fleet/starts.h"
#include "engine/links/links.h"
#include "engine/links/probes.h"
#include "os/events.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

class Fleet {
 public:
  // `system` must live as long, and have a live host.
  Fleet(os::System& system, spec::ClusterSpec spec);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  ~Fleet();  // boots that are over, and what there is of others, are on disk when it returns

  // From here on whatever is plugged in is booted, and its link joins the bridge. kPermission;
  // kNotSupported: no USB, or no live host; those of Links::Begin.
  Result<void> Begin();

  // Another spec from here on. A node that keeps its name and its port goes on as it is and takes
  // what changed about it at its next boot; one that was taken out is left as it is. As Begin.
  Result<void> Follow(spec::ClusterSpec spec);

  // Every event of the loop, DeadlinePassed too.
  void On(const os::Event& event);

  // When it wants to be handed a DeadlinePassed; Moment::max(): never. In the past: at once.
  os::Moment NextDeadline() const;

  // The boot ROMs of these nodes are left alone, of all others no more.
  void Hold(const std::set<std::string>& nodes);
  // Links::Hold.
  void HoldLinks(const std::set<std::string>& nodes);
  // A quarantined node gets another chance, and of one that boots no failure counts from before;
  // names that nobody has are ignored.
  void TryAgain(const std::string& node);

  std::vector<NodeView> Views() const;              // nodes with a port, in the spec's order
  std::vector<NodeView> Summaries() const;          // the same without timelines and nonces
  std::map<std::string_view, int> States() const;   // how many are in each, by its name
  std::vector<UnknownBoard> UnknownBoards() const;  // that are plugged in now, by port
  std::vector<NodeNotice> TakeNotices();            // since the last time
  // About links, and boots that could not be kept, each with the way out.
  std::vector<std::string> Warnings() const;

  // All of them are told, or none. kRefused: one cannot take the order now; the message names it
  // and says what to do. What comes of it is in the nodes' views.
  Result<void> Give(Order order, const std::set<std::string>& nodes);

  // Some board is between its first stage and the last of its files.
  bool IsServing() const;

 private:
  void PlaceNodes();
  void Arrived(const os::UsbDevice& device);
  void Left(const PortPath& port);
  void Completed(const os::UsbCompleted& completed);
  void StartWhoMay();
  bool IsForLinks(const os::Event& event) const;
  void ShowLinks();
  std::optional<size_t> PlaceAt(const PortPath& port) const;
  template <typename Tell>
  void TellNode(size_t place, const Tell& tell);
  template <typename Tell>
  void TellAll(const Tell& tell);

  os::System& system_;
  spec::ClusterSpec spec_;
  BootSets boot_sets_;
  Starts starts_;
  std::optional<Links> links_;    // nothing before Begin
  std::optional<Probes> probes_;  // likewise
  std::vector<NodeNotice> notices_;
  TransferPorts transfers_;
  std::vector<std::unique_ptr<NodeBoot>> nodes_;  // those with a port; see TellNode
  std::vector<size_t> places_;  // of these in the spec, which has nodes without a port, too
  std::map<PortPath, size_t> by_port_;
  std::map<std::string, size_t, std::less<>> by_name_;
  Agenda agenda_;             // of these nodes
  std::set<size_t> told_;     // which of them were told something since they were shown their link
  uint64_t shown_ = 0;        // the look at the links that they were shown
  std::set<size_t> writing_;  // whose log is being written
  std::map<NodeState, int> in_state_;  // how many are; none: left out
  std::map<PortPath, UnknownBoard> unknown_;
};

}  // namespace zprov::engine
