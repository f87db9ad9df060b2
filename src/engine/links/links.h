// The nodes' links and their bridge while `serve` runs: whatever gadget link shows up on a node's
// port becomes that node's, what somebody undid is done again, and what leaves is forgotten. Where
// udev runs, its .link file comes first. Never waits: it acts when an event is handed to it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/links/changes.h"
#include "core/links/mtu.h"
#include "core/links/wanted.h"
#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

enum class LinkState {
  kAbsent,
  kWaiting,   // it is there; udev may still name it
  kAttached,  // in the bridge, pinned (natively) and up
  kRefused,   // it stays out of the bridge; the reason says what to do. Tried again by itself
};

struct LinkView {
  LinkState state = LinkState::kAbsent;
  std::string reason = {};  // kRefused, kWaiting
  uint32_t mtu = 0;         // kAttached: bytes of payload

  bool operator==(const LinkView&) const = default;
};

class Links {
 public:
  // `system` must live as long.
  Links(os::System& system, const spec::ClusterSpec& spec);

  // The bridge is made and what is plugged in is looked at. kNotSupported (only a tree of files);
  // kExists (a link with the bridge's name is no bridge); kPermission; kIo.
  Result<void> Begin();

  // Every event of the loop, DeadlinePassed too. Notices are answered when no event waits, many at
  // once where they come fast: a look costs as much as there are links.
  void On(const os::Event& event);

  // When it wants to be handed a DeadlinePassed; Moment::max(): never. In the past: at once.
  os::Moment NextDeadline() const;

  // What anybody does to the links of these nodes, once they are attached, stays; of all others no
  // more: they are looked at again.
  void Hold(std::set<std::string> nodes);

  // By the node's place in the spec.
  const LinkView& At(size_t place) const { return ports_[place].view; }
  // How often it looked: between two looks no view changes.
  uint64_t looks() const { return looks_; }

  // What the bridge and all its ports run with; a node that boots now must have the same.
  uint32_t mtu() const { return mtu_; }

  // What an operator should know, each with the way out; empty: nothing.
  std::vector<std::string> Warnings() const;

 private:
  static constexpr os::Moment kNever = os::Moment::max();

  // Changes made lately: somebody who undoes them as fast gets the last word for a while.
  struct Tries {
    int made = 0;
    os::Moment since{0};
    os::Moment held_until{0};  // hands off until then
  };

  // A node's port: what is there, and what was tried.
  struct Port {
    int index = 0;  // of the link; 0: there is none
    os::Moment since{0};
    os::Moment wake = kNever;  // when to look again though nothing changed
    Tries tries = {};
    bool is_pinned = false;
    LinkView view = {};
  };

  void Look();
  Result<void> TryLook();
  Result<void> SettleBridge();
  void Settle(const links::WantedLink& node, const Link* link, Port& port);
  void Attach(const links::WantedLink& node, const links::SetUpLink* change, Port& port);
  Result<void> TryAttach(const links::WantedLink& node, const links::SetUpLink* change,
                         const Port& port);
  Result<void> FreeName(const links::WantedLink& node);
  void KeepOut(const Link& link, const std::string& why, Port& port);
  void Failed(const Error& error, Port& port);
  void Delay(Port& port, std::string reason);
  bool IsUdevsTurn(const Link& link, const links::WantedLink& node, const Port& port);
  bool IsRestless(Tries& tries) const;
  os::Moment NextWake() const { return std::min(look_again_, ports_wake_); }
  os::Moment NextAnswer() const;
  bool IsSeen(int index) const;
  links::SeenLinks Seen() const;

  os::System& system_;
  links::WantedNetwork wanted_;
  std::vector<Port> ports_;     // as wanted_.links
  std::set<std::string> held_;  // nodes whose links are left alone
  std::vector<Link> seen_;      // by index
  std::set<int> refusing_;      // links that refused the spec's MTU, by index
  uint32_t mtu_;
  std::string mtu_warning_;
  int bridge_index_ = 0;
  Tries bridge_tries_ = {};
  std::optional<Error> bridge_error_;
  std::optional<Error> look_error_;
  std::optional<os::Moment> changed_since_;  // a notice that was not answered yet
  uint64_t looks_ = 0;
  os::Moment looked_{0};  // the last time
  os::Moment look_again_ = kNever;
  os::Moment ports_wake_ = kNever;  // the first of all ports'
};

}  // namespace zprov::engine
