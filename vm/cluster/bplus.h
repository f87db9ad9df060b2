// A B+ in QEMU with one Zero per USB port behind it, each on a cable of its own.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "util/result.h"
#include "vm/cluster/cable_control.h"
#include "vm/cluster/child.h"
#include "vm/cluster/guest_agent.h"

namespace zprov::vm {

struct BplusOptions {
  std::string images;     // of vm/images/bplus
  std::string cable;      // the program zprov-cable
  std::string directory;  // for logs and sockets, `console` of the B+ too: absolute, short, there
  std::string payload;    // a tar archive, /dev/vdb on the machine; empty: none
  int zeros = 1;          // at the ports 1-1, 1-2, …, all under power from the start
  std::vector<std::string> more_words = {};  // for QEMU: what else this machine has
  uint64_t seed = 1;
  // To the cables of these Zeros before the machine starts, and so for their first boot:
  // {{2, {"fault rom-deaf 1"}}}.
  std::map<int, std::vector<std::string>> first_orders = {};
  // Each Zero's port at the B+ and its network, as usb.pcap and network.pcap in its directory.
  bool captures = false;
};

class Bplus {
 public:
  // Its agent answers. kTimedOut, kFailed: with the end of its console.
  static Result<Bplus> Boot(const BplusOptions& options);

  // As GuestAgent::Run; its errors show the end of the consoles.
  Result<Ran> Run(const std::string& command, std::chrono::seconds within);

  // Its operator reboots it by a command that returns within seconds; its USB ports keep their
  // power, as on a board. Its agent answers again.
  Result<void> Reboot(const std::string& by);

  // Orders to the cable of the Zero at port 1-`zero`.
  CableControl CableOf(int zero) const;

  // Logs, captures, the B+'s journal and its generations into `destination`, made anew, and one
  // page that tells it all by time; the path of the page. What the B+ does not answer is missing.
  // kFailed.
  Result<std::string> Keep(const std::string& destination);

  // What people want to see when something went wrong: the last lines of all consoles and logs.
  std::string Consoles() const;

 private:
  Bplus(BplusOptions options, std::vector<Child> cables, Child machine, GuestAgent agent)
      : options_(std::move(options)),
        cables_(std::move(cables)),
        machine_(std::move(machine)),
        agent_(std::move(agent)) {}

  BplusOptions options_;
  std::vector<Child> cables_;
  Child machine_;
  GuestAgent agent_;
};

}  // namespace zprov::vm
