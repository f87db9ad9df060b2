// A spec while it is being read: every value with the line it was written at, so that a rule that
// it breaks can name the line. Values only; reading is read_sections.h and read_nodes.h, the rules
// are checks.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"

namespace zprov::spec {

template <typename T>
struct Located {
  T value{};
  int line = 1;
};

using LocatedText = Located<std::string>;

struct NodeDraft {
  int line = 1;
  LocatedText name;
  std::optional<Located<PortPath>> usb;
  std::optional<Located<Ipv4>> address;  // nothing: unreadable, missing or beyond 32 bits: reported
  std::optional<Located<Mac>> host_mac;  // likewise, until the rule fills it in
  std::optional<Located<Mac>> node_mac;
  LocatedText board{"zero"};
  LocatedText serial;
  Located<Power> power;
  LocatedText power_command;
  bool has_unreadable_mac = false;  // its MACs are not filled in by the rule
  bool has_unreadable_usb = false;  // it is not said to have no usb path
};

// The lines of the [nodes] table: a problem there is said once, not for each of 5000 nodes.
struct RangeLines {
  int table = 0;
  int prefix = 0;
  int address = 0;
  int host_mac = 0;
  int node_mac = 0;

  // True for a line whose values were worked out, not for a usb path.
  bool Has(int line) const {
    return line == table || line == prefix || line == address || line == host_mac ||
           line == node_mac;
  }
};

struct Draft {
  LocatedText name{"snail"};
  LocatedText host{"snail"};
  Located<Mode> mode{Mode::kNative};
  std::optional<Located<BootServer>> boot_server;
  LocatedText boot_cmdline;
  LocatedText boot_from;
  LocatedText boot_initramfs;
  Located<BootArch> boot_arch;
  Located<int> boot_at_once{ClusterSpec{}.boot_at_once};
  std::vector<LocatedText> update_keep;
  Located<int> prune_keep{ClusterSpec{}.prune_keep};
  LocatedText bridge_name{"san"};
  std::optional<Located<InterfaceAddress>> bridge_address;  // nothing: unreadable, reported
  Located<uint32_t> mtu{Bridge{}.mtu};
  std::optional<Located<Mac>> bridge_mac;
  Located<bool> bridge_isolate{Bridge{}.isolate};
  LocatedText store, source, home, boot, proto;
  LocatedText export_options, home_options, root_options;
  std::vector<LocatedText> deny;
  std::optional<RangeLines> range;
  std::vector<NodeDraft> nodes;
};

}  // namespace zprov::spec
