// ICMP echoes, each probe answered by one os::ProbeAnswered. A socket of its own for each, so that
// no answer can be taken for another's.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "adapters/event_loop.h"
#include "adapters/fd.h"
#include "os/netlink.h"

namespace zprov::adapters {

class IcmpProbes {
 public:
  explicit IcmpProbes(EventLoop& loop) : loop_(loop) {}

  // As os::Netlink::Probe. A ping socket where the kernel allows us one (ping_group_range), else a
  // raw one.
  Result<os::ProbeId> Start(const std::string& link, Ipv4 address);

 private:
  struct Probe {
    Fd socket;
    std::string cookie;  // what the echo carries and its answer must
    bool raw = false;    // answers come with their IP header
    std::unique_ptr<Watch> answer;
    std::unique_ptr<Watch> again;
    std::unique_ptr<Watch> deadline;
  };

  void Send(os::ProbeId id);
  EventLoop::Watching Hear(os::ProbeId id);
  void Finish(os::ProbeId id, const os::ProbeAnswered& outcome);

  EventLoop& loop_;
  std::map<os::ProbeId, Probe> probes_;
  os::ProbeId last_ = 0;
};

}  // namespace zprov::adapters
