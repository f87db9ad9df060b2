// Which kernels a tree has, newest first, and which of them could run on the nodes. By names alone;
// what is in the files is kernel_image.h.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"

namespace zprov::bootset {

// A directory with boot files, and what is in it.
struct Place {
  std::string path;                // "/boot/firmware"
  std::set<std::string> files;     // regular ones with at least one byte, symlinks followed: an
                                   // empty file looks like a missing one to a board
  std::set<std::string> overlays;  // the same below overlays/
};

// What a tree has to choose from.
struct Available {
  std::string from;               // the spec's boot.from; empty: nothing named
  std::vector<Place> places;      // in PlacesFor's order; those that are not there may be left out
  std::set<std::string> modules;  // directories in lib/modules: versions
};

// Directories where boot files may be; the first that has a thing gives it.
std::vector<std::string> PlacesFor(const std::string& from, const std::set<std::string>& modules);

// A Debian kernel's own device trees: "/usr/lib/linux-image-6.1.0-44-rpi".
std::string PackagePlace(const std::string& version);

struct Kernel {
  std::string version;  // empty: a kernel.img, and no modules that it could go with
  std::string path;     // "/boot/vmlinuz-6.1.0-44-rpi"

  bool operator==(const Kernel&) const = default;
};

// Each newest first.
struct Kernels {
  std::vector<Kernel> usable = {};           // modules are there
  std::vector<Kernel> without_modules = {};  // no lib/modules/VERSION
  std::vector<Kernel> other_boards = {};  // with BootArch::kArm: named as for later boards (…-v7)

  bool operator==(const Kernels&) const = default;
};

Kernels KernelsIn(const Available& available, spec::BootArch arch);

}  // namespace zprov::bootset
