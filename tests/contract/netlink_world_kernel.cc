// This kernel's network for the netlink contract: a private namespace as the host, veth pairs as
// cables, one more namespace per node, kept alive by an open descriptor alone.
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "adapters/event_loop.h"
#include "adapters/fd.h"
#include "adapters/libnl.h"
#include "adapters/system_clock.h"
#include "contract/netlink_world.h"
#include "support/namespaces.h"

namespace zprov::tests {
namespace {

using adapters::Fd;

// A broken test bench is no result. `failed` is 0 when it went well, as system calls and libnl say.
void Must(int failed, const char* what) {
  if (failed == 0) return;
  ADD_FAILURE() << "cannot " << what;
  std::abort();
}

Fd CurrentNetwork() { return Fd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)); }

void Enter(const Fd& network) {
  Must(::setns(network.number(), CLONE_NEWNET), "enter a network namespace");
}

// libnl-route in whatever namespace is entered: independent of the adapter under test.
class Bench {
 public:
  Bench() { Must(nl_connect(socket_, NETLINK_ROUTE), "open a netlink socket"); }
  ~Bench() { nl_socket_free(socket_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void MakeCable(const std::string& link, const std::string& far_end) {
    Must(rtnl_link_veth_add(socket_, link.c_str(), far_end.c_str(), ::getpid()),
         "make a veth pair");
  }
  void Delete(const std::string& link) {
    Change(link, [this](rtnl_link* found, rtnl_link*) { return rtnl_link_delete(socket_, found); });
  }
  void SetMac(const std::string& link, const Mac& mac) {
    Change(link, [&](rtnl_link* found, rtnl_link* wanted) {
      nl_addr* address = nl_addr_build(AF_LLC, mac.bytes.data(), mac.bytes.size());
      rtnl_link_set_addr(wanted, address);
      const int outcome = rtnl_link_change(socket_, found, wanted, 0);
      nl_addr_put(address);
      return outcome;
    });
  }
  void Rename(const std::string& link, const std::string& name) {
    Change(link, [&](rtnl_link* found, rtnl_link* wanted) {
      rtnl_link_set_name(wanted, name.c_str());
      return rtnl_link_change(socket_, found, wanted, 0);
    });
  }
  void PutUp(const std::string& link) {
    Change(link, [&](rtnl_link* found, rtnl_link* wanted) {
      rtnl_link_set_flags(wanted, IFF_UP);
      return rtnl_link_change(socket_, found, wanted, 0);
    });
  }
  void Move(const std::string& link, const Fd& network) {
    Change(link, [&](rtnl_link* found, rtnl_link* wanted) {
      rtnl_link_set_ns_fd(wanted, network.number());
      return rtnl_link_change(socket_, found, wanted, 0);
    });
  }
  void AddAddress(const std::string& link, Ipv4 address) {
    Address(link, address, [this](rtnl_addr* one) { return rtnl_addr_add(socket_, one, 0); });
  }
  void DeleteAddress(const std::string& link, Ipv4 address) {
    Address(link, address, [this](rtnl_addr* one) { return rtnl_addr_delete(socket_, one, 0); });
  }

 private:
  template <typename Act>
  void Change(const std::string& name, Act act) {
    rtnl_link* found = nullptr;
    Must(rtnl_link_get_kernel(socket_, 0, name.c_str(), &found), "find a link");
    rtnl_link* wanted = rtnl_link_alloc();
    Must(act(found, wanted), "change a link");
    rtnl_link_put(wanted);
    rtnl_link_put(found);
  }
  template <typename Act>
  void Address(const std::string& name, Ipv4 address, Act act) {
    rtnl_link* found = nullptr;
    Must(rtnl_link_get_kernel(socket_, 0, name.c_str(), &found), "find a link");
    const uint32_t bytes = htonl(address.number);
    nl_addr* local = nl_addr_build(AF_INET, &bytes, sizeof bytes);
    nl_addr_set_prefixlen(local, 24);
    rtnl_addr* one = rtnl_addr_alloc();
    rtnl_addr_set_ifindex(one, rtnl_link_get_ifindex(found));
    rtnl_addr_set_local(one, local);
    Must(act(one), "change an address");
    rtnl_addr_put(one);
    nl_addr_put(local);
    rtnl_link_put(found);
  }

  nl_sock* socket_ = nl_socket_alloc();
};

class KernelNetlinkWorld final : public NetlinkWorld {
 public:
  KernelNetlinkWorld() {
    Must(EnterPrivateNamespaces(CLONE_NEWNET), "enter private namespaces");
    Must(::mount("sysfs", "/sys", "sysfs", 0, nullptr), "mount sysfs");
    host_ = CurrentNetwork();
    clock_ = adapters::MakeSystemClock();
    loop_ = adapters::MakeEventLoop(*clock_);
    auto netlink = adapters::MakeLibnl(*loop_);
    Must(netlink.has_value() ? 0 : -1, "make the adapter");
    netlink_ = *std::move(netlink);
  }
  ~KernelNetlinkWorld() override { Must(::seteuid(0), "take rights back"); }

  os::Clock& clock() override { return *clock_; }
  os::Events& events() override { return *loop_; }
  os::Netlink& netlink() override { return *netlink_; }

  void Plug(const std::string& link, const Mac& mac, const Node& node) override {
    const std::string far_end = "far" + std::to_string(nodes_.size());
    Must(::unshare(CLONE_NEWNET), "make a namespace for a node");
    FarEnd& far = nodes_[link];
    far = {CurrentNetwork(), far_end, node.address};
    Enter(host_);
    {
      Bench host;
      host.MakeCable(link, far_end);
      host.SetMac(link, mac);
      host.Move(far_end, far.network);
    }
    Enter(far.network);
    SayNothingUnasked();
    {
      Bench bench;
      bench.SetMac(far_end, node.mac);
      bench.AddAddress(far_end, node.address);
      bench.PutUp(far_end);
    }
    Enter(host_);
  }
  void Silence(const std::string& link) override {
    const FarEnd& far = nodes_.at(link);
    Enter(far.network);
    Bench().DeleteAddress(far.name, far.address);
    Enter(host_);
  }
  void Unplug(const std::string& link) override { Bench().Delete(link); }
  void RenamedByOthers(const std::string& link, const std::string& name) override {
    Bench().Rename(link, name);
  }
  void DropRights() override {
    constexpr uid_t kNobody = 65534;
    Must(::seteuid(kNobody), "drop rights");
  }

 private:
  // IPv6 looks for neighbours and routers by itself, for seconds: each frame of a node that is
  // silent would teach the bridge where it is.
  static void SayNothingUnasked() {
    std::ofstream("/proc/sys/net/ipv6/conf/all/disable_ipv6") << "1";
    std::ofstream("/proc/sys/net/ipv6/conf/default/disable_ipv6") << "1";
  }

  struct FarEnd {
    Fd network;
    std::string name;
    Ipv4 address;
  };

  Fd host_;
  std::map<std::string, FarEnd> nodes_;
  std::unique_ptr<os::Clock> clock_;
  std::unique_ptr<adapters::EventLoop> loop_;
  std::unique_ptr<os::Netlink> netlink_;
};

}  // namespace

bool CanMakeKernelNetlinkWorld() { return ::geteuid() == 0; }

std::unique_ptr<NetlinkWorld> MakeKernelNetlinkWorld() {
  return std::make_unique<KernelNetlinkWorld>();
}

}  // namespace zprov::tests
