// A B+ in QEMU for a benchmark: its images, and commands on it. Errors end the program.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

#include "bench/program.h"
#include "vm/cluster/bplus.h"
#include "vm/cluster/images.h"

namespace zprov::bench {

// Whoever is not there by then does not come.
inline constexpr std::chrono::seconds kPatience{1800};

// The directory that it boots from. `root`: of its nodes, "busybox" or "debian".
inline std::string Images(const ScratchDirectory& directory, const std::string& root = "busybox") {
  return Must(vm::MakeImages({.root = root,
                              .scripts = ZPROV_IMAGES,
                              .made = ZPROV_MADE_IMAGES,
                              .log = directory.path() + "/images.log"}));
}

// What the command said on stdout; it must succeed.
inline std::string Do(vm::Bplus& bplus, const std::string& command) {
  const vm::Ran ran = Must(bplus.Run(command, kPatience));
  if (ran.exit_code != 0) throw std::runtime_error(command + ": " + ran.out + ran.err);
  return ran.out;
}

}  // namespace zprov::bench
