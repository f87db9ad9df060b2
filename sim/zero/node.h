// A Zero once its kernel runs: its end of the link, its root over NFS, and what zprov's part of the
// root does there (src/node). When it does it is decided by its board (zero.h).
#pragma once

#include <optional>
#include <string>

#include "sim/network.h"
#include "sim/nfs.h"

namespace zprov::sim::zero {

// What a command line tells a node; what it does not say is nothing.
struct Orders {
  std::string gadget;  // zprov.gadget=: "ecm", "geth"; empty: the kernel's g_ether
  std::optional<Mac> own_mac;
  std::optional<Mac> host_mac;
  std::string mtu = "1500";
  std::optional<Ipv4> address;
  std::optional<Ipv4> server;
  std::string root;  // its path at the server
  NfsVersion version = NfsVersion::k3;
  std::string nonce;  // empty: none

  static Orders Of(const std::string& command_line);
};

class Node {
 public:
  struct Board {
    PortPath port;
    std::string serial;
    std::string boot_id;
  };

  Node(Board board, Orders orders) : board_(std::move(board)), orders_(std::move(orders)) {}

  const Orders& orders() const { return orders_; }
  const std::optional<NfsMount>& mount() const { return mount_; }

  // Whether the host has taken up its end, a bridge with the server's address on it, and answers at
  // this link: what it sends to an address that is pinned to another port never comes here.
  bool ReachesServer(Network& network) const;
  // Whether the root is mounted now; then the host was told so.
  bool Mount(NfsServer& nfs);
  // Whether the root holds zprov-node.
  bool HasReporter(NfsServer& nfs);
  // Whether the host was told that this boot is up.
  bool Report(NfsServer& nfs, std::chrono::seconds uptime);

  enum class Order { kNone, kHalt, kReboot };
  Order TakeOrder(NfsServer& nfs);

 private:
  Board board_;
  Orders orders_;
  std::optional<NfsMount> mount_;
};

}  // namespace zprov::sim::zero
