// What a host looks like, as far as a plan depends on it. engine/observe.h fills it in.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "util/net.h"

namespace zprov::plan {

enum class PathType { kAbsent, kFile, kDirectory, kSubvolume, kSymlink, kOther };

struct ObservedPath {
  PathType type = PathType::kAbsent;  // a managed file behind a symlink counts as kFile
  std::string content;                // kFile: all of it, where the plan needs it
  std::string target;                 // kSymlink: its text
  std::string resolved;               // kSymlink: where it leads; empty: nowhere

  bool operator==(const ObservedPath&) const = default;
};

struct ObservedStore {
  std::string filesystem;  // "btrfs"; of the nearest directory that exists
  bool read_only = false;

  bool operator==(const ObservedStore&) const = default;
};

struct ObservedHome {
  std::string mounted_type;          // file system type when /home is a mount point; else empty
  std::vector<std::string> inside;   // subvolumes and mount points below /home
  std::vector<std::string> users;    // "pid 812 (sshd: pi) in /home/pi": who would notice a move
  bool target_has_files = false;     // the home subvolume exists and is not empty
  std::vector<std::string> unsaved;  // in the parked old tree: what changed after the move

  bool operator==(const ObservedHome&) const = default;
};

struct ObservedLinks {
  std::vector<Link> links;
  std::map<std::string, std::vector<InterfaceAddress>> addresses;  // by link name

  bool operator==(const ObservedLinks&) const = default;
};

// What a first generation would be made from. Looked for only when a node needs one.
struct ObservedSource {
  int next_generation = 1;
  std::string kernel;   // version of what would become kernel.img
  std::string problem;  // why none can be made, and what to do; empty: one can

  bool operator==(const ObservedSource&) const = default;
};

// An earlier run that did not come to its end, as its journal says.
struct Interrupted {
  std::vector<std::string> steps;                  // what it was to do, in words
  bool home_move = false;                          // it was to move /home
  std::vector<std::vector<std::string>> programs;  // programs it was to run

  bool operator==(const Interrupted&) const = default;
};

struct Observed {
  std::map<std::string, ObservedPath> paths;
  ObservedStore store;
  ObservedHome home;
  std::optional<ObservedLinks> links;  // nothing: not a running host (--root DIR)
  std::optional<ObservedSource> source;
  std::set<std::string> programs;  // of those a plan may run, the ones that this host has
  std::optional<Interrupted> interrupted;

  bool operator==(const Observed&) const = default;
};

}  // namespace zprov::plan
