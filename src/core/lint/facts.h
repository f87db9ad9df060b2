// What the lint is told of a boot set: listings and texts, as somebody else read them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/gadget/host.h"

namespace zprov::lint {

struct Served {
  std::string path;    // on the host
  uint64_t bytes = 0;  // an empty file looks like a missing one to a board

  bool operator==(const Served&) const = default;
};

struct Text {
  std::string where;  // its path, or what is made on request: "cmdline:s0"
  std::string content;

  bool operator==(const Text&) const = default;
};

// What one node's firmware finds when it asks.
struct NodeBoot {
  std::string node;
  std::string place;                                   // where its files come from, for a person
  std::optional<std::map<std::string, Served>> files;  // by served name; nothing: not looked at
  Text cmdline;
  Text config;
  std::vector<std::string> roots;  // paths that nfsroot= may name, the one to write first
};

struct Initramfs {
  std::set<std::string> names;  // "usr/lib/modules/6.1.0-44-rpi/kernel/fs/nfs/nfs.ko.xz"
  std::string unreadable;       // why the names are not there; empty: they are

  bool operator==(const Initramfs&) const = default;
};

// lib/modules/VERSION of the nodes' root: names as the kernel writes them, "usb_f_ecm".
struct Modules {
  std::set<std::string> built_in;
  std::set<std::string> loadable;

  bool operator==(const Modules&) const = default;
};

struct Facts {
  std::string kernel;              // version of kernel.img; empty: unknown
  std::optional<Modules> modules;  // of that version; nothing: lib/modules does not have it
  std::map<std::string, Initramfs> initramfs;        // by path on the host
  std::map<std::string, uint64_t> kernel_sizes;      // likewise: bytes that it says it has
  std::optional<gadget::KernelVersion> host_kernel;  // nothing: a tree of files, or unknown
  std::vector<NodeBoot> nodes;
};

}  // namespace zprov::lint
